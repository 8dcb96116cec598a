"""Claiming orders for a document, giving them back, and holding disputed ones."""

from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import F, QuerySet, Value

from marketplace.kernel.audit import record
from marketplace.kernel.sets import insert_from
from marketplace.orders.models import Order
from marketplace.orders.operations.settling import note_claimed, note_released
from settlement.claims.models import Claim, Hold


def claim_orders(*, orders: "QuerySet[Any]", order: str, reference: Any, at: datetime) -> int:
    """Mark orders as held by live documents; how many.

    ``orders`` is a query, ``order`` its field that names the order, ``reference`` the expression that
    names the document.

    :raises django.db.IntegrityError: if a live document holds one of them already; nothing is claimed then.
    """
    assert connection.in_atomic_block
    columns = {"order": F(order), "reference": reference, "claimed_at": Value(at)}
    claimed = insert_from(Claim, orders, columns)
    note_claimed(order_ids=orders.values(order))
    return claimed


def release_orders(*, reference: str) -> int:
    """Give the orders of a voided document back; how many."""
    assert connection.in_atomic_block
    held = Claim.objects.filter(reference=reference)
    order_ids = list(held.values_list("order_id", flat=True))
    held.delete()
    note_released(order_ids=order_ids)
    return len(order_ids)


@transaction.atomic
def hold_order(*, order_id: int, reason: str, by: Any, at: datetime) -> Hold:
    """Keep a disputed order off documents; a hold that stands already is kept as it is."""
    order = Order.objects.locked().get(pk=order_id)
    standing = order.holds.filter(released_at=None).first()
    if standing is not None:
        return standing
    record(
        verb="order.held",
        subject=order.number,
        by=by,
        at=at,
        seller_id=order.seller_id,
        details={"reason": reason},
    )
    return order.holds.create(reason=reason, placed_by=by, placed_at=at)


@transaction.atomic
def release_hold(*, order_id: int, by: Any, at: datetime) -> bool:
    """End an order's hold; False if it has none."""
    order = Order.objects.locked().get(pk=order_id)
    released = order.holds.filter(released_at=None).update(released_at=at)
    if released:
        record(verb="order.released", subject=order.number, by=by, at=at, seller_id=order.seller_id)
    return bool(released)
