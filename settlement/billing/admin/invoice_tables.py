"""The tables of a billing invoice's page."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from marketplace.kernel.backoffice import badge, money
from marketplace.kernel.desk_parts import Table, link_for, moment
from settlement.billing.admin.parts import MOST, REQUEST_TONES, only_first
from settlement.billing.admin.recipients import recipient_rows
from settlement.billing.models import BillingInvoice


def recipient_table(row: BillingInvoice) -> Table:
    """Whom it is made out to."""
    return Table(
        title=_("Made out to"),
        words=(_("what"), _("as it stands on the invoice")),
        rows=recipient_rows(row.parties["recipient"]),
    )


def lines_table(request: HttpRequest, row: BillingInvoice) -> Table:
    """Its lines with the deposits or fees they are of."""
    lines = row.lines.select_related("deposit", "fee").order_by("position")
    shown = list(lines[: MOST + 1])
    return Table(
        title=row.get_subject_display(),
        words=(_("number"), _("day"), _("what for"), _("which part")),
        figures=(_("net"), _("VAT"), _("amount")),
        rows=[_line(request, each, row.currency) for each in shown[:MOST]],
        foot=[
            (_("Total"), "", "", "", *(money(sum_, row.currency) for sum_ in (row.net, row.vat, row.gross)))
        ],
        more=only_first(shown),
    )


def _line(request: HttpRequest, line: Any, currency: str) -> tuple[Any, ...]:
    thing = line.deposit or line.fee
    day, what = (
        (thing.received_on, thing.method or thing.get_source_display())
        if line.deposit
        else (thing.charged_on, f"{thing.get_kind_display()}: {thing.text}")
    )
    return (
        link_for(request, thing),
        moment(day),
        what,
        _("all of it") if line.gross == thing.gross else _("a part"),
        *(money(amount, currency) for amount in (line.net, line.vat, line.gross)),
    )


def relations_table(request: HttpRequest, row: BillingInvoice) -> Table:
    """What it takes back or replaces, what took it back, and what stands for it since."""
    beside: list[tuple[Any, BillingInvoice]] = []
    if row.credits is not None:
        beside.append((_("It takes back"), row.credits))
        beside += [(_("Issued instead"), each) for each in row.credits.replacements.order_by("pk")]
    if row.replaces is not None:
        beside.append((_("It replaces"), row.replaces))
    if note := getattr(row, "credit_note", None):
        beside.append((_("Taken back by"), note))
    beside += [(_("Issued instead"), each) for each in row.replacements.order_by("pk")]
    return Table(
        title=_("Related papers"),
        words=(_("how"), _("number"), _("recipient"), _("date of issue")),
        figures=(_("net"), _("VAT"), _("total")),
        rows=[
            (
                how,
                link_for(request, each),
                each.parties["recipient"]["name"],
                moment(each.issued_on),
                *(money(amount, each.currency) for amount in (each.net, each.vat, each.gross)),
            )
            for how, each in beside
        ],
        empty=_("None."),
    )


def requests_table(request: HttpRequest, row: BillingInvoice) -> Table:
    """The requests to change it, and the one it came of."""
    found = list(row.change_requests.order_by("pk"))
    if row.request is not None:
        found.append(row.request)
    return Table(
        title=_("Change requests"),
        words=(_("number"), _("wish"), _("state"), _("requested")),
        rows=[
            (
                link_for(request, each),
                each.get_wish_display(),
                badge(each.get_state_display(), REQUEST_TONES[each.state]),
                moment(each.requested_at),
            )
            for each in found
        ],
        empty=_("None."),
    )
