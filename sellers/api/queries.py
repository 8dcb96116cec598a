"""How far the moves of orders are settled, and what follows from it."""

from datetime import datetime

from django.db import connection
from django.db.models import Exists, F, Max, OuterRef, QuerySet

from marketplace.orders.models import OrderChange, State
from marketplace.parties.models import Seller
from sellers.api.models import Delivery, Mark, Webhook


def last_move() -> int:
    """The key of the last move of any order that is there; 0 if there is none."""
    found: int | None = OrderChange.objects.aggregate(last=Max("pk"))["last"]
    return found or 0


def transactions_counted() -> int:
    """The number the next transaction that writes will get; 0 where only one writes at a time.

    An operation has locked or written a row, and so has its number, before it writes a move.
    """
    return _ask("SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint")


def others_running() -> int:
    """The lowest number of another transaction that writes; the next number if none does."""
    return _ask(
        "SELECT least(pg_snapshot_xmax(seen)::text::bigint,"
        " (SELECT min(each::text::bigint) FROM pg_snapshot_xip(seen) each))"
        " FROM pg_current_snapshot() seen"
    )


def _ask(question: str) -> int:
    if connection.vendor != "postgresql":
        return 0
    with connection.cursor() as cursor:
        cursor.execute(question)
        return int(cursor.fetchone()[0])


def settled_mark(*, at: datetime | None = None) -> Mark | None:
    """The last mark that was settled, or that was by an instant."""
    rows = Mark.objects.filter(settled_at__isnull=False)
    if at is not None:
        rows = rows.filter(settled_at__lte=at)
    return rows.order_by("-settled_at", "-pk").first()


def webhooks_with_work(*, at: datetime) -> list[tuple[int, int]]:
    """The webhooks that have something to send now, with their sellers."""
    due = Delivery.objects.due(at=at).filter(webhook=OuterRef("pk"))
    rows = Webhook.objects.filter(Exists(due))
    return list((rows.awake(at=at) | rows.filter(state="off")).order_by("pk").values_list("pk", "seller_id"))


def latest_moves(seller: Seller, *, since: datetime, after: int | None) -> "QuerySet[OrderChange]":
    """The last moves of a seller's orders, those recorded later than an instant, in the order of their keys.

    ``after`` is the key of the last one seen. An order that moves on meanwhile comes again, later.
    """
    mark = settled_mark(at=since)
    begin = after if after is not None else mark.upto if mark else 0
    later = OrderChange.objects.filter(order=OuterRef("order"), pk__gt=OuterRef("pk"))
    rows = OrderChange.objects.filter(~Exists(later), pk__gt=begin, order__seller=seller)
    return rows.order_by("pk")


def untold_moves(mark: Mark) -> "QuerySet[OrderChange]":
    """The moves before a mark that are still to be handed to the webhooks that want them."""
    return OrderChange.objects.filter(
        pk__gt=mark.reached,
        pk__lte=mark.upto,
        order__seller__webhook__state="on",
        order__seller__webhook__after__lt=F("pk"),
    ).order_by("pk")


def is_pending(rows: "QuerySet[OrderChange]") -> "QuerySet[OrderChange]":
    """Those of open orders their seller has not confirmed."""
    return rows.filter(order__state=State.OPEN, order__confirmed_at__isnull=True)
