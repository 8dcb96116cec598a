"""Gapless numbers: a counter row, raised in the same transaction as the paper it numbers."""

from django.db import connection
from django.db.models import F

from marketplace.kernel.models import NumberSeries


def take_numbers(*, market_id: int, kind: str, year: int, count: int = 1) -> range:
    """Take the next numbers of a series; call it last, since the row stays locked until commit.

    If the transaction rolls back, the numbers were never given: no gap, no twin.
    """
    assert connection.in_atomic_block
    of_kind = {"market_id": market_id, "kind": kind, "year": year}
    NumberSeries.objects.bulk_create([NumberSeries(**of_kind)], ignore_conflicts=True)
    NumberSeries.objects.filter(**of_kind).update(last=F("last") + count)
    last: int = NumberSeries.objects.values_list("last", flat=True).get(**of_kind)
    return range(last - count + 1, last + 1)
