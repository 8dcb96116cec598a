"""What settlement tells the orders: which a document holds, and which it gave back."""

from collections.abc import Sequence
from typing import Any

from django.db import connection
from django.db.models import QuerySet
from django.db.models.expressions import Combinable

from marketplace.orders.models import Billable, Order, Refund, Return, State

CHUNK = 500


def note_claimed(*, order_ids: "QuerySet[Any, Any]") -> None:
    """Take orders, a query of their keys, off those to be invoiced: a document holds them now.

    The caller has claimed them in the same transaction, each under a unique constraint.
    """
    assert connection.in_atomic_block
    Billable.objects.filter(order__in=order_ids).delete()


def note_released(*, order_ids: Sequence[int]) -> None:
    """Put orders back among those to be invoiced: their document was voided."""
    assert connection.in_atomic_block
    for start in range(0, len(order_ids), CHUNK):
        rows = Order.objects.filter(
            pk__in=order_ids[start : start + CHUNK], state=State.DELIVERED, test=False
        )
        Billable.objects.bulk_create(
            Billable(order_id=pk, seller_id=seller, delivered_at=at)
            for pk, seller, at in rows.values_list("pk", "seller_id", "delivered_at")
            if at is not None
        )


def settle_returns(
    *, returns: "QuerySet[Return]", refunds: "QuerySet[Refund]", reference: Combinable
) -> None:
    """Note the documents that take returns into account, and the refunds that count in them.

    The caller holds the locks of the orders' sellers; ``reference`` names a row's document.
    """
    assert connection.in_atomic_block
    refunds.update(settled_in=reference)
    returns.update(settled_in=reference)


def release_returns(*, reference: str) -> None:
    """Forget that a document took returns and refunds into account: it was voided."""
    assert connection.in_atomic_block
    Return.objects.filter(settled_in=reference).update(settled_in="")
    Refund.objects.filter(settled_in=reference).update(settled_in="")
