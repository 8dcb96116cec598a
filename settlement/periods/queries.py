"""Which periods a seller has: those closed, those over and not closed yet, and the running one."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise

from django.db.models import Count, Max

from marketplace.kernel.zones import local_date, start_of_day
from marketplace.orders.models import Order
from marketplace.parties.models import Contract, Market, Seller
from marketplace.parties.queries import cadence_after
from settlement.periods.models import Period
from settlement.periods.rules import Span, end_after, last_ended, span_of


@dataclass(frozen=True, slots=True)
class Offered:
    """A period a seller may export: its days, its instants, and how far it is."""

    span: Span
    starts_at: datetime
    ends_at: datetime
    is_over: bool
    closed: Period | None


def due_spans(*, contracts: Iterable[Contract], through: date) -> dict[int, list[tuple[Span, str]]]:
    """Per seller, the periods that had ended when ``through`` was over and are not closed, with their
    cadence.

    They follow the last closed one without a hole; a seller's first is the calendar's last that ended.
    """
    rows = list(contracts)
    last = _last_periods([row.seller_id for row in rows])
    return {row.seller_id: _due(row, last.get(row.seller_id), through) for row in rows}


def offered_periods(*, seller: Seller, at: datetime, most: int = 12) -> list[Offered]:
    """The periods a seller may choose from, newest first: the running one, those not closed, those closed."""
    contract, market = seller.contract, seller.market
    today = local_date(at, market.zone)
    closed = {row.span: row for row in Period.objects.of(seller).order_by("-end_on")[:most]}
    due = [span for span, _ in due_spans(contracts=[contract], through=today - timedelta(days=1))[seller.pk]]
    running = _running(contract, [*closed, *due], today)
    spans = sorted({*closed, *due, running}, reverse=True)
    return [_offer(span, market, today, closed.get(span)) for span in spans[:most]]


def _offer(span: Span, market: Market, today: date, closed: Period | None) -> Offered:
    starts_at, ends_at = start_of_day(span.first_on, market.zone), start_of_day(span.end_on, market.zone)
    return Offered(span, starts_at, ends_at, span.end_on <= today, closed)


def _running(contract: Contract, known: list[Span], today: date) -> Span:
    cadence = cadence_after(
        contract, delivered_last_period=_delivered(contract.seller, max(known, default=None))
    )
    if not known:
        return span_of(cadence, today)
    start = max(known).end_on
    return Span(start, end_after(cadence, start)) if start <= today else max(known)


def _due(contract: Contract, last: Period | None, through: date) -> list[tuple[Span, str]]:
    if last is None:
        cadence = cadence_after(contract, delivered_last_period=0)
        return [(last_ended(cadence, through), cadence)]
    spans: list[tuple[Span, str]] = []
    previous = last.span
    while True:
        cadence = cadence_after(contract, delivered_last_period=_delivered(contract.seller, previous))
        span = Span(previous.end_on, end_after(cadence, previous.end_on))
        if span.last_on > through:
            return spans
        spans.append((span, cadence))
        previous = span


def _delivered(seller: Seller, span: Span | None) -> int:
    """How many orders were delivered in a period; counted only where the market asks for it."""
    if span is None or seller.market.busy_orders is None or seller.contract.cadence:
        return 0
    zone = seller.market.zone
    bounds = start_of_day(span.first_on, zone), start_of_day(span.end_on, zone)
    return Order.objects.of(seller).filter(delivered_at__gte=bounds[0], delivered_at__lt=bounds[1]).count()


def _last_periods(seller_ids: list[int]) -> Mapping[int, Period]:
    newest = Period.objects.filter(seller__in=seller_ids).values("seller").annotate(end=Max("end_on"))
    ends = {row["seller"]: row["end"] for row in newest}
    rows = Period.objects.filter(seller__in=ends, end_on__in=set(ends.values()))
    return {row.seller_id: row for row in rows if ends[row.seller_id] == row.end_on}


def periods_with_holes() -> Iterable[str]:
    """Sellers whose closed periods do not follow one another."""
    sums = Period.objects.values("seller").annotate(count=Count("pk")).filter(count__gt=1)
    for row in sums:
        spans = sorted(each.span for each in Period.objects.filter(seller=row["seller"]))
        for before, after in pairwise(spans):
            if before.end_on != after.first_on:
                yield f"seller {row['seller']}: {before.end_on} to {after.first_on}"
