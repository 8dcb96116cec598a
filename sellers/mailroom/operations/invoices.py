"""Invoices that come by mail, in answer to a document: read by machine where that can be, or by a person."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from marketplace.edocuments.facts import Fault
from marketplace.kernel.audit import record
from marketplace.kernel.files import path_of
from marketplace.kernel.jobs import Claimed, enqueue
from sellers.mailroom.models import Mail, MailPart, Outcome, State
from sellers.mailroom.operations.ending import decide_parts
from sellers.mailroom.queries import login_of
from settlement.documents.models import Document
from settlement.invoices.electronic import Electronic, HarmfulPdf, NotElectronic, read_electronic
from settlement.invoices.models import Invoice
from settlement.invoices.operations.submitting import (
    Differs,
    NotAwaited,
    NumberTaken,
    submit_electronic,
    submit_kept,
)
from settlement.invoices.rules import Sums, Told
from settlement.invoices.wording import variance_line

READABLE = ("xml", "pdf")
SHOWN = ("pdf", "image")
"""What a person can read an invoice from."""
MOST_READ = 20
"""So many attachments are tried; a mail answers one document."""
MOST_LINES = 20
"""So many differences are told in a letter."""

Reading = tuple[MailPart, Electronic | NotElectronic]


class NotWaiting(Exception):
    """The attachment does not wait for a person, or answers no document any more."""


class NoNumberAndDate(Exception):
    """A person did not enter an invoice's number and date."""


@dataclass(frozen=True, slots=True)
class Decided:
    """What became of an attachment, and what its wording speaks of."""

    outcome: Outcome
    told: dict[str, Any]


def take_invoice(claimed: Claimed, *, mail_id: int, at: datetime) -> None:
    """Hand in the electronic invoice a mail brings for the document it names, or leave it to a person."""
    mail = Mail.objects.get(pk=mail_id)
    if mail.state != State.READING:
        return
    parts = mail.parts.filter(outcome="", kind__in=READABLE).select_related("file").order_by("position")
    readings = list(_read(claimed, parts[:MOST_READ]))
    with claimed.effect():
        mail = Mail.objects.locked().select_related("seller__market").get(pk=mail_id)
        if mail.state == State.READING and mail.parts.filter(outcome="").exists():
            _decide(mail, readings, at)
            enqueue("mailroom.answer", key=f"mail:{mail.pk}", mail_id=mail.pk)


def _read(claimed: Claimed, parts: Iterable[MailPart]) -> Iterable[Reading]:
    for part in parts:
        try:
            yield part, read_electronic(path_of(part.file), heartbeat=claimed.heartbeat)
        except NotElectronic as refusal:
            yield part, refusal


def _decide(mail: Mail, readings: Sequence[Reading], at: datetime) -> None:
    """Take the first attachment that can be taken; each that says something gets its own outcome."""
    for part, found in readings:
        if isinstance(found, HarmfulPdf):
            _note(part, Decided(Outcome.ACTIVE_PDF, {}), at)
    document = _document(mail)
    if document is None:
        decide_parts(mail, Outcome.NO_DOCUMENT, at=at, reference=mail.reference)
        return
    if not _decide_readable(mail, document, readings, at):
        for part in mail.parts.filter(outcome="", kind__in=SHOWN):
            _note(part, Decided(Outcome.TO_A_PERSON, {"reference": mail.reference}), at)
    decide_parts(mail, Outcome.IGNORED, at=at)


def _decide_readable(mail: Mail, document: Document, readings: Sequence[Reading], at: datetime) -> bool:
    """Whether any attachment was, or tried to be, an electronic invoice."""
    taken = ""
    any_decided = False
    for part, found in readings:
        if part.outcome or (taken and _number(found) == taken):
            continue  # the same invoice in another shape
        decided = _take(mail, document, part, found, at)
        if decided is not None:
            _note(part, decided, at)
            any_decided = True
            taken = _number(found) if decided.outcome == Outcome.INVOICE_TAKEN else taken
    return any_decided


def _number(found: Electronic | NotElectronic) -> str:
    return "" if isinstance(found, NotElectronic) else found.document.number


