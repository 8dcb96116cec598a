"""What happened to some items, step by step, each with the page that shows it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from sellers.door.templatetags.money import money
from sellers.portal.columns import Badge
from sellers.portal.lists.payments import demand_badge, payout_badge
from sellers.portal.lists.setoffs import decision_of
from sellers.portal.lists.setoffs import standing_of as set_off_badge
from settlement.netting.models import Dispute, Item, LineState, Paper, SetOffLine, Side
from settlement.netting.naming import item_name
from settlement.payouts.models import CollectionItem, CollectionState, PayoutItem, PayoutState

MOST_LINES = 4
"""Lines of a set-off that a step tells one by one."""


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that happened to the money, with the page that shows it."""

    at: datetime
    label: str
    url: str
    badge: Badge
    text: str


def steps_of(items: Sequence[Item]) -> list[Step]:
    """The set-offs, payouts and demands that some items were on."""
    lines = SetOffLine.objects.filter(item__in=items).exclude(state=LineState.WITHDRAWN)
    payouts = PayoutItem.objects.filter(item__in=items).exclude(payout__state=PayoutState.CANCELLED)
    demands = CollectionItem.objects.filter(item__in=items)
    demands = demands.exclude(collection__state=CollectionState.CANCELLED)
    return [
        *_set_off(lines.select_related("set_off", "item").order_by("set_off", "-position")),
        *(_paid(each) for each in payouts.select_related("payout", "item").order_by("payout")),
        *(_demanded(each) for each in demands.select_related("collection", "item").order_by("collection")),
    ]


def _set_off(lines: Iterable[SetOffLine]) -> list[Step]:
    """One step for each set-off, whichever of the items are on it."""
    told: dict[int, list[SetOffLine]] = {}
    for line in lines:
        told.setdefault(line.set_off_id, []).append(line)
    return [_netted(each) for each in told.values()]


def _netted(lines: list[SetOffLine]) -> Step:
    set_off = lines[0].set_off
    return Step(
        set_off.proposed_at,
        _("Set-off %(reference)s") % {"reference": set_off.reference},
        reverse("portal:set_off", args=[set_off.reference]),
        set_off_badge(set_off),
        _all_text(lines) if len(lines) > MOST_LINES else " ".join(_line_text(line) for line in lines),
    )


def _all_text(lines: list[SetOffLine]) -> str:
    """Many lines of one set-off in one sentence."""
    currency = lines[0].set_off.currency
    told = {
        "count": len(lines),
        "netted": money(sum(line.netted for line in lines), currency),
        "remaining": money(sum(line.remaining for line in lines), currency),
    }
    return _("Of %(count)s items, %(netted)s is set off and %(remaining)s remains.") % told


def _line_text(line: SetOffLine) -> str:
    told = {
        "name": item_name(line.item),
        "number": line.item.number,
        "netted": money(line.netted, line.item.currency),
        "remaining": money(line.remaining, line.item.currency),
    }
    if (line.item.paper, line.item.side) == (Paper.CASH, Side.RECEIVABLE):
        return _("Of its cash, %(netted)s is set off and %(remaining)s remains.") % told
    if (line.item.paper, line.item.side) == (Paper.INVOICE, Side.PAYABLE):
        return _("Of invoice %(number)s, %(netted)s is set off and %(remaining)s remains.") % told
    return _("%(name)s: %(netted)s is set off and %(remaining)s remains.") % told


def disputed(dispute: Dispute) -> Step:
    told = {
        "cash": money(dispute.cash, dispute.set_off.currency),
        "share": money(dispute.share, dispute.set_off.currency),
    }
    return Step(
        dispute.opened_at,
        _("Dispute about order %(order)s") % {"order": dispute.order.number},
        reverse("portal:dispute", args=[dispute.pk]),
        decision_of(dispute),
        _("Left aside: %(cash)s of what you owe and %(share)s of what you are owed.") % told,
    )


def _paid(row: PayoutItem) -> Step:
    payout = row.payout
    told = {"amount": money(row.amount, payout.currency), "name": item_name(row.item)}
    text = _("It pays %(amount)s: %(name)s.")
    if row.item.paper == Paper.INVOICE:
        text = _("It pays %(amount)s of the invoice.")
    return Step(
        payout.created_at,
        _("Payout %(reference)s") % {"reference": payout.reference},
        reverse("portal:payout", args=[payout.reference]),
        payout_badge(payout),
        text % told,
    )


def _demanded(row: CollectionItem) -> Step:
    demand = row.collection
    told = {"amount": money(row.amount, demand.currency), "name": item_name(row.item)}
    text = _("It asks for %(amount)s: %(name)s.")
    if row.item.paper == Paper.CASH:
        text = _("It asks for %(amount)s of the cash.")
    return Step(
        demand.demanded_at,
        _("Demand %(reference)s") % {"reference": demand.reference},
        reverse("portal:demand", args=[demand.reference]),
        demand_badge(demand),
        text % told,
    )
