"""Accounting books a seller's invoice, refuses it, or undoes a booking."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from marketplace.kernel.audit import record
from marketplace.kernel.jobs import enqueue
from marketplace.kernel.mail import write_mail
from marketplace.kernel.states import move
from marketplace.kernel.zones import local_date
from marketplace.ledger.operations import post, reverse
from marketplace.ledger.rules import Draft, Leg
from marketplace.parties.models import Seller
from settlement.documents.models import Document, Invoicing
from settlement.documents.operations.marking import mark_invoiced
from settlement.documents.operations.voiding import ReasonMissing
from settlement.invoices import wording
from settlement.invoices.models import Invoice, State
from settlement.invoices.operations.submitting import Differs
from settlement.invoices.queries import told_by, variances


class OnASetOff(Exception):
    """The invoice is on a set-off, which is withdrawn first."""


@transaction.atomic
def book_invoice(*, invoice_id: int, by: Any, at: datetime) -> Invoice:
    """Book an invoice: the marketplace owes its total now, or is owed that of a credit note.

    A set-off follows.

    :raises IllegalMove: if it does not wait for this.
    :raises Differs: if it does not equal its document.
    """
    invoice = _locked(invoice_id)
    if found := variances(told_by(invoice), invoice.document, today=local_date(at, invoice.market.zone)):
        raise Differs(found)
    move(invoice, State.BOOKED, by=by, at=at, also={"booked_at": at})
    post(_draft(invoice))
    mark_invoiced(document_id=invoice.document_id, invoicing=Invoicing.BOOKED)
    _record(invoice, "invoice.booked", by, at)
    enqueue("netting.take_invoices", key=invoice.key, seller_id=invoice.seller_id, invoice_ids=[invoice.pk])
    return invoice


@transaction.atomic
def refuse_invoice(*, invoice_id: int, reason: str, by: Any, at: datetime) -> Invoice:
    """Refuse an invoice; its document waits for another one, and the seller is told why.

    :raises IllegalMove: if it does not wait for this.
    :raises ReasonMissing: if no reason is given.
    """
    told = _given(reason)
    invoice = _locked(invoice_id)
    move(invoice, State.REFUSED, by=by, at=at, reason=told)
    mark_invoiced(document_id=invoice.document_id, invoicing=Invoicing.AWAITED)
    _record(invoice, "invoice.refused", by, at, reason=told)
    _tell_seller(invoice, told, wording.refused_letter, at)
    return invoice


@transaction.atomic
def cancel_invoice(*, invoice_id: int, reason: str, by: Any, at: datetime) -> Invoice:
    """Undo a booking: reverse its entry; the document waits for another invoice.

    :raises IllegalMove: if it is not booked.
    :raises OnASetOff: if a set-off holds it.
    :raises ReasonMissing: if no reason is given.
    """
    told = _given(reason)
    invoice = _locked(invoice_id)
    if invoice.netted_at is not None:
        raise OnASetOff(
            _("Invoice %(number)s is on a set-off. Withdraw the set-off first, if it still waits.")
            % {"number": invoice.number}
        )
    move(invoice, State.CANCELLED, by=by, at=at, reason=told)
    reverse(key=invoice.key, at=at, text=f"Cancelled: invoice {invoice.number}")
    mark_invoiced(document_id=invoice.document_id, invoicing=Invoicing.AWAITED)
    _record(invoice, "invoice.cancelled", by, at, reason=told)
    _tell_seller(invoice, told, wording.cancelled_letter, at)
    return invoice


def _locked(invoice_id: int) -> Invoice:
    """Lock seller, document and invoice, in that order."""
    keys = Invoice.objects.values_list("seller", "document").get(pk=invoice_id)
    Seller.objects.locked().get(pk=keys[0])
    Document.objects.locked().get(pk=keys[1])
    related = ("seller__market", "market", "document__period")
    return Invoice.objects.locked().select_related(*related).get(pk=invoice_id)


def _given(reason: str) -> str:
    if not reason.strip():
        raise ReasonMissing(_("Say why; the seller and your colleagues will read it."))
    return reason.strip()[:200]


def _draft(invoice: Invoice) -> Draft:
    credit = invoice.document.is_credit
    sign, account, word = (-1, "receivable", "credit note") if credit else (1, "payable", "invoice")
    legs = (
        Leg("purchases", sign * invoice.net),
        Leg("vat", sign * invoice.vat),
        Leg(account, -sign * invoice.gross, seller_id=invoice.seller_id),
    )
    assert invoice.booked_at is not None
    return Draft(
        key=invoice.key,
        market_id=invoice.market_id,
        at=invoice.booked_at,
        text=f"Seller's {word} {invoice.number} for {invoice.document.reference}",
        legs=legs,
    )


def _record(invoice: Invoice, verb: str, by: Any, at: datetime, **details: str) -> None:
    record(
        verb=verb,
        subject=f"{invoice.document.reference} {invoice.number}",
        by=by,
        at=at,
        seller_id=invoice.seller_id,
        details={"gross": invoice.gross, **details},
    )


def _tell_seller(
    invoice: Invoice, reason: str, letter: Callable[[Invoice, str], tuple[str, str]], at: datetime
) -> None:
    with translation.override(invoice.market.spoken):
        subject, body = letter(invoice, reason)
    write_mail(
        key=f"{invoice.key}:{invoice.state}",
        market=invoice.market,
        to=[invoice.seller.email],
        seller_id=invoice.seller_id,
        at=at,
        subject=subject,
        body=body,
    )
