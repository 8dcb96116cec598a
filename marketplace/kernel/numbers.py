"""Gapless numbers: a counter row, raised in the same transaction as the paper it numbers."""

from collections.abc import Iterator
from typing import Any

from django.db import connection
from django.db.models import Count, F, Max, QuerySet

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


def broken_series(papers: "QuerySet[Any]", *, kind: str) -> Iterator[str]:
    """The series of a kind whose numbers have a gap or a twin among the papers that bear them.

    The papers have ``market``, ``year`` and ``serial``; numbers begin at one and are never given back.
    """
    given = papers.order_by().values("market", "year").annotate(count=Count("pk"), last=Max("serial"))
    found = {(row["market"], row["year"]): (row["count"], row["last"]) for row in given}
    for series in NumberSeries.objects.filter(kind=kind):
        count, last = found.pop((series.market_id, series.year), (0, 0))
        if not count == last == series.last:
            yield f"{series}: {count} papers up to {last}"
    yield from (f"{kind} of market {market}, {year}: no series" for market, year in found)
