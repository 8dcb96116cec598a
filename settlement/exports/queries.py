"""What an export reads: its orders and those left out, in chunks ready for the workbook, and the pre-review.

Money stays the integer it is and moments become days since 1899-12-30 in the database: building decimals and
datetimes for each cell would cost more than all the rest. Chunks are found by the row they follow; no cursor
stays open between them, so that the reader may write.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import (
    BooleanField,
    Case,
    Count,
    ExpressionWrapper,
    F,
    Func,
    Q,
    QuerySet,
    Sum,
    TextField,
    Value,
    When,
    Window,
)
from django.db.models.functions import Coalesce, RowNumber

from marketplace.orders.models import Billable, Method, Order
from marketplace.orders.remainders import held_by_seller, left, paid_by
from marketplace.parties.models import Seller
from settlement.claims.models import Verdict
from settlement.claims.queries import left_out, to_be_invoiced
from settlement.exports.rules import EPOCH_SERIAL, offsets
from settlement.exports.workbook import LeftOutRow, ListedRow, OrderRow
from settlement.periods.models import Period

CHUNK = 2000
SAMPLES = 20


class Serial(Func):
    """An instant as spreadsheets write it: days since 1899-12-30 in a zone's local time, as a text."""

    output_field = TextField()

    def __init__(self, instant: str, *, zone: str, through_year: int) -> None:
        super().__init__(F(instant))
        self.zone = ZoneInfo(zone).key  # known to be one, since it is written into the statement
        self.through_year = through_year

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        seconds = f"date_part('epoch', %(expressions)s AT TIME ZONE '{self.zone}')"
        template = f"({seconds} / 86400.0 + {EPOCH_SERIAL})::text"
        return self.as_sql(compiler, connection, template=template, **context)

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        """SQLite knows no zones; it is told when their clocks changed."""
        changes = "".join(
            f" WHEN %(expressions)s >= '{since:%Y-%m-%d %H:%M:%S}' THEN {ahead}"
            for since, ahead in offsets(self.zone, through_year=self.through_year)
        )
        seconds = f"strftime('%%%%s', %(expressions)s) + CASE{changes} ELSE 0 END"
        template = f"printf('%%%%.10f', ({seconds}) / 86400.0 + {EPOCH_SERIAL})"
        return self.as_sql(
            compiler, connection, template=f"iif(%(expressions)s IS NULL, NULL, {template})", **context
        )


@dataclass(frozen=True, slots=True)
class Scope:
    """What an export is of: a seller's period."""

    seller: Seller
    starts_at: datetime
    cutoff: datetime

    def wanted(self) -> "QuerySet[Billable]":
        return to_be_invoiced(seller=self.seller, cutoff=self.cutoff)

    def left_out(self) -> "QuerySet[Order]":
        return left_out(seller=self.seller, starts_at=self.starts_at, cutoff=self.cutoff)

    @property
    def way(self) -> dict[str, Any]:
        """How amounts left at the cut-off are asked for from the orders to be invoiced."""
        return {"cutoff": self.cutoff, "order": "order__", "key": "order"}

    def serial(self, instant: str) -> Serial:
        return Serial(instant, zone=self.seller.market.zone, through_year=self.cutoff.year + 1)


@dataclass(frozen=True, slots=True)
class Sample:
    """An order left out, and the document that holds it, if any."""

    number: str
    reference: str


@dataclass(frozen=True, slots=True)
class LeftOut:
    """The orders of a period that one reason keeps out: how many, and the first of them."""

    verdict: Verdict
    count: int
    samples: tuple[Sample, ...]


@dataclass(frozen=True, slots=True)
class PreReview:
    """What a document of the period would hold, and what accounting would leave out and why.

    Amounts are minor units; ``unfinished`` counts the period's orders that are not in a final state yet, and
    ``preview`` tells that the period still runs.
    """

    orders: int
    customer_total: int
    purchase_gross: int
    held_by_seller: int
    late: int
    unfinished: int
    left_out: tuple[LeftOut, ...]
    preview: bool


def count_orders(scope: Scope) -> int:
    """How many orders an export looks at: those it holds and those it leaves out."""
    return scope.wanted().count() + scope.left_out().count()


