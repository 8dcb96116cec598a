"""The lines of a billing invoice as its page shows them, a page at a time."""

from typing import Any

from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sellers.portal.columns import Column, Kind, table_of
from sellers.portal.listing import cursors_in, turned
from sellers.portal.paging import cut_page
from settlement.billing.models import BillingInvoice, BillingLine


def thing_of(line: BillingLine) -> Any:
    """The deposit or the fee a line is of."""
    return line.deposit or line.fee


def url_of(line: BillingLine) -> str:
    """The page of what a line is of."""
    name = "portal:deposit" if line.deposit else "portal:fee"
    return reverse(name, args=[thing_of(line).reference])


def what_of(line: BillingLine) -> str:
    """What a line is of in words; of a part, that it is one."""
    text = line.deposit.method or line.deposit.get_source_display() if line.deposit else thing_of(line).text
    is_part = line.gross != thing_of(line).gross
    return str(_("%(what)s, in part") % {"what": text} if is_part else text)


def day_of(line: BillingLine) -> Any:
    """When a deposit was received, or a fee charged."""
    return line.deposit.received_on if line.deposit else thing_of(line).charged_on


LINES = (
    Column(gettext_lazy("Line"), lambda line: line.position, Kind.COUNT, css="at-none"),
    Column(gettext_lazy("Number"), lambda line: thing_of(line).reference, css="at-title nowrap", url=url_of),
    Column(gettext_lazy("Day"), day_of, Kind.DAY, css="at-sub"),
    Column(gettext_lazy("What for"), what_of, css="at-sub long"),
    Column(gettext_lazy("Net"), lambda line: line.net, Kind.MONEY, css="at-none"),
    Column(gettext_lazy("VAT"), lambda line: line.vat, Kind.MONEY, css="at-none"),
    Column(gettext_lazy("Amount"), lambda line: line.gross, Kind.MONEY, css="at-amount"),
)


def lines_told(invoice: BillingInvoice, asked: QueryDict) -> dict[str, Any]:
    """A page of lines, with the sums of all."""
    rows = invoice.lines.select_related("deposit", "fee")
    page = cut_page(rows, field="position", descending=False, asked=cursors_in(asked))
    return {
        "lines": table_of(
            LINES,
            page.rows,
            caption=_("Lines"),
            currency=invoice.currency,
            sums=(invoice.net, invoice.vat, invoice.gross),
            sums_label=_("Whole invoice"),
            sortable=False,
        ),
        "newer_url": turned(asked, before=page.newer) if page.newer else "",
        "older_url": turned(asked, after=page.older) if page.older else "",
    }
