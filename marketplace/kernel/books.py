"""The registry of invariants: each is a query that returns what breaks it, run on schedule and on demand."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.db import connection, transaction

CHECKS: dict[str, "Check"] = {}
MOST_ROWS = 100


@dataclass(frozen=True)
class Check:
    """A named invariant and the query of its offenders."""

    name: str
    offenders: Callable[[], Iterable[str]]


@dataclass(frozen=True)
class Broken:
    """An invariant that does not hold, and (up to a hundred of) the rows that break it."""

    check: str
    rows: list[str]


def book_check(name: str) -> Callable[[Callable[[], Iterable[str]]], Callable[[], Iterable[str]]]:
    """Declare an invariant; the function returns a text for each row that breaks it."""

    def declare(offenders: Callable[[], Iterable[str]]) -> Callable[[], Iterable[str]]:
        assert name not in CHECKS, f"{name} is declared twice"
        CHECKS[name] = Check(name, offenders)
        return offenders

    return declare


@contextmanager
def _one_look() -> Iterator[None]:
    """A transaction in which all queries see the same instant, whatever is committed meanwhile."""
    nested = connection.in_atomic_block
    with transaction.atomic():
        if connection.vendor == "postgresql" and not nested:
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield


def run_checks() -> list[Broken]:
    """Run every invariant; those that are broken, by name."""
    broken = []
    for check in sorted(CHECKS.values(), key=lambda each: each.name):
        with _one_look():
            rows = [row for row, _ in zip(check.offenders(), range(MOST_ROWS), strict=False)]
        if rows:
            broken.append(Broken(check.name, rows))
    return broken
