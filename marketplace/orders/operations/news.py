"""News of orders that stay where they are: sellers' systems are told of them as of moves."""

from datetime import datetime
from typing import Any

from django.db import connection

from marketplace.orders.models import Order, OrderChange, What


def tell(order: Order, what: What, *, by: Any, at: datetime) -> None:
    """Write down what happened to an order its caller has locked, in the transaction in which it did."""
    assert connection.in_atomic_block
    of(order, what, by=by, at=at).save(force_insert=True)


def of(order: Order, what: What, *, by: Any, at: datetime) -> OrderChange:
    """A piece of news of an order, not yet written."""
    return OrderChange(
        order=order,
        from_state=order.state,
        to_state=order.state,
        what=what,
        by=by if getattr(by, "pk", None) else None,
        at=at,
    )
