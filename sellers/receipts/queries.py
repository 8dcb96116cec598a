"""What pages show of receipts: what is due, how late a seller is, what a person must still look at."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Exists, F, Min, OuterRef, Q, QuerySet

from marketplace.kernel.models import Job
from marketplace.orders.models import Order, State
from marketplace.parties.models import Seller
from sellers.receipts.models import GOOD, QUIET, Bundle, BundleState, Receipt, ReceivedFile

LOOKED_BACK = timedelta(days=90)

DUE = Q(receipt_at=None, state__in=[State.OPEN, State.SHIPPING])
"""Orders that wait for their receipt before they may be sent."""
LATE = Q(receipt_at=None) & (Q(state=State.SHIPPED) | Q(state=State.DELIVERED, billable__isnull=False))
"""Orders that were sent without a receipt and still have none; one on a document needs none any more."""
CAME_LATE = Q(receipt_at=None) | Q(receipt_at__gt=F("shipped_at"))

DONE = Q(outcome__in=GOOD)


@dataclass(frozen=True, slots=True)
class ReceiptClock:
    """What is due of a seller's receipts, since when, and how many of those sent lately were late."""

    due: int
    oldest: datetime | None
    late: int
    sent: int
    sent_late: int

    @property
    def rate_bp(self) -> int | None:
        """The late ones of those sent, in basis points; None where none was sent."""
        return (self.sent_late * 20_000 + self.sent) // (2 * self.sent) if self.sent else None


def clock_of(seller: Seller, *, at: datetime) -> ReceiptClock:
    """What is due of a seller's receipts now, in three queries however many orders there are."""
    own = Order.objects.of(seller)
    due = own.filter(DUE).aggregate(count=Count("pk"), oldest=Min("placed_at"))
    sent = _sent(own, at=at).aggregate(count=Count("pk"), late=Count("pk", filter=CAME_LATE))
    return ReceiptClock(
        due=due["count"],
        oldest=due["oldest"],
        late=own.filter(LATE).count(),
        sent=sent["count"],
        sent_late=sent["late"],
    )


def clocks(sellers: Iterable[Seller], *, at: datetime) -> dict[int, ReceiptClock]:
    """The same of many sellers, in three queries; by the sellers' keys."""
    own = Order.objects.filter(seller__in=list(sellers)).order_by()
    due = {row["seller"]: row for row in _per_seller(own.filter(DUE), oldest=Min("placed_at"))}
    late = {row["seller"]: row for row in _per_seller(own.filter(LATE))}
    sent = {row["seller"]: row for row in _per_seller(_sent(own, at=at), late=Count("pk", filter=CAME_LATE))}
    return {
        key: ReceiptClock(
            due=due.get(key, {}).get("count", 0),
            oldest=due.get(key, {}).get("oldest"),
            late=late.get(key, {}).get("count", 0),
            sent=sent.get(key, {}).get("count", 0),
            sent_late=sent.get(key, {}).get("late", 0),
        )
        for key in (*dict.fromkeys((*due, *late, *sent)),)
    }


def to_do() -> Q:
    """Received files a person must still do something about: the order has no receipt since, and the file
    was not registered on the order a person chose.
    """
    again = ReceivedFile.objects.filter(DONE, file=OuterRef("file"), file__isnull=False)
    settled = Q(order__receipt_at__gt=F("decided_at"))
    return ~Q(outcome__in=[*QUIET, ""]) & ~settled & Q(~Exists(again))


def twins_of(row: ReceivedFile) -> "QuerySet[ReceivedFile]":
    """The files of one receipt: those that came with it, have its number and the same outcome."""
    same = row.bundle.files.filter(outcome=row.outcome, seller=row.seller)
    number = row.told.get("number")
    return same.filter(told__number=number) if number else same.filter(pk=row.pk)


def candidates_of(row: ReceivedFile) -> list[str]:
    """The numbers of the orders a file may be of, as its outcome told them."""
    return [number for number in str(row.told.get("orders", "")).split(", ") if number]


def job_of(bundle: Bundle) -> Job | None:
    """The job that reads a bundle; None once it is read, or where it died."""
    if bundle.state != BundleState.READING:
        return None
    return Job.objects.unfinished().filter(name="receipts.read", key=f"bundle:{bundle.pk}").first()


def receipts_of(order: Order) -> "QuerySet[Receipt]":
    """An order's live receipts, that which opened its gate first."""
    rows = order.receipts.live().select_related("returned", "xml", "pdf", "original")
    return rows.order_by("registered_at", "pk")


def refused_of(order: Order, *, most: int = 4) -> list[ReceivedFile]:
    """The files last handed in for an order that could not be registered on it."""
    told = Q(order=order) | Q(bundle__order=order)
    rows = ReceivedFile.objects.filter(told, to_do(), seller=order.seller)
    return list(rows.select_related("receipt__order", "bundle").order_by("-came_at", "-pk")[:most])


def _sent(orders: "QuerySet[Order]", *, at: datetime) -> "QuerySet[Order]":
    return orders.filter(test=False, shipped_at__gt=at - LOOKED_BACK, shipped_at__lte=at)


def _per_seller(orders: "QuerySet[Order]", **more: Any) -> Any:
    return orders.values("seller").annotate(count=Count("pk"), **more)
