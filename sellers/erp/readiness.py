"""How ready a channel is: what would become of a month's orders, were they invoiced now. Nothing is sent."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import QuerySet

from marketplace.kernel.zones import local_date, start_of_day
from marketplace.orders.models import Order
from sellers.erp.models import Channel
from sellers.erp.preparing import prepare
from sellers.erp.queries import fitting_orders, lines_by_order, mapped_for, taxes_of
from sellers.erp.rules.buyers import names_somebody
from sellers.erp.rules.causes import CannotInvoice, Cause
from sellers.erp.rules.lines import GOODS, Mapped, Sold

MOST_REHEARSED = 5000
"""How many of a month's orders are rehearsed, the newest first."""


@dataclass(frozen=True, slots=True)
class Rehearsed:
    """What would become of an order; without a cause it would be invoiced with its total."""

    order: Order
    cause: Cause | None = None
    about: str = ""


@dataclass(frozen=True, slots=True)
class Readiness:
    """How much of a month's orders would be invoiced, and what the rest lacks."""

    first_on: date
    orders: int
    ready: int
    skus: int
    skus_matched: int
    without_document: int
    rates_missing: tuple[int, ...]
    causes: tuple[tuple[Cause, str, int], ...]
    unmatched: tuple[tuple[str, int], ...] = ()
    """The SKUs without an item, each with how many orders have it; most first."""

    @property
    def percent(self) -> int:
        """The score: whole percents of the orders, never 100 while one is left."""
        return self.ready * 100 // self.orders if self.orders else 0

    @property
    def sku_percent(self) -> int:
        """Whole percents of the SKUs that are matched."""
        return self.skus_matched * 100 // self.skus if self.skus else 0


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """How ready a channel is, and what would become of each order it was reckoned from, newest first."""

    readiness: Readiness
    rows: Sequence[Rehearsed]


def readiness_of(channel: Channel, *, at: datetime) -> Readiness:
    """How ready a channel is, by the last month that has orders its rules fit."""
    return rehearsal_of(channel, at=at).readiness


def rehearsal_of(channel: Channel, *, at: datetime) -> Rehearsal:
    """What would become of the orders of the last month that has orders the channel's rules fit."""
    first_on, rows = month_to_rehearse(channel, at=at)
    orders = list(rows[:MOST_REHEARSED])
    lines = lines_by_order([order.pk for order in orders])
    sold = [line for each in lines.values() for line in each]
    skus = _orders_by_sku(lines.values())
    mapped = mapped_for(channel, sold)
    matched = mapped.items.items
    rehearsed = list(_rehearsed(channel, orders, lines, mapped))
    readiness = Readiness(
        first_on=first_on,
        orders=len(orders),
        ready=sum(1 for each in rehearsed if each.cause is None),
        skus=len(skus),
        skus_matched=len(matched),
        without_document=sum(
            1
            for order in orders
            if not any(map(names_somebody, (order.customer_id_number, order.customer_tax_id)))
        ),
        rates_missing=_rates_missing(channel, sold),
        causes=_counted(rehearsed),
        unmatched=tuple((sku, count) for sku, count in skus.most_common() if sku not in matched),
    )
    return Rehearsal(readiness, rehearsed)


def rehearse(channel: Channel, orders: Sequence[Order]) -> Iterator[Rehearsed]:
    """What would become of each of these orders, in the order given."""
    lines = lines_by_order([order.pk for order in orders])
    mapped = mapped_for(channel, [line for each in lines.values() for line in each])
    return _rehearsed(channel, orders, lines, mapped)


def _rehearsed(
    channel: Channel, orders: Sequence[Order], lines: Mapping[int, Sequence[Sold]], mapped: Mapped
) -> Iterator[Rehearsed]:
    for order in orders:
        try:
            prepare(channel, order, lines.get(order.pk, []), mapped)
        except CannotInvoice as refusal:
            yield Rehearsed(order, refusal.cause, refusal.about)
        else:
            yield Rehearsed(order)


def month_to_rehearse(channel: Channel, *, at: datetime) -> tuple[date, QuerySet[Order]]:
    """The last whole month with orders that the channel's rules fit, else this one; newest orders first."""
    zone = channel.seller.market.zone
    this_month = local_date(at, zone).replace(day=1)
    rows = fitting_orders(channel).order_by("-placed_at", "-pk")
    last = rows.filter(placed_at__lt=start_of_day(this_month, zone)).first()
    first_on = local_date(last.placed_at, zone).replace(day=1) if last is not None else this_month
    end_on = date(first_on.year + first_on.month // 12, first_on.month % 12 + 1, 1)
    span = {"placed_at__gte": start_of_day(first_on, zone), "placed_at__lt": start_of_day(end_on, zone)}
    return first_on, rows.filter(**span).select_related("market")


def _orders_by_sku(lines: Iterable[Sequence[Sold]]) -> Counter[str]:
    """In how many orders each SKU is."""
    return Counter(
        sku
        for each in lines
        for sku in sorted({line.sku for line in each if line.kind == GOODS and line.sku})
    )


def _rates_missing(channel: Channel, sold: Sequence[Sold]) -> tuple[int, ...]:
    if not channel.use_taxes:
        return ()
    known = {tax.rate_bp for tax in taxes_of(channel)} | {0}
    return tuple(sorted({line.vat_bp or 0 for line in sold} - known))


def _counted(rehearsed: Sequence[Rehearsed]) -> tuple[tuple[Cause, str, int], ...]:
    """The causes with what they are about, most frequent first."""
    found = Counter((each.cause, each.about) for each in rehearsed if each.cause is not None)
    return tuple((cause, about, count) for (cause, about), count in found.most_common())
