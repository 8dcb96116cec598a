"""Noting on orders that their receipt is registered: what the gate before sending reads."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import connection

from marketplace.orders.models import Order, OrderChange, What
from marketplace.orders.operations import news


def note_receipts(*, orders: Sequence[Order], by: Any, at: datetime) -> None:
    """Note on orders, which their caller has locked, that their receipts are registered."""
    assert connection.in_atomic_block
    for order in orders:
        order.receipt_at = at
    Order.objects.filter(pk__in=[order.pk for order in orders]).update(receipt_at=at)
    OrderChange.objects.bulk_create(news.of(order, What.RECEIPT, by=by, at=at) for order in orders)


def forget_receipt(*, order: Order, by: Any, at: datetime) -> None:
    """Note on a locked order that it has no receipt any more."""
    assert connection.in_atomic_block
    order.receipt_at = None
    order.save(update_fields=["receipt_at"])
    news.tell(order, What.RECEIPT, by=by, at=at)
