"""The rehearsal as a list: narrowed, cut into pages, written as a workbook."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sellers.erp.readiness import Rehearsed
from sellers.erp.refusals import ADVICE, CAUSES
from sellers.erp.rules.causes import Cause
from sellers.portal.columns import Badge, Column, Kind
from sellers.portal.paging import PAGE_ROWS

READY, NOT_READY = "ready", "not-ready"


def _outcome(row: Rehearsed) -> Badge:
    if row.cause is None:
        return Badge(_("Would be invoiced"), "ok")
    return Badge(str(CAUSES[row.cause]), "warning")


COLUMNS = (
    Column(
        gettext_lazy("Order"),
        lambda row: row.order.number,
        css="at-title nowrap",
        url=lambda row: reverse("portal:order", args=[row.order.number]),
    ),
    Column(gettext_lazy("Placed"), lambda row: row.order.placed_at, Kind.MOMENT, "at-sub"),
    Column(gettext_lazy("Customer"), lambda row: row.order.customer_name, css="at-sub", width=30),
    Column(gettext_lazy("Total"), lambda row: row.order.total, Kind.MONEY, "at-amount"),
    Column(gettext_lazy("What would become of it"), _outcome, Kind.STATE, "at-badge", width=34),
    Column(gettext_lazy("About"), lambda row: row.about, width=30, quiet=True),
    Column(
        gettext_lazy("What to do"),
        lambda row: str(ADVICE[row.cause]) if row.cause else "",
        on_page=False,
        width=80,
    ),
)


@dataclass(frozen=True, slots=True)
class Shown:
    """A page of the rehearsal as it was narrowed."""

    rows: Sequence[Rehearsed]
    first: int
    last: int
    count: int
    newer_url: str
    older_url: str


def narrowed(rows: Sequence[Rehearsed], asked: QueryDict) -> list[Rehearsed]:
    """The rows of the tab, the cause and the order's number asked for."""
    tab, cause, about = asked.get("tab", ""), asked.get("cause", ""), asked.get("about", "")
    text = asked.get("q", "").strip()
    return [
        row
        for row in rows
        if (tab != READY or row.cause is None)
        and (tab != NOT_READY or row.cause is not None)
        and (not cause or row.cause == cause)
        and (not about or row.about == about)
        and (not text or text in row.order.number)
    ]


def shown_page(rows: Sequence[Rehearsed], asked: QueryDict) -> Shown:
    """The page asked for; the first where there is none such."""
    last_page = max((len(rows) - 1) // PAGE_ROWS, 0)
    number = asked.get("page", "")
    page = min(int(number) - 1, last_page) if number.isdecimal() and 0 < len(number) < 6 else 0
    page = max(page, 0)
    start = page * PAGE_ROWS
    cut = rows[start : start + PAGE_ROWS]
    return Shown(
        rows=cut,
        first=start + 1 if cut else 0,
        last=start + len(cut),
        count=len(rows),
        newer_url=_turned(asked, page=page) if page else "",
        older_url=_turned(asked, page=page + 2) if page < last_page else "",
    )


def tabs_of(rows: Sequence[Rehearsed], asked: QueryDict) -> list[dict[str, Any]]:
    """All orders, those that would be invoiced, and those that would not."""
    ready = sum(1 for row in rows if row.cause is None)
    chosen = asked.get("tab", "")
    told = (
        ("all", _("All"), len(rows), chosen not in (READY, NOT_READY)),
        (READY, _("Would be invoiced"), ready, chosen == READY),
        (NOT_READY, _("Would not"), len(rows) - ready, chosen == NOT_READY),
    )
    return [
        {"label": label, "url": f"?{urlencode({'tab': name})}#orders", "count": count, "active": active}
        for name, label, count, active in told
    ]


def causes_in(rows: Sequence[Rehearsed]) -> list[tuple[str, Any]]:
    """The causes there are, to narrow by."""
    found = {row.cause for row in rows if row.cause is not None}
    return [(cause.value, CAUSES[cause]) for cause in Cause if cause in found]


def _turned(asked: QueryDict, *, page: int) -> str:
    query = asked.copy()
    query["page"] = str(page)
    return f"?{query.urlencode()}#orders"
