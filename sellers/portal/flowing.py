"""What was set off against what, a page at a time, each amount owed to the seller as a waterfall."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby, islice
from typing import Any

from django.utils.translation import gettext as _

from sellers.portal.papers import url_of
from settlement.netting.models import ITEM_SOURCES, Item, Paper, SetOff, SetOffLine, Side
from settlement.netting.naming import item_name
from settlement.netting.rules import pairs

FLOWS_ON_PAGE = 25


@dataclass(frozen=True, slots=True)
class Flow:
    """A part of what the seller owes that was set off against a part of what it is owed, in minor units;
    both by the keys of their lines.
    """

    owed: int
    held: int
    amount: int


@dataclass(frozen=True, slots=True)
class Paid:
    """One amount owed to the seller and what was set off against it, as the parts of a waterfall."""

    title: str
    url: str
    parts: list[dict[str, Any]]
    total_label: str


@dataclass(frozen=True, slots=True)
class FlowPage:
    """A page of flows; ``page`` counts from 1."""

    title: str
    invoices: list[Paid]
    page: int
    more: bool


def flow_page(set_off: SetOff, asked: str) -> FlowPage:
    """The flows of a page; its first amount begins with what the pages before left of it."""
    page = int(asked) if asked.isdecimal() and 0 < int(asked) < 10**6 else 1
    start = (page - 1) * FLOWS_ON_PAGE
    found = list(islice(_flows(set_off), start + FLOWS_ON_PAGE + 1))
    before, shown, rest = found[:start], found[start:][:FLOWS_ON_PAGE], found[start + FLOWS_ON_PAGE :]
    keys = {key for flow in shown for key in (flow.owed, flow.held)}
    lines = SetOffLine.objects.select_related(*ITEM_SOURCES).in_bulk(keys)
    groups = [list(group) for _key, group in groupby(shown, key=lambda flow: flow.owed)]
    last = rest[0].owed if rest else None
    return FlowPage(
        _title(lines.values()),
        [_paid(group, lines, earlier=_sum(before, group[0].owed), goes_on=last) for group in groups],
        page,
        bool(rest),
    )


def _flows(set_off: SetOff) -> Iterator[Flow]:
    """What was set off against what, oldest first on both sides."""
    lines = set_off.lines.filter(netted__gt=0).order_by("position")
    owed = list(lines.filter(item__side=Side.PAYABLE).values_list("pk", "netted"))
    held = list(lines.filter(item__side=Side.RECEIVABLE).values_list("pk", "netted"))
    for pair in pairs([netted for _key, netted in owed], [netted for _key, netted in held]):
        yield Flow(owed[pair.payable][0], held[pair.receivable][0], pair.amount)


def _title(lines: Iterable[SetOffLine]) -> str:
    """By its usual name where all of it is orders' cash against invoices."""
    usual = {(Paper.INVOICE, Side.PAYABLE), (Paper.CASH, Side.RECEIVABLE)}
    if {(line.item.paper, line.item.side) for line in lines} <= usual:
        return _("Which order's cash paid which invoice")
    return _("What was set off against what")


def _sum(before: list[Flow], owed: int) -> int:
    return sum(flow.amount for flow in before if flow.owed == owed)


def _paid(group: list[Flow], lines: Mapping[int, SetOffLine], *, earlier: int, goes_on: int | None) -> Paid:
    line = lines[group[0].owed]
    name = item_name(line.item)
    label = name if not earlier else _("%(name)s, left by the page before") % {"name": name}
    first = {"label": label, "amount": line.total - earlier}
    taken = [_taken(lines[flow.held].item, flow.amount) for flow in group]
    whole = _("Remains of the invoice") if line.item.paper == Paper.INVOICE else _("Remains of it")
    remains = _("Left so far; more on the next page") if line.pk == goes_on else whole
    return Paid(_titled(line, name), url_of(line.item), [first, *taken], remains)


def _taken(item: Item, amount: int) -> dict[str, Any]:
    return {"label": item_name(item), "amount": -amount, "series": 2, "url": url_of(item)}


def _titled(line: SetOffLine, name: str) -> str:
    if line.item.paper != Paper.INVOICE:
        return name
    told = {"number": line.item.number, "reference": line.item.source.reference}
    return _("Invoice %(number)s for document %(reference)s") % told
