"""What the desks of billing have in common: entries in the books, lines on invoices, letters."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from marketplace.kernel.backoffice import badge, money
from marketplace.kernel.desk_parts import Table, link_for, moment
from marketplace.kernel.mail import send_again
from marketplace.kernel.models import MailState, OutgoingMail
from marketplace.ledger.models import Entry
from settlement.billing.models import BillingInvoice, BillingLine, RequestState
from settlement.billing.refusals import Refused

MOST = 200
"""Rows a page shows."""

MAIL_TONES: dict[str, str] = {
    MailState.READY: "info",
    MailState.SENDING: "info",
    MailState.SENT: "ok",
    MailState.DEAD: "bad",
}
REQUEST_TONES: dict[str, str] = {
    RequestState.REQUESTED: "warn",
    RequestState.DONE: "ok",
    RequestState.DECLINED: "bad",
    RequestState.WITHDRAWN: "none",
}


class NothingToSend(Refused):
    """No letter failed, so none is sent again."""


def entry_table(request: HttpRequest, keys: Iterable[str], *, beginning: str = "") -> Table:
    """The entries of these keys and their reversals, and those whose key begins so."""
    wanted = Q(key__in=[name for key in keys for name in (key, f"reversal:{key}")])
    if beginning:
        wanted |= Q(key__startswith=beginning)
    entries = Entry.objects.filter(wanted).order_by("at", "pk")
    return Table(
        title=_("In the books"),
        words=(_("entry"), _("at")),
        rows=[(link_for(request, each), moment(each.at)) for each in entries],
        empty=_("Nothing is posted."),
    )


def standing(row: BillingInvoice) -> SafeString | str:
    """Whether an invoice stands, and what took it back or what it takes back."""
    if row.is_credit:
        return _("takes back %(number)s") % {"number": row.credits}
    if note := getattr(row, "credit_note", None):
        return badge(_("taken back by %(number)s") % {"number": note}, "bad")
    if row.replaces is not None:
        return badge(_("live, replaces %(number)s") % {"number": row.replaces}, "ok")
    return badge(_("live"), "ok")


def line_table(request: HttpRequest, lines: "QuerySet[BillingLine]") -> Table:
    """The invoices and credit notes that a deposit or a fee stands on."""
    rows = lines.select_related("invoice__credits", "invoice__credit_note", "invoice__replaces")
    shown = list(rows.order_by("pk")[: MOST + 1])
    return Table(
        title=_("On invoices"),
        words=(_("number"), _("kind"), _("date of issue"), _("state")),
        figures=(_("net"), _("VAT"), _("amount")),
        rows=[
            (
                link_for(request, each.invoice),
                each.invoice.get_kind_display(),
                moment(each.invoice.issued_on),
                standing(each.invoice),
                *(money(amount, each.invoice.currency) for amount in (each.net, each.vat, each.gross)),
            )
            for each in shown[:MOST]
        ],
        empty=_("On none yet."),
        more=only_first(shown),
    )


def mail_table(mails: "QuerySet[OutgoingMail]") -> Table:
    """Letters, and whether they were delivered to the mail server."""
    return Table(
        title=_("Letters"),
        words=(_("written"), _("subject"), _("to"), _("state"), _("sent")),
        rows=[
            (
                moment(each.created_at),
                each.subject,
                ", ".join(each.recipients),
                badge(each.get_state_display(), MAIL_TONES[each.state]),
                moment(each.sent_at) if each.sent_at else each.error[-200:] or "–",
            )
            for each in mails.order_by("pk")
        ],
        empty=_("None yet."),
    )


def send_dead(mails: "QuerySet[OutgoingMail]") -> None:
    """Have the letters sent again that could not be.

    :raises NothingToSend: if there is none.
    """
    revived = [send_again(mail_id=each.pk) for each in mails.filter(state=MailState.DEAD)]
    if not any(revived):
        raise NothingToSend(_("All its letters were sent, or wait to be."))


def only_first(shown: list[Any]) -> Any:
    """That a table shows only the first rows, where one was read too many."""
    return _("Only the first %(count)s are shown.") % {"count": MOST} if len(shown) > MOST else ""
