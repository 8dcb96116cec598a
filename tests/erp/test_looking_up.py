"""What nobody knows is found in the ERP's own list, wherever one stops and however the list moves."""

from datetime import timedelta

import pytest
from django.utils import timezone
from pytest_django import Settings

from marketplace.kernel.books import run_checks
from marketplace.parties.models import Market
from sellers.erp.alegra import client
from sellers.erp.models import Channel, ErpInvoice, ErpState, Kind, Reading
from sellers.erp.operations.asking import ask_for_invoice
from sellers.erp.operations.connecting import automate_channel, configure_channel
from sellers.erp.rules.causes import Cause
from sellers.erp.rules.order import ENOUGH, Trail
from tests.erp.colombia import click, go_on, row_of, sell, work_off
from tests.erp.emulator import Company, Emulator, body_of, post


@pytest.fixture
def lost(colombia: Market, channel: Channel, alegra: Emulator, settings: Settings) -> ErpInvoice:
    """An order whose answer was lost, with forty invoices of others made since."""
    settings.ERP_QUIET_SECONDS = 600
    order = sell(colombia, "850")
    alegra.fail("lost", method="POST", path="*/invoices")
    click(order)
    work_off()
    assert row_of(order).state == ErpState.UNKNOWN
    return row_of(order)


def look(channel: Channel) -> None:
    ErpInvoice.objects.update(due_at=timezone.now())
    go_on(channel)


def test_a_look_up_that_is_stopped_goes_on_where_it_was(
    lost: ErpInvoice, channel: Channel, company: Company, alegra: Emulator
) -> None:
    for _invoice in range(70):
        post(company, "/invoices", body_of(company))
    alegra.fail("unavailable", method="GET", path="*/invoices", skip=1)

    look(channel)
    assert Reading.objects.get(kind=Kind.LOOK_UP).position == 30
    go_on(channel)

    lost.refresh_from_db()
    assert lost.state == ErpState.DONE
    assert len(company.invoices("CO-850")) == 1
    assert run_checks() == []


def test_a_look_up_that_was_stopped_for_long_begins_anew_since_the_list_may_be_shorter_by_now(
    lost: ErpInvoice, channel: Channel, company: Company, alegra: Emulator
) -> None:
    alegra.limit(10_000)
    others = [post(company, "/invoices", body_of(company)) for _invoice in range(130)]
    alegra.fail("unavailable", method="GET", path="*/invoices", skip=3)
    look(channel)
    assert Reading.objects.get(kind=Kind.LOOK_UP).position == 88
    for each in others:
        company.client.delete(f"/invoices/{each['id']}")
    a_day_ago = timezone.now() - timedelta(days=1)
    Reading.objects.filter(kind=Kind.LOOK_UP).update(began_at=a_day_ago)
    ErpInvoice.objects.update(due_at=a_day_ago)

    go_on(channel)
    go_on(channel)

    lost.refresh_from_db()
    assert (lost.state, lost.tries) == (ErpState.DONE, 1)
    assert len(company.invoices("CO-850")) == 1


