"""Handing an invoice in, booking it, refusing it, undoing it."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from marketplace.kernel.books import run_checks
from marketplace.kernel.models import OutgoingMail
from marketplace.kernel.states import IllegalMove
from marketplace.ledger.models import Entry
from marketplace.ledger.queries import balance
from marketplace.parties.models import Cadence, Market, Seller
from settlement.documents.models import Document, Invoicing
from settlement.documents.operations.voiding import Answered, ReasonMissing, void_document
from settlement.invoices.models import Invoice, State
from settlement.invoices.operations.deciding import OnASetOff, book_invoice, cancel_invoice, refuse_invoice
from settlement.invoices.operations.reminding import remind_of_invoices
from settlement.invoices.operations.submitting import (
    Differs,
    NoInvoiceFile,
    NotAwaited,
    NumberTaken,
    submit_invoice,
)
from settlement.invoices.rules import Sums
from settlement.netting.models import SetOff
from settlement.netting.models import State as SetOffState
from settlement.netting.operations.answering import withdraw_set_off
from tests.cast import work_off_but_rendering
from tests.netting.telling import INVOICED, hand_in, paper, tell_invoice

Issue = Callable[..., Document]


def entries() -> int:
    return Entry.objects.filter(key__startswith="invoice:").count()


def test_an_invoice_handed_in_marks_its_document_and_moves_no_money(issue_document: Issue) -> None:
    document = issue_document()

    invoice = hand_in(document)

    assert (invoice.state, invoice.gross) == (State.SUBMITTED, document.purchase_gross)
    assert Document.objects.get().invoicing == Invoicing.RECEIVED
    assert entries() == 0


def test_an_invoice_that_differs_is_refused_and_nothing_is_kept(issue_document: Issue) -> None:
    document = issue_document()
    wrong = tell_invoice(document, rates={2100: Sums(850_00, 178_51)})

    with pytest.raises(Differs) as refusal:
        submit_invoice(document_id=document.pk, told=wrong, paper=paper(), by=None, at=INVOICED)

    assert [each.vat_bp for each in refusal.value.variances] == [2100]
    assert not Invoice.objects.exists()
    assert Document.objects.get().invoicing == Invoicing.AWAITED


def test_a_document_has_one_invoice(issue_document: Issue) -> None:
    document = issue_document()
    first = hand_in(document)

    with pytest.raises(NotAwaited):
        hand_in(document, "FV-2026-2")

    assert list(Invoice.objects.all()) == [first]


def test_the_database_keeps_a_document_from_two_live_invoices(issue_document: Issue) -> None:
    first = hand_in(issue_document())
    copy = {name: getattr(first, name) for name in ("market", "seller", "document", "issued_on", "currency")}

    with pytest.raises(IntegrityError), transaction.atomic():
        Invoice.objects.create(
            **copy, number="other", net=1, vat=0, gross=1, file=first.file, submitted_at=INVOICED
        )


def test_a_sellers_number_is_used_once_however_it_is_written(
    issue_document: Issue, make_order: Any, seller: Seller
) -> None:
    seller.contract.cadence = Cadence.HALF_MONTH
    seller.contract.save()
    hand_in(issue_document(through=date(2026, 10, 15)), "fv-2026-1")
    make_order(delivered="2026-10-20T10:00:00+02:00")
    second = issue_document(fresh=False)

    with pytest.raises(NumberTaken):
        hand_in(second, "FV-2026-1")


@pytest.mark.parametrize("content", [b"<html>", b"MZ\x90", b"", b"PK\x03\x04"])
def test_a_file_that_is_no_paper_is_refused(issue_document: Issue, content: bytes) -> None:
    document = issue_document()

    with pytest.raises(NoInvoiceFile):
        submit_invoice(
            document_id=document.pk, told=tell_invoice(document), paper=paper(content), by=None, at=INVOICED
        )

    assert not Invoice.objects.exists()


def test_booking_makes_the_marketplace_owe_the_invoice(
    issue_document: Issue, market: Market, seller: Seller, carla: Any
) -> None:
    document = issue_document()
    invoice = hand_in(document)

    book_invoice(invoice_id=invoice.pk, by=carla, at=INVOICED)

    assert balance(market_id=market.pk, kind="payable", seller_id=seller.pk) == -document.purchase_gross
    assert balance(market_id=market.pk, kind="purchases") == document.purchase_net
    assert Document.objects.get().invoicing == Invoicing.BOOKED
    work_off_but_rendering()
    assert SetOff.objects.get().payables == document.purchase_gross
    assert run_checks() == []


def test_booking_twice_books_once(issue_document: Issue) -> None:
    invoice = hand_in(issue_document())
    book_invoice(invoice_id=invoice.pk, by=None, at=INVOICED)

    with pytest.raises(IllegalMove):
        book_invoice(invoice_id=invoice.pk, by=None, at=INVOICED)

    assert entries() == 1


def test_a_refused_invoice_leaves_its_document_waiting_and_its_number_free(
    issue_document: Issue, seller: Seller
) -> None:
    document = issue_document()
    invoice = hand_in(document)

    refuse_invoice(invoice_id=invoice.pk, reason="The file is another invoice's.", by=None, at=INVOICED)

    assert Document.objects.get().invoicing == Invoicing.AWAITED
    letter = OutgoingMail.objects.get(key=f"invoice:{invoice.pk}:refused")
    assert "another invoice's" in letter.body
    assert letter.recipients == [seller.email]
    assert hand_in(document).state == State.SUBMITTED


def test_refusing_needs_a_reason(issue_document: Issue) -> None:
    invoice = hand_in(issue_document())

    with pytest.raises(ReasonMissing):
        refuse_invoice(invoice_id=invoice.pk, reason="  ", by=None, at=INVOICED)

    assert Invoice.objects.get().state == State.SUBMITTED


def test_a_document_with_a_live_invoice_is_not_voided(issue_document: Issue) -> None:
    document = issue_document()
    hand_in(document)

    with pytest.raises(Answered):
        void_document(document_id=document.pk, reason="A mistake.", by=None, at=INVOICED)

    assert Document.objects.get().state == "issued"


def test_a_booking_is_undone_only_off_its_set_off_and_leaves_no_debt(
    issue_document: Issue, market: Market, seller: Seller
) -> None:
    document = issue_document()
    invoice = hand_in(document)
    book_invoice(invoice_id=invoice.pk, by=None, at=INVOICED)
    work_off_but_rendering()
    with pytest.raises(OnASetOff):
        cancel_invoice(invoice_id=invoice.pk, reason="Booked by mistake.", by=None, at=INVOICED)

    withdraw_set_off(set_off_id=SetOff.objects.get().pk, reason="Wrong invoice.", by=None, at=INVOICED)
    cancel_invoice(invoice_id=invoice.pk, reason="Booked by mistake.", by=None, at=INVOICED)

    assert balance(market_id=market.pk, kind="payable", seller_id=seller.pk) == 0
    assert SetOff.objects.get().state == SetOffState.WITHDRAWN
    assert run_checks() == []
    void_document(document_id=document.pk, reason="All of it was a mistake.", by=None, at=INVOICED)
    assert run_checks() == []


def test_an_invoice_is_reminded_of_once_a_week_and_no_more_when_it_is_there(
    issue_document: Issue, market: Market
) -> None:
    document = issue_document()

    def remind(day: datetime) -> int:
        return remind_of_invoices(market=market, at=day)

    issued = document.issued_at
    assert remind(issued) == 0
    assert remind(issued + timedelta(days=9)) == 1
    assert remind(issued + timedelta(days=9)) == 0
    hand_in(document)
    assert remind(issued + timedelta(days=18)) == 0
