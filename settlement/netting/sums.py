"""Adding rows up by a key."""

from typing import Any

from django.db.models import QuerySet, Sum


def sums_of(rows: "QuerySet[Any]", key: str, amount: Any) -> dict[Any, int]:
    """The amounts added up by a key."""
    found = rows.order_by().values(key).annotate(sum=Sum(amount))
    return {row[key]: row["sum"] for row in found}


def merge(sums: dict[Any, int], more: dict[Any, int]) -> None:
    """Add amounts to those of the same key."""
    for key, amount in more.items():
        sums[key] = sums.get(key, 0) + amount
