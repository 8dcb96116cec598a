"""What the claims promise."""

from collections.abc import Iterable

from django.db.models import Q

from marketplace.kernel.books import book_check
from marketplace.orders.models import Order, State


@book_check("claims: every delivered order is either to be invoiced or on one live document")
def orders_in_limbo() -> Iterable[str]:
    delivered = Order.objects.filter(state=State.DELIVERED, test=False)
    neither = Q(billable__isnull=True, claim__isnull=True)
    both = Q(billable__isnull=False, claim__isnull=False)
    yield from delivered.filter(neither | both).values_list("number", flat=True)


@book_check("claims: only delivered orders are on a document")
def claimed_undelivered() -> Iterable[str]:
    claimed = Order.objects.filter(claim__isnull=False)
    yield from claimed.exclude(state=State.DELIVERED, test=False).values_list("number", flat=True)
