"""How far the moves of orders are settled, and what follows from it."""

from datetime import datetime

from django.db import connection
from django.db.models import Exists, F, Max, OuterRef, QuerySet

from marketplace.orders.models import OrderChange
from marketplace.parties.models import Seller
from sellers.api.models import Delivery, Mark, Webhook


def last_move() -> int:
    """The key of the last move of any order that is there; 0 if there is none."""
    found: int | None = OrderChange.objects.aggregate(last=Max("pk"))["last"]
    return found or 0


def other_writers() -> list[str]:
    """The other transactions that write moves just now; none where only one writes at a time.

    Who writes a row holds the table's lock from before the row has its key until its transaction ends.
    """
    if connection.vendor != "postgresql":
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT virtualtransaction FROM pg_locks"
            " WHERE locktype = 'relation' AND relation = %s::regclass AND mode = 'RowExclusiveLock'"
            " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
            " AND pid <> pg_backend_pid()",
            [OrderChange._meta.db_table],
        )
        return [name for (name,) in cursor.fetchall()]


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
