"""The second half of a settlement, as the cast plays it: invoice, set-off, payment."""

from datetime import UTC, date, datetime
from typing import Any

from django.utils import timezone

from marketplace.parties.models import AccountState, BankAccount, Seller
from settlement.documents.models import Document
from settlement.invoices.models import Invoice
from settlement.invoices.operations.deciding import book_invoice
from settlement.invoices.operations.submitting import Paper, submit_invoice
from settlement.invoices.rules import Sums, Told
from settlement.netting.models import SetOff, State
from settlement.netting.operations.answering import confirm_set_off
from settlement.payouts.models import Payout
from settlement.payouts.operations.batching import approve_batch, make_batch, send_batch
from settlement.payouts.operations.paying import mark_paid
from tests.cast import work_off_but_rendering

PDF = b"%PDF-1.4 invoice"
INVOICED = datetime(2026, 11, 4, 9, tzinfo=UTC)
IBAN = "CZ6508000000192000145399"


def paper(content: bytes = PDF, name: str = "invoice.pdf") -> Paper:
    return Paper(name=name, head=content[:16], size=len(content), chunks=[content])


def tell_invoice(document: Document, number: str = "FV-2026-1", **changes: Any) -> Told:
    """The invoice that a document asks for, unless told otherwise."""
    rates = {rate.vat_bp: Sums(rate.net, rate.vat) for rate in document.rates.all()}
    facts: dict[str, Any] = {
        "number": number,
        "issued_on": date(2026, 11, 3),
        "currency": document.currency,
        "reference": document.reference,
        "rates": rates,
    }
    return Told(**(facts | changes))


def hand_in(document: Document, number: str = "FV-2026-1", **changes: Any) -> Invoice:
    return submit_invoice(
        document_id=document.pk,
        told=tell_invoice(document, number, **changes),
        paper=paper(),
        by=None,
        at=INVOICED,
    )


def invoice(document: Document, number: str = "FV-2026-1") -> SetOff | None:
    """Hand an invoice in and book it; the set-off that is proposed for it."""
    book_invoice(invoice_id=hand_in(document, number).pk, by=None, at=INVOICED)
    work_off_but_rendering()
    return SetOff.objects.filter(seller=document.seller, state=State.PROPOSED).first()


def agree(set_off: SetOff) -> SetOff:
    """Confirm a set-off as its seller; what follows from it is done."""
    confirm_set_off(set_off_id=set_off.pk, by=None, at=timezone.now())
    work_off_but_rendering()
    return SetOff.objects.get(pk=set_off.pk)


def give_account(seller: Seller, number: str = IBAN) -> None:
    """A bank account in use."""
    BankAccount.objects.create(
        seller=seller, number=number, state=AccountState.ACTIVE, proposed_at=INVOICED, approved_at=INVOICED
    )


def send_payouts(seller: Seller, carla: Any, dan: Any) -> list[Payout]:
    """Carla prepares the payment batch, dan approves it, it is given to the bank."""
    batch = make_batch(market=seller.market, by=carla, at=timezone.now())
    approve_batch(batch_id=batch.pk, by=dan, at=timezone.now())
    work_off_but_rendering()
    send_batch(batch_id=batch.pk, by=carla, at=timezone.now())
    return list(batch.payouts.order_by("pk"))


def pay(payout: Payout) -> Payout:
    mark_paid(payout_id=payout.pk, paid_on=date(2026, 11, 20), by=None, at=timezone.now())
    work_off_but_rendering()
    return Payout.objects.get(pk=payout.pk)
