"""Invoices that lack the stamp they were to have are stamped by a click, and say so."""

from typing import Any

import pytest
from django.utils import timezone

from marketplace.kernel.books import run_checks
from marketplace.kernel.models import AuditRecord
from marketplace.orders.models import Order
from marketplace.parties.models import Market, Seller
from sellers.erp.alegra.answers import stamp_refusal
from sellers.erp.models import Channel, ErpState
from sellers.erp.operations.connecting import automate_channel, disconnect_channel
from sellers.erp.operations.stamping import stamp_invoice
from sellers.erp.refusals import NotConnected, NotForErp, NotStamped
from tests.erp.colombia import click, row_of, sell, work_off
from tests.erp.emulator import Company, Emulator


@pytest.fixture
def rejected(colombia: Market, channel: Channel, company: Company, alegra: Emulator) -> Order:
    """An order whose invoice is open in the ERP, its stamp rejected by the authority."""
    values: dict[str, Any] = {"stamp": True, "payment_form": "CASH", "payment_method": "CASH"}
    values |= {"as_draft": False, "numbering": company.id_of("number-templates", prefix="FE")}
    automate_channel(channel_id=channel.pk, automatic=False, told=values, by=None, at=timezone.now())
    order = sell(colombia, "901")
    alegra.fail("rejected", method="POST", path="*/invoices")
    click(order)
    work_off()
    row = row_of(order)
    assert (row.state, row.stamped) == (ErpState.DONE, False)
    assert "rejected its stamp" in row.differs
    return order


def stamp(order: Order) -> None:
    stamp_invoice(invoice_id=row_of(order).pk, by=None, clock=timezone.now)


def test_an_invoice_is_stamped_later_and_says_so(rejected: Order, company: Company) -> None:
    stamp(rejected)

    row = row_of(rejected)
    assert (row.stamped, row.differs) == (True, "")
    (made,) = company.invoices("901")
    assert made["stamp"]["legalStatus"] == "STAMPED_AND_ACCEPTED"
    kept = AuditRecord.objects.get(verb="erp_invoice.stamp_asked")
    assert (kept.subject, kept.details["stamped"]) == ("901", True)
    assert run_checks() == []
    with pytest.raises(NotForErp, match="stamped already"):
        stamp(rejected)


@pytest.mark.parametrize("fault", ["lost", "error_after", "html_after", "wrong_json"])
def test_a_lost_answer_is_no_lost_stamp(fault: str, rejected: Order, alegra: Emulator) -> None:
    alegra.fail(fault, method="POST", path="*/stamp")

    stamp(rejected)

    assert row_of(rejected).stamped


def test_who_asked_for_a_stamp_is_kept_also_where_nothing_more_is_heard_of_it(
    rejected: Order, company: Company, alegra: Emulator
) -> None:
    alegra.fail("lost", method="POST", path="*/stamp")
    alegra.fail("unavailable", method="GET", path="*/invoices/*")

    with pytest.raises(NotStamped, match="does not answer"):
        stamp(rejected)

    (made,) = company.invoices("901")
    assert made["stamp"]["legalStatus"] == "STAMPED_AND_ACCEPTED"
    kept = AuditRecord.objects.get(verb="erp_invoice.stamp_asked")
    assert (kept.subject, kept.details["stamped"]) == ("901", None)


def test_a_stamp_the_erp_has_already_is_taken_over(rejected: Order, company: Company) -> None:
    company.client.post("/invoices/stamp", json={"ids": [row_of(rejected).external_id]})

    stamp(rejected)

    assert row_of(rejected).stamped


def test_a_stamp_that_is_rejected_again_says_so(rejected: Order, alegra: Emulator) -> None:
    alegra.fail("rejected", method="POST", path="*/stamp")

    with pytest.raises(NotStamped, match="rejected its stamp"):
        stamp(rejected)

    assert not row_of(rejected).stamped


@pytest.mark.parametrize(
    ("fault", "why"),
    [
        ("bad_request", "did not stamp it"),
        ("error_before", "has not stamped it yet"),
        ("unavailable", "has not stamped it yet"),
        ("too_many", "too many requests"),
        ("forbidden", "plan does not allow"),
    ],
)
def test_what_hinders_a_stamp_is_said_and_nothing_is_changed(
    fault: str, why: str, channel: Channel, rejected: Order, company: Company, alegra: Emulator
) -> None:
    other = sell(rejected.market, "902")
    automate_channel(
        channel_id=channel.pk,
        automatic=False,
        told={"stamp": False, "as_draft": False},
        by=None,
        at=timezone.now(),
    )
    click(other)
    work_off()
    alegra.fail(fault, method="POST", path="*/stamp")

    with pytest.raises(NotStamped, match=why):
        stamp(other)

    assert not row_of(other).stamped
    assert row_of(other).number


@pytest.mark.parametrize("state", ["cancelled", "returned", "lost"])
def test_the_invoice_of_what_was_not_sold_in_the_end_is_not_stamped(
    state: str, rejected: Order, alegra: Emulator
) -> None:
    Order.objects.filter(pk=rejected.pk).update(state=state)
    before = alegra.requests()

    with pytest.raises(NotForErp, match="Void its invoice in the ERP"):
        stamp(rejected)

    assert alegra.requests() == before
    assert not row_of(rejected).stamped


def test_an_invoice_that_is_gone_or_of_a_company_taken_off_is_not_stamped(
    rejected: Order, condor: Seller, channel: Channel, company: Company
) -> None:
    company.client.delete(f"/invoices/{row_of(rejected).external_id}")
    disconnect_channel(channel_id=channel.pk, by=None, at=timezone.now())

    with pytest.raises(NotConnected, match="not connected any more"):
        stamp(rejected)


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ({"data": [{"id": "1", "success": False, "message": "No."}]}, "No."),
        ([{"id": "1", "success": "false", "message": "No."}], "No."),
        ({"id": "1", "error": {"message": "No."}}, "No."),
        ({"data": [{"id": "1", "success": True, "message": "Emitida."}]}, ""),
        ({"data": []}, ""),
        ([], ""),
        (None, ""),
        ("No.", ""),
    ],
)
def test_what_is_said_of_a_stamp_is_read_however_it_is_wrapped(told: object, said: str) -> None:
    assert stamp_refusal(told) == said
