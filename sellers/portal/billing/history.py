"""What happened to a billing invoice, oldest first."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from sellers.portal.billing.invoices import credit_note_of
from sellers.portal.billing.letters import letters_of
from settlement.billing.models import BillingInvoice, ChangeRequest, RequestState

ENDED = {RequestState.DECLINED: "bad", RequestState.DONE: "current", RequestState.WITHDRAWN: ""}


@dataclass(frozen=True, slots=True)
class Step:
    """A step, with its page and what else there is to say."""

    at: datetime
    label: str
    note: str = ""
    url: str = ""
    css: str = ""


def history_of(invoice: BillingInvoice, requests: Sequence[ChangeRequest]) -> list[Step]:
    """Issued, mailed, asked to be changed, taken back."""
    return sorted(_steps(invoice, requests), key=lambda step: step.at)


def _steps(invoice: BillingInvoice, requests: Sequence[ChangeRequest]) -> Iterator[Step]:
    by = f" · {invoice.issued_by}" if invoice.issued_by and invoice.origin == "hand" else ""
    yield Step(invoice.issued_at, _("Issued"), invoice.get_origin_display() + by, css="current")
    yield from _mailed(invoice)
    for request in requests:
        yield from _asked(request)
    if (note := credit_note_of(invoice)) is not None:
        url = reverse("portal:billing_invoice", args=[note.reference])
        text = _("Taken back by credit note %(number)s") % {"number": note.reference}
        yield Step(note.issued_at, text, note.reason, url, "bad")


def _mailed(invoice: BillingInvoice) -> Iterator[Step]:
    for sent in letters_of([invoice.key]).values():
        label = _("Mailed") if sent.letter.sent_at else _("Letter written")
        yield Step(sent.at, label, f"{sent.to} · {sent.badge.label}", css="bad" if sent.is_dead else "")


def _asked(request: ChangeRequest) -> Iterator[Step]:
    url = reverse("portal:change_request", args=[request.reference])
    told = {"wish": request.get_wish_display(), "number": request.reference}
    yield Step(request.requested_at, _("Change asked for: %(wish)s (%(number)s)") % told, request.reason, url)
    if request.decided_at is not None:
        state = RequestState(request.state)
        label = f"{request.reference}: {state.label}"
        yield Step(request.decided_at, label, request.answer, url, ENDED[state])