def test_a_list_longer_than_is_read_at_once_is_not_taken_for_one_read_to_its_end(
    lost: ErpInvoice, channel: Channel, company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _invoice in range(70):
        post(company, "/invoices", body_of(company))
    monkeypatch.setattr(client, "MOST_PAGES", 2)

    look(channel)
    lost.refresh_from_db()
    assert lost.state == ErpState.UNKNOWN
    go_on(channel)

    lost.refresh_from_db()
    assert (lost.state, lost.tries) == (ErpState.DONE, 1)
    assert len(company.invoices("CO-850")) == 1


def test_it_goes_on_too_after_what_it_looked_for_was_put_off(
    lost: ErpInvoice, channel: Channel, company: Company, alegra: Emulator
) -> None:
    alegra.fail("unavailable", method="GET", path="*/invoices")
    look(channel)

    look(channel)

    lost.refresh_from_db()
    assert lost.state == ErpState.DONE
    assert lost.tries == 1


def test_an_invoice_that_is_another_orders_too_is_a_case_for_a_person(
    lost: ErpInvoice, channel: Channel, company: Company, colombia: Market, alegra: Emulator
) -> None:
    other = sell(colombia, "851")
    click(other)
    go_on(channel)
    (theirs,) = company.invoices("CO-850")
    company.client.delete(f"/invoices/{theirs['id']}")
    (kept,) = company.invoices("CO-851")
    company.client.put(
        f"/invoices/{kept['id']}", json={"observations": f"{kept['observations']} [Saldo CO-850]"}
    )

    look(channel)
    lost.refresh_from_db()

    assert (lost.state, lost.cause) == (ErpState.FAILED, Cause.SHARED)
    assert row_of(other).state == ErpState.DONE
    ask_for_invoice(order_id=lost.order_id, by=None, at=timezone.now())
    go_on(channel)
    lost.refresh_from_db()
    assert lost.state == ErpState.DONE


def test_of_two_invoices_of_an_order_the_one_that_holds_is_found(
    lost: ErpInvoice, channel: Channel, company: Company
) -> None:
    (ours,) = company.invoices("CO-850")
    company.client.put(f"/invoices/{ours['id']}", json={"status": "open"})
    assert company.client.post(f"/invoices/{ours['id']}/void").status_code == 200
    copied = {name: ours[name] for name in ("date", "dueDate", "items", "observations")}
    anew = post(company, "/invoices", copied | {"client": int(ours["client"])})

    look(channel)

    lost.refresh_from_db()
    assert (lost.state, lost.external_id, lost.differs) == (ErpState.DONE, str(anew["id"]), "")


def test_what_was_refused_and_is_there_all_the_same_is_found_when_somebody_tries_again(
    colombia: Market, channel: Channel, company: Company
) -> None:
    configure_channel(channel_id=channel.pk, told={"warehouse": "999"}, by=None, at=timezone.now())
    order = sell(colombia, "852")
    click(order)
    work_off()
    assert (row_of(order).state, row_of(order).cause) == (ErpState.FAILED, Cause.REFUSED)
    post(company, "/invoices", body_of(company, observations="hecha a mano [Saldo CO-852]"))

    ask_for_invoice(order_id=order.pk, by=None, at=timezone.now())
    go_on(channel)

    assert row_of(order).state == ErpState.DONE
    assert "The ERP says" in row_of(order).differs
    assert len(company.invoices("CO-852")) == 1


def test_a_stamp_that_the_authority_rejects_is_no_stamp(
    colombia: Market, channel: Channel, company: Company, alegra: Emulator
) -> None:
    told = {"stamp": True, "as_draft": False, "payment_form": "CASH", "payment_method": "CASH"}
    numbering = {"numbering": company.id_of("number-templates", prefix="FE")}
    automate_channel(
        channel_id=channel.pk, automatic=False, told=told | numbering, by=None, at=timezone.now()
    )
    rejected, taken = sell(colombia, "854"), sell(colombia, "855")
    alegra.fail("rejected", method="POST", path="*/invoices")
    click(rejected)
    work_off()
    click(taken)
    work_off()

    assert (row_of(rejected).stamped, row_of(taken).stamped) == (False, True)
    assert "rejected its stamp" in row_of(rejected).differs
    assert row_of(taken).differs == ""


def test_an_order_that_never_arrives_rests_longer_each_time(
    colombia: Market, channel: Channel, company: Company, alegra: Emulator
) -> None:
    order = sell(colombia, "853")
    alegra.fail("error_before", method="POST", path="*/invoices", times=None)

    click(order)
    for _time in range(8):
        go_on(channel)

    row = row_of(order)
    assert row.tries == 4
    assert row.due_at > timezone.now()


def test_a_list_is_believed_to_be_in_order_only_when_enough_of_ours_prove_it() -> None:
    ids = [str(number) for number in range(500, 400, -1)]
    ours = {each: age for age, each in enumerate(ids[5 : 5 + ENOUGH])}

    past, backwards, mixed, uuids = Trail(ours), Trail(ours), Trail(ours), Trail({"a": 0})
    past.see(ids)
    backwards.see(ids[::-1])
    mixed.see([*ids[:3], "9999", *ids[3:]])
    uuids.see(["b", "a"])

    assert past.is_past
    assert {each.is_past for each in (backwards, mixed, uuids)} == {False}
    few = Trail({each: age for each, age in ours.items() if age < ENOUGH - 1})
    few.see(ids)
    assert not few.is_past
