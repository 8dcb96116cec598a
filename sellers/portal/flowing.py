"""Which order's cash paid which invoice, a page at a time, each invoice as a waterfall."""

from dataclasses import dataclass
from itertools import groupby, islice
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from settlement.netting.models import SetOff, SetOffLine, Side
from settlement.netting.queries import Flow, flows

FLOWS_ON_PAGE = 25


@dataclass(frozen=True, slots=True)
class InvoicePaid:
    """One invoice on a set-off and the cash that paid it, as the parts of a waterfall."""

    number: str
    document: str
    parts: list[dict[str, Any]]
    total_label: str


@dataclass(frozen=True, slots=True)
class FlowPage:
    """A page of flows; ``page`` counts from 1."""

    invoices: list[InvoicePaid]
    page: int
    more: bool


def flow_page(set_off: SetOff, asked: str) -> FlowPage:
    """The flows of a page; its first invoice begins with what the pages before left of it."""
    page = int(asked) if asked.isdecimal() and 0 < int(asked) < 10**6 else 1
    start = (page - 1) * FLOWS_ON_PAGE
    found = list(islice(flows(set_off), start + FLOWS_ON_PAGE + 1))
    before, shown, rest = found[:start], found[start:][:FLOWS_ON_PAGE], found[start + FLOWS_ON_PAGE :]
    totals = _totals(set_off, {flow.invoice for flow in shown})
    groups = [list(group) for _key, group in groupby(shown, key=lambda flow: flow.invoice)]
    last = rest[0].invoice if rest else ""
    return FlowPage(
        [_paid(group, totals[group[0].invoice], _sum(before, group[0].invoice), last) for group in groups],
        page,
        bool(rest),
    )


def _totals(set_off: SetOff, numbers: set[str]) -> dict[str, int]:
    lines = SetOffLine.objects.filter(set_off=set_off, item__side=Side.PAYABLE, item__number__in=numbers)
    return dict(lines.values_list("item__number", "total"))


def _sum(before: list[Flow], invoice: str) -> int:
    return sum(flow.amount for flow in before if flow.invoice == invoice)


def _paid(group: list[Flow], total: int, earlier: int, goes_on: str) -> InvoicePaid:
    number = group[0].invoice
    label = _("Invoice %(number)s") if not earlier else _("Invoice %(number)s, left by the page before")
    first = {"label": label % {"number": number}, "amount": total - earlier}
    cash = [
        {
            "label": _("Cash of order %(number)s") % {"number": flow.order},
            "amount": -flow.amount,
            "series": 2,
            "url": reverse("portal:order", args=[flow.order]),
        }
        for flow in group
    ]
    remains = _("Left so far; more on the next page") if number == goes_on else _("Remains of the invoice")
    return InvoicePaid(number, group[0].document, [first, *cash], remains)
