"""Guards taken away, in the processes under fault only."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from marketplace.kernel import jobs
from marketplace.ledger.models import Entry
from marketplace.orders.models import Order
from marketplace.parties.models.sellers import SellerQuerySet


def apply(name: str) -> None:
    """Take away the guard of this name; none for an empty one."""
    if name:
        TAKEN_AWAY[name]()


def _no_fence() -> None:
    """A worker whose job was taken over may go on as if nothing had happened."""

    @contextmanager
    def effect(self: jobs.Claimed) -> Iterator[None]:
        with transaction.atomic():
            yield

    jobs.Claimed.effect = effect  # type: ignore[method-assign]


def _no_sweep() -> None:
    """Nobody frees the jobs of dead workers."""

    def sweep(*, at: datetime) -> int:
        return 0

    jobs.sweep = sweep


def _no_uniqueness() -> None:
    """Two that take in the same order neither wait for each other nor meet at its number."""

    def locked(self: SellerQuerySet) -> SellerQuerySet:
        return self.order_by("pk")

    SellerQuerySet.locked = locked  # type: ignore[method-assign]


def _no_row() -> None:
    """Work is a message alone; the harness sends it so, and nothing need change here."""


TAKEN_AWAY: dict[str, Callable[[], None]] = {
    "no-fence": _no_fence,
    "no-sweep": _no_sweep,
    "no-uniqueness": _no_uniqueness,
    "no-row": _no_row,
}


def drop_uniqueness() -> None:
    """Let the database keep several orders of one number and several entries of one key."""
    with connection.cursor() as cursor:
        for table in (Order._meta.db_table, Entry._meta.db_table):
            found: dict[str, Any] = connection.introspection.get_constraints(cursor, table)
            for name in [name for name, told in found.items() if told["unique"] and not told["primary_key"]]:
                cursor.execute(f'ALTER TABLE "{table}" DROP CONSTRAINT IF EXISTS "{name}"')
                cursor.execute(f'DROP INDEX IF EXISTS "{name}"')
