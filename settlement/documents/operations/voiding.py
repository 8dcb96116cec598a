"""Voiding a document: its orders are free again, its number stays used."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from marketplace.kernel.audit import record
from marketplace.kernel.mail import write_mail
from marketplace.kernel.states import move
from marketplace.ledger.models import Entry
from marketplace.ledger.operations import reverse
from marketplace.orders.operations.settling import release_returns
from marketplace.parties.models import BusinessModel, Seller
from settlement.claims.operations import release_orders
from settlement.documents.models import Document, DocumentLine, Invoicing, Kind, State


class ReasonMissing(Exception):
    """Voiding needs its reason."""


class Answered(Exception):
    """The seller has invoiced the document, or its cash is on a set-off: that comes undone first."""


@transaction.atomic
def void_document(*, document_id: int, reason: str, by: Any, at: datetime) -> Document:
    """Void a document: reverse its entry, free its orders for the next one, and tell the seller.

    :raises IllegalMove: if it is void already.
    :raises ReasonMissing: if no reason is given.
    :raises Answered: if a live invoice answers it, or its cash is on a set-off.
    """
    if not reason.strip():
        raise ReasonMissing(_("Say why; the seller and your colleagues will read it."))
    Seller.objects.locked().get(pk=Document.objects.values_list("seller", flat=True).get(pk=document_id))
    document = Document.objects.locked().select_related("seller", "market").get(pk=document_id)
    _check_unanswered(document)
    move(document, State.VOID, by=by, at=at, reason=reason.strip()[:200])
    freed = release_orders(reference=document.reference)
    release_returns(reference=document.reference)
    if Entry.objects.filter(key=f"document:{document.reference}").exists():
        reverse(key=f"document:{document.reference}", at=at, text=f"Void: {document.reference}")
    record(
        verb="document.voided",
        subject=document.reference,
        by=by,
        at=at,
        seller_id=document.seller_id,
        details={"reason": reason, "orders": freed},
    )
    _tell_seller(document, reason, at)
    return document


def _check_unanswered(document: Document) -> None:
    told = {"reference": document.reference}
    if document.invoicing != Invoicing.AWAITED and document.model == BusinessModel.AGENCY:
        raise Answered(
            _(
                "The marketplace has invoiced the commission of %(reference)s, or credited it, and that "
                "stands. What comes back later is credited on a document of its own."
            )
            % told
        )
    if document.invoicing != Invoicing.AWAITED:
        raise Answered(
            _("The seller's invoice answers %(reference)s. Refuse or cancel that invoice first.") % told
        )
    credited = DocumentLine.objects.exclude(document__state=State.VOID).filter(original=document.reference)
    if credit := credited.values_list("document__reference", flat=True).first():
        raise Answered(
            _("Credit document %(credit)s takes back a part of %(reference)s. Void that first.")
            % {"credit": credit, **told}
        )
    if document.is_credit and (later := _later_credit(document)):
        raise Answered(
            _("Credit document %(credit)s came after %(reference)s and rests on it. Void that first.")
            % {"credit": later, **told}
        )
    if document.netted_at is not None:
        raise Answered(
            _("The cash of %(reference)s is on a set-off. Withdraw the set-off first, if it still waits.")
            % told
        )


def _later_credit(document: Document) -> str | None:
    """The newest later credit document of an order of this one: what it credits is priced after this."""
    lines = DocumentLine.objects.filter(document=document)
    later = Document.objects.live().filter(
        kind=Kind.CREDIT, pk__gt=document.pk, lines__order__in=lines.values("order")
    )
    return later.order_by("-pk").values_list("reference", flat=True).first()


def _tell_seller(document: Document, reason: str, at: datetime) -> None:
    told = {"reference": document.reference, "reason": reason.strip()}
    with translation.override(document.market.spoken):
        subject, body = _letter(document)
        write_mail(
            key=f"document:{document.reference}:void",
            market=document.market,
            to=[document.seller.email],
            seller_id=document.seller_id,
            at=at,
            subject=subject % told,
            body=body % told,
        )


def _letter(document: Document) -> tuple[str, str]:
    if document.is_credit:
        return _("Credit document %(reference)s is void"), _(
            "Accounting voided credit document %(reference)s: %(reason)s\n\n"
            "Do not credit it. What came back goes on your next document."
        )
    if document.model == BusinessModel.AGENCY:
        return _("Commission document %(reference)s is void"), _(
            "Accounting voided commission document %(reference)s: %(reason)s\n\n"
            "Its orders go on your next document."
        )
    return _("Invoice document %(reference)s is void"), _(
        "Accounting voided invoice document %(reference)s: %(reason)s\n\n"
        "Do not invoice it. Its orders go on your next document."
    )
