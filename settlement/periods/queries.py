"""Which periods a seller has: those closed, those over and not closed yet, and the running one."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
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


def due_spans(*, contracts: Sequence[Contract], through: date) -> dict[int, list[tuple[Span, str]]]:
    """Per seller, the periods that had ended when ``through`` was over and are not closed, with their
    cadence.

    They follow the last closed one without a hole; a seller's first is the calendar's last that ended.
    """
    due: dict[int, list[tuple[Span, str]]] = {row.seller_id: [] for row in contracts}
    last = _last_periods(list(due))
    running: dict[Contract, Span] = {}
    for row in contracts:
        if row.seller_id in last:
            running[row] = last[row.seller_id].span
        else:
            cadence = cadence_after(row, delivered_last_period=0)
            due[row.seller_id].append((last_ended(cadence, through), cadence))
    while running:
        followed = {row: (span, cadence) for row, span, cadence in _next_spans(running)}
        running = {row: span for row, (span, _) in followed.items() if span.last_on <= through}
        for row in running:
            due[row.seller_id].append(followed[row])
    return due


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
    before = {contract: max(known)} if known else {}
    cadence = cadence_after(contract, delivered_last_period=_delivered(before).get(contract.seller_id, 0))
    if not known:
        return span_of(cadence, today)
    start = max(known).end_on
    return Span(start, end_after(cadence, start)) if start <= today else max(known)


def _next_spans(previous: Mapping[Contract, Span]) -> Iterator[tuple[Contract, Span, str]]:
    """The span and the cadence that follow each contract's previous one."""
    delivered = _delivered(previous)
    for row, span in previous.items():
        cadence = cadence_after(row, delivered_last_period=delivered.get(row.seller_id, 0))
        yield row, Span(span.end_on, end_after(cadence, span.end_on)), cadence


def _delivered(spans: Mapping[Contract, Span]) -> dict[int, int]:
    """How many orders each seller delivered in a period; counted only where the market asks for it."""
    asked: dict[tuple[str, Span], list[int]] = {}
    for row, span in spans.items():
        if row.seller.market.busy_orders is not None and not row.cadence:
            asked.setdefault((row.seller.market.zone, span), []).append(row.seller_id)
    counts: dict[int, int] = {}
    for (zone, span), sellers in asked.items():
        bounds = start_of_day(span.first_on, zone), start_of_day(span.end_on, zone)
        orders = Order.objects.filter(
            seller__in=sellers, delivered_at__gte=bounds[0], delivered_at__lt=bounds[1]
        )
        counts.update(orders.values_list("seller").annotate(count=Count("pk")))
    return counts


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
