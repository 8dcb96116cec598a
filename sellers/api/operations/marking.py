"""Seeing how far the moves of orders have come, and handing each to the webhook that wants it, once."""

from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import transaction

from marketplace.orders.models import OrderChange, What
from sellers.api.models import Delivery, Event, Mark, Webhook
from sellers.api.operations.outbox import wake
from sellers.api.queries import last_move, other_writers, untold_moves

Clock = Callable[[], datetime]

PORTION = 500
KEPT = timedelta(days=31)


def collect_moves(*, clock: Clock) -> None:
    """Hand on what moved since the last look, a transaction a step.

    If one who wrote when a mark was set still writes, the next look goes on from there.
    """
    while _step(clock):
        pass
    Mark.objects.filter(settled_at__lt=clock() - KEPT).exclude(pk=_newest().pk).delete()


def begin_of_news() -> int:
    """The key after which a webhook switched on now is told of moves."""
    settled = Mark.objects.filter(settled_at__isnull=False).order_by("-pk").first()
    return (settled or _newest()).upto


@transaction.atomic
def _step(clock: Clock) -> bool:
    """Take the newest mark one step further, or set the next; False if there is nothing to do but wait."""
    mark = Mark.objects.select_for_update(no_key=True, of=("self",)).order_by("-pk").first()
    if mark is None or (mark.settled_at is not None and mark.reached >= mark.upto):
        return _see(mark, clock)
    if mark.settled_at is None:
        if not set(mark.writers).isdisjoint(other_writers()):
            return False
        # The clock is read after the look: what the mark holds was there by then.
        mark.settled_at = clock()
        mark.save(update_fields=["settled_at"])
        return True
    _hand_on(mark, at=clock())
    return True


def _see(last: Mark | None, clock: Clock) -> bool:
    """Set a mark where the moves are now; the first of all hands nothing on."""
    upto = last_move()
    if last is not None and upto <= last.upto:
        return False
    # The moves are looked at first: whoever was given a key before theirs is among the writers, or done.
    Mark.objects.create(
        upto=upto,
        writers=other_writers(),
        reached=last.upto if last else upto,
        seen_at=clock(),
    )
    return True


def _hand_on(mark: Mark, *, at: datetime) -> None:
    """Write a portion of the messages about the moves before a mark."""
    moves = list(untold_moves(mark).select_related("order")[:PORTION])
    hooks = Webhook.objects.in_bulk({move.order.seller_id for move in moves}, field_name="seller_id")
    Delivery.objects.bulk_create(
        [
            Delivery(
                webhook=hooks[move.order.seller_id],
                seller_id=move.order.seller_id,
                order_id=move.order_id,
                change=move,
                event=_event(move),
                created_at=at,
                due_at=at,
            )
            for move in moves
        ],
        ignore_conflicts=True,
    )
    for webhook in hooks.values():
        wake(webhook)
    mark.reached = moves[-1].pk if len(moves) == PORTION else mark.upto
    mark.save(update_fields=["reached"])


def _event(move: OrderChange) -> Event:
    if move.what != What.MOVED:
        return Event(f"order.{move.what}")
    return Event.CHANGED if move.from_state else Event.NEW


def _newest() -> Mark:
    return Mark.objects.latest("pk")
