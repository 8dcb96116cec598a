"""Orders go into Alegra once, with their own total, whatever its answers come to."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone
from pytest_django import Settings

from marketplace.kernel import jobs
from marketplace.kernel.books import run_checks
from marketplace.kernel.models import OutgoingMail
from marketplace.orders.operations.moves import confirm_order
from marketplace.parties.models import Market, Seller
from sellers.erp.models import Channel, ChannelState, ErpContact, ErpInvoice, ErpState
from sellers.erp.operations.asking import pick_orders
from sellers.erp.operations.connecting import automate_channel, disconnect_channel
from sellers.erp.operations.trying_again import match_sku
from sellers.erp.refusals import CannotConnect, NotConnected, NotForErp
from sellers.erp.rules.causes import Cause
from tests.erp.colombia import (
    click,
    connect,
    go_on,
    row_of,
    sell,
    work_off,
)
from tests.erp.emulator import Company, Emulator, body_of, post
from tests.orders.telling import discount, goods, tender
from tests.stories.hungary import give_voucher


def test_an_order_is_invoiced_with_its_own_total_and_found_by_its_number(
    colombia: Market, channel: Channel, company: Company
) -> None:
    order = sell(colombia, "501")

    click(order)
    work_off()

    row = row_of(order)
    assert (row.state, row.total, row.differs) == (ErpState.DONE, 1190_00, "")
    (made,) = company.invoices("501")
    assert made["id"] == row.external_id
    assert run_checks() == []


def test_delivery_fee_discount_and_taxes_come_to_the_cent(
    colombia: Market, channel: Channel, company: Company
) -> None:
    lines = [
        goods("99.99", sku="770000000011", vat="19", quantity=3),
        {"kind": "shipping", "name": "Envío", "quantity": 1, "unit_price": "12.10", "vat": "19"},
        {"kind": "cod_fee", "name": "Contra entrega", "quantity": 1, "unit_price": "3.33", "vat": "19"},
        discount("10.01"),
    ]
    order = sell(colombia, "502", lines=lines, tenders=[tender("cod", "305.39")])

    click(order)
    work_off()

    assert (row_of(order).total, row_of(order).differs) == (305_39, "")


@pytest.mark.parametrize("kind", ["lost", "error_after", "html_after", "wrong_json", "truncated"])
def test_an_answer_that_is_lost_is_looked_up_and_nothing_is_made_twice(
    colombia: Market, channel: Channel, company: Company, alegra: Emulator, kind: str
) -> None:
    order = sell(colombia, "503")
    alegra.fail(kind, method="POST", path="*/invoices")

    click(order)
    work_off()
    go_on(channel)

    assert row_of(order).state == ErpState.DONE
    assert row_of(order).tries == 1
    assert len(company.invoices("503")) == 1
    assert run_checks() == []


@pytest.mark.parametrize("kind", ["error_before", "unavailable", "html", "too_many"])
def test_what_was_surely_or_perhaps_not_made_is_made_once(
    colombia: Market, channel: Channel, company: Company, alegra: Emulator, kind: str
) -> None:
    order = sell(colombia, "504")
    alegra.fail(kind, method="POST", path="*/invoices")

    click(order)
    work_off()
    for _time in range(3):
        go_on(channel)

    assert row_of(order).state == ErpState.DONE
    assert len(company.invoices("504")) == 1


def test_invoices_dated_back_by_hand_do_not_hide_the_one_looked_for(
    colombia: Market, channel: Channel, company: Company, alegra: Emulator, settings: Settings
) -> None:
    order = sell(colombia, "506")
    alegra.fail("lost", method="POST", path="*/invoices")
    settings.ERP_QUIET_SECONDS = 600
    click(order)
    work_off()
    assert row_of(order).state == ErpState.UNKNOWN
    day = (timezone.now() - timedelta(days=20)).date().isoformat()
    for _invoice in range(31):
        post(company, "/invoices", body_of(company, date=day, dueDate=day))

    ErpInvoice.objects.update(due_at=timezone.now())
    go_on(channel)

    assert row_of(order).state == ErpState.DONE
    assert len(company.invoices("506")) == 1


def test_a_buyer_whose_answer_was_lost_is_found_and_not_made_twice(
    colombia: Market, channel: Channel, company: Company, alegra: Emulator
) -> None:
    order = sell(colombia, "505")
    alegra.fail("lost", method="POST", path="*/contacts")

    click(order)
    work_off()
    go_on(channel)

    assert row_of(order).state == ErpState.DONE
    made = [each for each in company.store()["contacts"] if each.get("identification") == "10505"]
    assert len(made) == 1
    assert ErpContact.objects.get(identification="10505").external_id == made[0]["id"]


def test_errors_are_grouped_by_cause_and_fixed_once_for_all(
    colombia: Market, channel: Channel, company: Company
) -> None:
    orders = [
        sell(
            colombia,
            f"51{place}",
            lines=[goods("11.90", sku="OTHER", vat="19")],
            tenders=[tender("card", "11.90")],
        )
        for place in range(3)
    ]
    click(*orders)
    work_off()
    assert {(row_of(each).cause, row_of(each).about) for each in orders} == {(Cause.SKU_MISSING, "OTHER")}

    again = match_sku(
        channel_id=channel.pk,
        sku="OTHER",
        external_id=company.id_of("items", reference="CAP"),
        by=None,
        at=timezone.now(),
    )
    work_off()

    assert again == 3
    assert {row_of(each).state for each in orders} == {ErpState.DONE}
    later = sell(
        colombia, "519", lines=[goods("11.90", sku="OTHER", vat="19")], tenders=[tender("card", "11.90")]
    )
    click(later)
    work_off()
    assert row_of(later).state == ErpState.DONE


def test_automatic_invoicing_takes_each_order_once_and_no_tests(
    colombia: Market, channel: Channel, company: Company
) -> None:
    now = timezone.now()
    told = {"order_groups": ["completed"], "as_draft": True}
    automate_channel(channel_id=channel.pk, automatic=True, told=told, by=None, at=now)
    Channel.objects.filter(pk=channel.pk).update(automatic_since="2026-01-01T00:00:00+00:00")
    orders = [sell(colombia, f"52{place}") for place in range(3)]
    sell(colombia, "529", test=True)

    assert pick_orders(channel_id=channel.pk, at=now) == 3
    work_off()
    assert pick_orders(channel_id=channel.pk, at=now) == 0

    assert {row_of(each).state for each in orders} == {ErpState.DONE}
    assert len(company.invoices()) == 3


def test_an_order_is_invoiced_only_once_its_seller_confirmed_it_as_its_customer_is_masked_till_then(
    colombia: Market, channel: Channel, company: Company
) -> None:
    now = timezone.now()
    automate_channel(channel_id=channel.pk, automatic=True, told={"order_groups": []}, by=None, at=now)
    Channel.objects.filter(pk=channel.pk).update(automatic_since="2026-01-01T00:00:00+00:00")
    order = sell(colombia, "525", status="open", status_times={})

    with pytest.raises(NotForErp, match="waits for your confirmation"):
        click(order)
    assert pick_orders(channel_id=channel.pk, at=now) == 0

    confirm_order(order_id=order.pk, by=None, at=now)
    assert pick_orders(channel_id=channel.pk, at=now) == 1
    work_off()
    assert row_of(order).state == ErpState.DONE


def test_an_order_is_not_invoiced_a_second_time(colombia: Market, channel: Channel, company: Company) -> None:
    order = sell(colombia, "530")
    click(order)
    work_off()

    with pytest.raises(NotForErp, match="invoiced in the ERP already"):
        click(order)
    with pytest.raises(NotForErp, match="is a test"):
        click(sell(colombia, "531", test=True))
    assert len(company.invoices()) == 1


def test_a_token_that_is_refused_stops_the_channel_and_orders_wait_for_a_new_one(
    colombia: Market, condor: Seller, channel: Channel, company: Company
) -> None:
    order = sell(colombia, "540")
    company.change_token("another")

    click(order)
    work_off()

    channel.refresh_from_db()
    assert channel.state == ChannelState.REFUSED
    assert row_of(order).state == ErpState.WAITING
    assert "an-api-token" not in OutgoingMail.objects.get(key__startswith="erp_channel").body
    with pytest.raises(NotConnected, match="refuses the token"):
        click(sell(colombia, "541"))
    connect(condor, company)
    go_on(channel)
    assert row_of(order).state == ErpState.DONE


def test_wrong_credentials_and_a_poor_plan_are_refused_in_words(
    condor: Seller, alegra: Emulator, company: Company
) -> None:
    company.token = "wrong"
    with pytest.raises(CannotConnect, match="refuses the e-mail and token"):
        connect(condor, company)
    poor = alegra.company("peru", warehouses=False, price_lists=False)
    with pytest.raises(CannotConnect, match="price lists and warehouses"):
        connect(condor, poor)
    assert not Channel.objects.exists()


def test_a_token_is_sealed_and_forgotten_when_the_channel_is_taken_off(channel: Channel) -> None:
    assert "an-api-token" not in channel.token
    assert channel.token

    disconnect_channel(channel_id=channel.pk, by=None, at=timezone.now())

    channel.refresh_from_db()
    assert (channel.state, channel.token) == (ChannelState.OFF, "")


def test_many_orders_through_an_erp_that_fails_often(
    colombia: Market, channel: Channel, company: Company, alegra: Emulator
) -> None:
    """Answers lost, errors after the deed, and a narrow rate limit: none is missing, none is there twice."""
    orders = [sell(colombia, f"6{place:03}") for place in range(40)]
    click(*orders)
    for kind in ("lost", "error_after", "truncated", "error_before"):
        alegra.fail(kind, method="POST", times=None, probability=0.08)
    for _time in range(60):
        go_on(channel)
        if not channel.invoices.exclude(state=ErpState.DONE).exists():
            break

    assert {row_of(each).state for each in orders} == {ErpState.DONE}
    for each in orders:
        assert len(company.invoices(each.number)) == 1
    assert run_checks() == []


def test_what_a_person_waits_for_comes_before_what_the_night_left(
    colombia: Market, channel: Channel, company: Company
) -> None:
    jobs.enqueue("erp.compare", key="the night's", channel_id=channel.pk)
    click(sell(colombia, "560"))

    claimed = jobs.claim()

    assert claimed is not None
    assert claimed.row.name == "erp.work"


def test_a_voucher_is_a_payment_the_invoice_has_the_whole_total_and_says_so(
    colombia: Market, channel: Channel, company: Company
) -> None:
    give_voucher(colombia, "REGALO", "500.00")
    order = sell(
        colombia, "570", tenders=[tender("voucher", "500.00", voucher="REGALO"), tender("card", "690.00")]
    )

    click(order)
    work_off()

    (made,) = company.invoices("CO-570")
    assert (row_of(order).total, row_of(order).differs) == (1190_00, "")
    assert {Decimal(line.get("discount") or 0) for line in made["items"]} == {0}
    assert "500" in made["observations"]
    assert "voucher" in made["observations"]
