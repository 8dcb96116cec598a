"""What the pages of one deposit and of one fee show besides themselves."""

from typing import Any

from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext_lazy

from marketplace.parties.models import Seller
from sellers.portal.billing.invoices import badge_of, kind_of
from sellers.portal.columns import Badge, Column, Kind, table_of
from sellers.portal.listing import cursors_in, turned
from sellers.portal.paging import cut_page
from settlement.billing.models import BillingLine, Deposit, DepositChange, DepositState, Fee, FeeTaking


def _fee_url(taking: FeeTaking) -> str:
    return reverse("portal:fee", args=[taking.fee.reference])


def _undone(taking: FeeTaking) -> Badge | None:
    return Badge(str(gettext_lazy("Undone")), "closed") if taking.undone_at else None


WHEN = Column(gettext_lazy("Taken"), lambda row: row.taken_at, Kind.MOMENT, css="at-sub")
TAKEN = (
    Column(gettext_lazy("Amount"), lambda row: row.gross, Kind.MONEY, css="at-amount"),
    Column(gettext_lazy("of it VAT"), lambda row: row.vat, Kind.MONEY, css="at-none"),
    Column(gettext_lazy("State"), _undone, Kind.STATE, css="at-badge", quiet=True),
)
TAKEN_BY = (
    Column(gettext_lazy("Fee"), lambda row: row.fee.reference, css="at-title nowrap", url=_fee_url),
    Column(gettext_lazy("What for"), lambda row: row.fee.text, css="at-sub"),
    WHEN,
    *TAKEN,
)
TAKEN_FROM = (
    Column(
        gettext_lazy("Deposit"),
        lambda row: row.deposit.reference,
        css="at-title nowrap",
        url=lambda row: reverse("portal:deposit", args=[row.deposit.reference]),
    ),
    WHEN,
    *TAKEN,
)
ON_INVOICES = (
    Column(
        gettext_lazy("Number"),
        lambda line: line.invoice.reference,
        css="at-title nowrap",
        url=lambda line: reverse("portal:billing_invoice", args=[line.invoice.reference]),
        note=lambda line: kind_of(line.invoice),
    ),
    Column(gettext_lazy("Issued"), lambda line: line.invoice.issued_on, Kind.DAY, css="at-sub"),
    Column(gettext_lazy("State"), lambda line: badge_of(line.invoice), Kind.STATE, css="at-badge"),
    Column(gettext_lazy("Amount"), lambda line: line.gross, Kind.MONEY, css="at-amount"),
    Column(gettext_lazy("of it VAT"), lambda line: line.vat, Kind.MONEY, css="at-none"),
)


def deposit_told(deposit: Deposit, seller: Seller, asked: QueryDict) -> dict[str, Any]:
    """The fees taken from a deposit, a page at a time, and the invoices and credit notes it stands on."""
    takings = FeeTaking.objects.filter(deposit=deposit).select_related("fee")
    return {
        **_takings(takings, TAKEN_BY, seller, asked, gettext_lazy("Fees taken from it")),
        "invoices": _invoices(BillingLine.objects.filter(deposit=deposit), seller),
        "changes": [_change(each) for each in deposit.changes.order_by("at", "pk")],
    }


def _change(change: DepositChange) -> dict[str, Any]:
    """A move a deposit made; who made it is the marketplace's own business."""
    return {"label": DepositState(change.to_state).label, "at": change.at, "reason": change.reason}


def fee_told(fee: Fee, seller: Seller, asked: QueryDict) -> dict[str, Any]:
    """The deposits a fee was taken from, and the invoices and credit notes it stands on."""
    takings = FeeTaking.objects.filter(fee=fee).select_related("deposit")
    return {
        **_takings(takings, TAKEN_FROM, seller, asked, gettext_lazy("Deposits it was taken from")),
        "invoices": _invoices(BillingLine.objects.filter(fee=fee), seller),
    }


def _takings(
    rows: Any, columns: tuple[Column, ...], seller: Seller, asked: QueryDict, caption: Any
) -> dict[str, Any]:
    page = cut_page(rows, field="taken_at", descending=True, asked=cursors_in(asked))
    return {
        "takings": table_of(
            columns, page.rows, caption=str(caption), currency=seller.market.currency, sortable=False
        ),
        "newer_url": turned(asked, before=page.newer) if page.newer else "",
        "older_url": turned(asked, after=page.older) if page.older else "",
    }


def _invoices(lines: Any, seller: Seller) -> Any:
    rows = lines.select_related("invoice__credits", "invoice__replaces", "invoice__credit_note")
    return table_of(
        ON_INVOICES,
        rows.order_by("-invoice__issued_at", "-pk")[:100],
        caption=str(gettext_lazy("Invoices and credit notes it stands on")),
        currency=seller.market.currency,
        sortable=False,
    )
