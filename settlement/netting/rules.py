"""Netting: mutual debts set off, oldest due first. Pure: no Django, no clock.

Amounts are minor units of one currency; the callers never mix currencies.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Share:
    """How an item comes out of a set-off: its open amount then, what is set off of it, what remains."""

    total: int
    disputed: int
    netted: int

    @property
    def remaining(self) -> int:
        return self.total - self.netted


@dataclass(frozen=True, slots=True)
class Netted:
    """Both sides of a set-off, each in the order given."""

    payables: tuple[Share, ...]
    receivables: tuple[Share, ...]

    @property
    def amount(self) -> int:
        """What is set off, the same on both sides."""
        return sum(share.netted for share in self.payables)


def net(payables: Sequence[tuple[int, int]], receivables: Sequence[tuple[int, int]]) -> Netted:
    """Set debts off against each other up to the smaller side; each is told as (open amount, disputed
    part), oldest due first.

    :raises ValueError: if a disputed part is negative or larger than its debt.
    """
    if any(not 0 <= disputed <= total for total, disputed in (*payables, *receivables)):
        raise ValueError("a disputed part lies outside its debt")
    pool = min(_undisputed(payables), _undisputed(receivables))
    return Netted(tuple(_take(payables, pool)), tuple(_take(receivables, pool)))


def _undisputed(debts: Iterable[tuple[int, int]]) -> int:
    return sum(total - disputed for total, disputed in debts)


def _take(debts: Iterable[tuple[int, int]], pool: int) -> Iterator[Share]:
    for total, disputed in debts:
        taken = min(total - disputed, pool)
        pool -= taken
        yield Share(total, disputed, taken)


@dataclass(frozen=True, slots=True)
class Pair:
    """A part of a receivable that paid a part of a payable, by their places on either side."""

    payable: int
    receivable: int
    amount: int


def pairs(payables: Iterable[int], receivables: Iterable[int]) -> Iterator[Pair]:
    """Which receivable paid which payable: both sides' set-off amounts, laid end to end.

    The sides add to the same; their parts come back in order, at most as many as both sides have items.
    """
    theirs = iter(enumerate(receivables))
    place, left = -1, 0
    for mine, amount in enumerate(payables):
        wanted = amount
        while wanted:
            while not left:
                place, left = next(theirs)
            part = min(wanted, left)
            yield Pair(mine, place, part)
            wanted, left = wanted - part, left - part


class Holidays(Protocol):
    """A calendar that knows whether a day is a holiday."""

    def __contains__(self, day: object) -> bool: ...


def working_day_after(day: date, days: int, holidays: Holidays) -> date:
    """The day that many working days later, weekends and holidays not counted."""
    while days > 0:
        day += timedelta(days=1)
        days -= day.weekday() < 5 and day not in holidays
    return day