def _document(mail: Mail) -> Document | None:
    rows = Document.objects.filter(market=mail.market_id, reference=mail.reference, seller__in=mail.sellers)
    return rows.first()


def _take(
    mail: Mail, document: Document, part: MailPart, found: Electronic | NotElectronic, at: datetime
) -> Decided | None:
    """What became of one attachment; None for one that a machine cannot read at all."""
    if isinstance(found, NotElectronic):
        return _unread(found)
    assert mail.seller is not None
    told: dict[str, Any] = {"number": found.document.number[:40], "reference": document.reference}
    by = login_of(sender=mail.sender, seller=mail.seller)
    try:
        with transaction.atomic():
            submit_electronic(document_id=document.pk, electronic=found, file=part.file, by=by, at=at)
    except NotAwaited:
        return Decided(Outcome.NOT_AWAITED, told)
    except NumberTaken:
        return Decided(Outcome.NUMBER_TAKEN, told)
    except Differs as refusal:
        return Decided(Outcome.DIFFERS, told | {"lines": _lines(mail, document, refusal)})
    return Decided(Outcome.INVOICE_TAKEN, told)


def _unread(found: NotElectronic) -> Decided | None:
    if found.fault is None or found.fault == Fault.WRONG_ROOT:
        return None
    return Decided(Outcome.INVOICE_UNREAD, {"fault": found.fault, "detail": found.detail})


def _lines(mail: Mail, document: Document, refusal: Differs) -> list[str]:
    """What differs, in the language of the market's letters."""
    assert mail.seller is not None
    market = mail.seller.market
    with translation.override(market.spoken):
        told = {"currency": document.currency, "language": market.locale}
        return [variance_line(each, **told) for each in refusal.variances[:MOST_LINES]]


def _note(part: MailPart, decided: Decided, at: datetime) -> None:
    part.outcome, part.told, part.decided_at = decided.outcome, decided.told, at
    part.save(update_fields=["outcome", "told", "decided_at"])


def waiting_document(part: MailPart) -> Document | None:
    """The document an attachment that waits for a person answers."""
    return _document(part.mail) if part.outcome == Outcome.TO_A_PERSON else None


def number_and_date(text: str) -> tuple[str, date]:
    """An invoice's number and date as a person types them: "FV-2026-1 2026-11-03".

    :raises NoNumberAndDate: if it is not both.
    """
    number, _gap, day = text.strip().rpartition(" ")
    try:
        issued_on = date.fromisoformat(day)
    except ValueError:
        number = ""
    if not number.strip():
        raise NoNumberAndDate(
            _("Write the invoice's number, a blank and its date, as in FV-2026-1 2026-11-03.")
        )
    return number.strip(), issued_on


@transaction.atomic
def enter_invoice(*, part_id: int, number: str, issued_on: date, by: Any, at: datetime) -> Invoice:
    """Hand in an invoice that came by mail and was read by a person, who saw that its totals are the
    document's.

    :raises NotWaiting: if the attachment waits for nobody.
    :raises NotAwaited: if the document waits for no invoice.
    :raises Differs: if its date cannot be.
    :raises NumberTaken: if the seller used its number before.
    """
    part = MailPart.objects.select_for_update(of=("self",)).select_related("mail", "file").get(pk=part_id)
    document = waiting_document(part)
    if document is None:
        raise NotWaiting(_("This attachment does not wait for an invoice to be entered."))
    told = Told(
        number=number.strip()[:40],
        issued_on=issued_on,
        currency=document.currency,
        reference=document.reference,
        rates={rate.vat_bp: Sums(rate.net, rate.vat) for rate in document.rates.all()},
    )
    invoice = submit_kept(document_id=document.pk, told=told, file=part.file, by=by, at=at)
    part.outcome = Outcome.INVOICE_TAKEN
    part.told = {"number": invoice.number, "reference": document.reference}
    part.save(update_fields=["outcome", "told"])
    record(
        verb="mail.invoice_entered",
        subject=f"{document.reference} {invoice.number}",
        by=by,
        at=at,
        seller_id=document.seller_id,
    )
    return invoice