def order_chunks(scope: Scope) -> Iterator[list[OrderRow]]:
    """The orders to be invoiced, oldest delivery first, so that late arrivals come at the top."""
    cells = scope.wanted().annotate(
        created=scope.serial("order__placed_at"),
        delivered=scope.serial("delivered_at"),
        late=ExpressionWrapper(Q(delivered_at__lt=scope.starts_at), output_field=BooleanField()),
    )
    rows: QuerySet[Any, Any] = cells.order_by("delivered_at", "order").values_list(
        "order__number",
        paid_by(Method.COD, **scope.way),
        "order__customer_name",
        "created",
        "delivered",
        left("total", **scope.way),
        "order__payment",
        held_by_seller(**scope.way),
        left("purchase_gross", **scope.way),
        "late",
        "order_id",
        paid_by(Method.VOUCHER, **scope.way),
    )
    after = Q()
    while found := list(rows.filter(after)[:CHUNK]):
        yield found
        last = found[-1][10]
        at = Order.objects.values_list("delivered_at", flat=True).get(pk=last)
        after = Q(delivered_at__gte=at) & (Q(delivered_at__gt=at) | Q(order__gt=last))


def left_out_chunks(scope: Scope) -> Iterator[list[LeftOutRow]]:
    """The other orders of the period, by number, each with its one reason."""
    cells = scope.left_out().annotate(
        created=scope.serial("placed_at"),
        delivered=scope.serial("delivered_at"),
        held_by=Coalesce("reference", Value("")),
    )
    rows: QuerySet[Any, Any] = cells.values_list(
        "number", "created", "delivered", "state", "total", "verdict", "held_by"
    )
    # The market is named so that chunks are found in the index of its order numbers.
    rows, last = rows.filter(market=scope.seller.market_id), ""
    while found := list(rows.filter(number__gt=last)[:CHUNK]):
        yield found
        last = found[-1][0]


def listed_rows(orders: "QuerySet[Order]", *, seller: Seller, at: datetime) -> Iterator[ListedRow]:
    """Any orders of a seller as rows; late are those delivered in a closed period that are on no document."""
    closed = Period.objects.of(seller).order_by("-ends_at").values_list("ends_at", flat=True).first()
    came_late = Q(billable__delivered_at__lt=closed) if closed else Q(pk__in=[])
    cells = orders.annotate(
        created=Serial("placed_at", zone=seller.market.zone, through_year=at.year),
        handed_over=Serial("delivered_at", zone=seller.market.zone, through_year=at.year),
        late=Case(When(came_late, then=True), default=False, output_field=BooleanField()),
    )
    rows: QuerySet[Any, Any] = cells.values_list(
        "number",
        "cod_amount",
        "customer_name",
        "created",
        "handed_over",
        "total",
        "payment",
        "to_collect",
        "purchase_gross",
        "late",
        "state",
        "voucher_amount",
    )
    yield from rows.iterator(CHUNK)


def pre_review(*, seller: Seller, starts_at: datetime, cutoff: datetime, at: datetime) -> PreReview:
    """What accounting would say of the period's orders, before they are sent."""
    scope = Scope(seller, starts_at, cutoff)
    sums = scope.wanted().aggregate(
        orders=Count("pk"),
        late=Count("pk", filter=Q(delivered_at__lt=starts_at)),
        total=Sum(left("total", **scope.way)),
        purchase=Sum(left("purchase_gross", **scope.way)),
        held=Sum(held_by_seller(**scope.way)),
    )
    groups = _groups(scope.left_out())
    return PreReview(
        orders=sums["orders"],
        customer_total=sums["total"] or 0,
        purchase_gross=sums["purchase"] or 0,
        held_by_seller=sums["held"] or 0,
        late=sums["late"],
        left_out=groups,
        preview=at < cutoff,
        unfinished=sum(group.count for group in groups if group.verdict == Verdict.NOT_DELIVERED),
    )


def _groups(orders: "QuerySet[Any]") -> tuple[LeftOut, ...]:
    """Per verdict, in the order verdicts are declared: how many, and the first numbers."""
    counts: dict[str, int] = dict(orders.order_by().values_list("verdict").annotate(count=Count("pk")))
    place = Window(RowNumber(), partition_by="verdict", order_by="number")
    first = orders.annotate(place=place).filter(place__lte=SAMPLES)
    samples: dict[str, list[Sample]] = {}
    for verdict, number, reference in first.values_list("verdict", "number", "reference"):
        samples.setdefault(verdict, []).append(Sample(number, reference or ""))
    said = [verdict for verdict in Verdict if verdict in counts]
    return tuple(LeftOut(verdict, counts[verdict], tuple(samples[verdict])) for verdict in said)
