"""What the page of one order shows besides its money: its stages, and the moves its seller can make."""

from typing import Any

from django.utils.translation import gettext as _

from marketplace.orders.models import Fulfilment, Order, State

STEPS = (State.OPEN, State.SHIPPING, State.SHIPPED, State.DELIVERED)


def stages_of(order: Order) -> list[dict[str, Any]]:
    """The way to delivery as steps; an order that left the way stops where it did."""
    reached = {
        State.OPEN: order.placed_at,
        State.SHIPPED: order.shipped_at,
        State.DELIVERED: order.delivered_at,
    }
    if order.state in (State.CANCELLED, State.RETURNED, State.LOST):
        gone = [step for step in STEPS if reached.get(step)]
        done = [{"label": State(step).label, "state": "done", "at": reached[step]} for step in gone]
        return [*done, {"label": order.get_state_display(), "state": "stopped", "at": None}]
    now = STEPS.index(State(order.state)) if order.state in STEPS else -1
    return [
        {"label": State(step).label, "state": _stage(place, now), "at": reached.get(step)}
        for place, step in enumerate(STEPS)
    ]


def _stage(place: int, now: int) -> str:
    if place < now or now == len(STEPS) - 1:
        return "done"
    return "current" if place == now else "todo"


def moves_of(order: Order) -> list[dict[str, Any]]:
    """The moves offered to the seller, the usual one first; what stands in the way is told when it is
    tried. A pending order is sent first.
    """
    # Delivery decides the period and is final, so that it is asked first as well.
    words = {
        State.SHIPPING: (_("Start preparing"), False),
        State.SHIPPED: (_("Mark as shipped"), False),
        State.DELIVERED: (_("Mark as delivered"), False),
        State.RETURNED: (_("Came back"), True),
        State.LOST: (_("Lost on the way"), True),
        State.CANCELLED: (_("Cancel the order"), True),
    }
    allowed = set(order.MOVES[order.state]) - {State.OPEN}
    if order.is_pending:
        allowed -= {State.SHIPPING, State.SHIPPED}
    if order.fulfilment != Fulfilment.SELLER:
        allowed -= {State.DELIVERED, State.RETURNED, State.LOST}
        allowed -= {State.SHIPPED} if order.state == State.OPEN else set()
    return [
        {"to": str(state), "label": label, "danger": danger, "ask": danger or state == State.DELIVERED}
        for state, (label, danger) in words.items()
        if state in allowed
    ]
