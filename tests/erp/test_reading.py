"""What an ERP has is read whole, however slowly, however oddly, and compared each night."""

from datetime import timedelta

import pytest
from django.utils import timezone

from marketplace.kernel.jobs import enqueue
from marketplace.parties.models import Market
from sellers.erp import tasks
from sellers.erp.models import (
    CatalogueItem,
    Channel,
    ErpContact,
    ErpInvoice,
    ErpState,
    Kind,
    PaceRow,
    Reading,
)
from sellers.erp.queries import channel_of
from tests.erp.colombia import SKUS, click, connect, go_on, row_of, sell, work_off
from tests.erp.emulator import Company, Emulator, post

A_CONTACT = {
    "nameObject": {"firstName": "Ana", "lastName": "Paz"},
    "kindOfPerson": "PERSON_ENTITY",
    "regime": "SIMPLIFIED_REGIME",
    "type": ["client"],
}


def contact(company: Company, number: int) -> None:
    post(company, "/contacts", A_CONTACT | {"identificationObject": {"type": "CC", "number": str(number)}})


def minutes_pass(channel: Channel) -> None:
    """What beat does once the rate limit's minute is over."""
    PaceRow.objects.all().delete()
    Channel.objects.filter(pk=channel.pk).update(rests_until=None)
    tasks.watch()
    work_off()


def test_a_catalogue_longer_than_the_rate_limit_is_read_on_minute_by_minute(
    colombia: Market, channel: Channel, company: Company, alegra: Emulator
) -> None:
    big = alegra.company("colombia", email="big@example.com", identification="901", items=200, skus=SKUS)
    Channel.objects.filter(pk=channel.pk).update(state="off")
    alegra.limit(7, window=3600)
    seller = channel.seller
    second = connect(seller, big)
    before = Reading.objects.get(channel=second, kind=Kind.ITEMS)
    assert before.finished_at is None

    for _minute in range(12):
        alegra.limit(7, window=3600)
        minutes_pass(second)

    assert Reading.objects.get(channel=second, kind=Kind.ITEMS).finished_at is not None
    assert CatalogueItem.objects.filter(channel=second).count() == len(big.store()["items"])


@pytest.mark.parametrize("skip", [0, 1, 2])
def test_a_buyer_behind_a_page_that_failed_is_found_and_not_made_twice(
    skip: int, colombia: Market, channel: Channel, company: Company, alegra: Emulator
) -> None:
    contact(company, 10860)
    for number in range(70):
        contact(company, 5000 + number)
    contact(company, 10861)
    alegra.fail("unavailable", method="GET", path="*/contacts", skip=skip)
    first, second = sell(colombia, "860"), sell(colombia, "861")

    click(first, second)
    work_off()
    for _time in range(2):
        go_on(channel)

    assert {row_of(first).state, row_of(second).state} == {ErpState.DONE}
    numbers = [row.get("identification") for row in company.store()["contacts"]]
    assert numbers.count("10860") == numbers.count("10861") == 1


def test_a_buyer_that_somebody_made_meanwhile_is_found_when_a_twin_is_refused(
    colombia: Market, condor: object, channel: Channel, alegra: Emulator
) -> None:
    strict = alegra.company(
        "colombia", email="strict@example.com", identification="902", skus=SKUS, unique_identification=True
    )
    Channel.objects.filter(pk=channel.pk).update(state="off")
    second = connect(channel.seller, strict)
    click(sell(colombia, "870"))
    work_off()
    contact(strict, 10871)
    Reading.objects.filter(channel=second, kind=Kind.CONTACTS).update(
        whole_at=timezone.now() - timedelta(hours=1)
    )

    order = sell(colombia, "871")
    click(order)
    work_off()

    assert row_of(order).state == ErpState.DONE, row_of(order).about
    assert ErpContact.objects.filter(channel=second, identification="10871").count() == 1


def test_at_night_what_changed_in_the_erp_is_taken_over_and_what_differs_is_said(
    colombia: Market, channel: Channel, company: Company
) -> None:
    orders = [sell(colombia, f"88{place}") for place in range(4)]
    click(*orders)
    work_off()
    opened, voided, deleted, twin = [row_of(each).external_id for each in orders]
    company.client.put(f"/invoices/{opened}", json={"status": "open"})
    company.client.put(f"/invoices/{voided}", json={"status": "open"})
    assert company.client.post(f"/invoices/{voided}/void").status_code == 200
    company.client.delete(f"/invoices/{deleted}")
    (theirs,) = company.invoices("CO-883")
    copied = {name: theirs[name] for name in ("date", "dueDate", "client", "items", "observations")}
    post(company, "/invoices", copied | {"client": int(theirs["client"])})
    ErpInvoice.objects.update(compared_at=timezone.now() - timedelta(days=1))

    enqueue("erp.compare", key=f"channel:{channel.pk}", channel_id=channel.pk)
    work_off()

    assert (row_of(orders[0]).status, row_of(orders[0]).differs) == ("open", "")
    assert "voided" in row_of(orders[1]).differs
    assert "does not have this invoice" in row_of(orders[2]).differs
    assert "more than one invoice" in row_of(orders[3]).differs
    assert twin == row_of(orders[3]).external_id
    assert channel_of(channel.seller) == channel


def test_one_invoice_that_cannot_be_had_does_not_keep_the_others_from_being_compared(
    colombia: Market, channel: Channel, company: Company, alegra: Emulator
) -> None:
    orders = [sell(colombia, f"54{place}") for place in range(3)]
    click(*orders)
    work_off()
    for order in orders:
        company.client.delete(f"/invoices/{row_of(order).external_id}")
    bad = row_of(orders[0])
    alegra.fail("unavailable", method="GET", path=f"*/invoices/{bad.external_id}", times=None)

    ErpInvoice.objects.update(compared_at=timezone.now() - timedelta(days=1))
    enqueue("erp.compare", key=f"channel:{channel.pk}", channel_id=channel.pk)
    work_off()

    assert [row_of(order).differs for order in orders] == [
        "",
        *["The ERP does not have this invoice any more."] * 2,
    ]
    assert Reading.objects.get(channel=channel, kind=Kind.INVOICES).finished_at is not None
    channel.refresh_from_db()
    assert channel.rests_until is None


def test_an_erp_that_is_away_is_left_alone_and_compared_later(
    colombia: Market, channel: Channel, company: Company, alegra: Emulator
) -> None:
    orders = [sell(colombia, f"55{place}") for place in range(12)]
    click(*orders)
    work_off()
    for order in orders:
        company.client.delete(f"/invoices/{row_of(order).external_id}")
    alegra.fail("unavailable", method="GET", path="*/invoices/*", times=None)
    asked = alegra.requests().get("GET /invoices/{id}", 0)

    ErpInvoice.objects.update(compared_at=timezone.now() - timedelta(days=1))
    enqueue("erp.compare", key=f"channel:{channel.pk}", channel_id=channel.pk)
    work_off()

    channel.refresh_from_db()
    assert channel.rests_until is not None
    assert Reading.objects.get(channel=channel, kind=Kind.INVOICES).finished_at is None
    assert alegra.requests().get("GET /invoices/{id}", 0) - asked < len(orders)
