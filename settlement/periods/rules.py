"""Calendars of settlement periods: where they begin and end. Pure: no Django, no clock.

A period is half-open: its first day and the day after its last.
"""

from calendar import monthrange
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Protocol, TypeVar

MONTH, HALF_MONTH, TEN_DAYS, FORTNIGHT, WEEK = "month", "half_month", "ten_days", "fortnight", "week"
FORTNIGHT_ANCHOR = date(2024, 1, 1)
"""A Monday; fortnights are counted from it, in every market."""


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A period's days: ``first_on`` inside, ``end_on`` the day after the last."""

    first_on: date
    end_on: date

    @property
    def last_on(self) -> date:
        return self.end_on - timedelta(days=1)


def _first_of_next_month(day: date) -> date:
    return day.replace(day=1) + timedelta(days=monthrange(day.year, day.month)[1])


def _in_month(*starts: int) -> Callable[[date], date]:
    def next_start(day: date) -> date:
        later = [start for start in starts if start > day.day]
        return day.replace(day=later[0]) if later else _first_of_next_month(day)

    return next_start


NEXT_START: Mapping[str, Callable[[date], date]] = {
    MONTH: _in_month(1),
    HALF_MONTH: _in_month(1, 16),
    TEN_DAYS: _in_month(1, 11, 21),
    FORTNIGHT: lambda day: day + timedelta(days=14 - (day - FORTNIGHT_ANCHOR).days % 14),
    WEEK: lambda day: day + timedelta(days=7 - day.weekday()),
}


def end_after(cadence: str, first_on: date) -> date:
    """The day a period that begins on ``first_on`` ends before: the calendar's next start after it."""
    return NEXT_START[cadence](first_on)


def span_of(cadence: str, day: date) -> Span:
    """The calendar's period a day lies in."""
    start = day - timedelta(days=31)
    while (end := end_after(cadence, start)) <= day:
        start = end
    return Span(start, end)


def last_ended(cadence: str, through: date) -> Span:
    """The calendar's last period that had ended when ``through`` was over."""
    running = span_of(cadence, through + timedelta(days=1))
    return span_of(cadence, running.first_on - timedelta(days=1))


class OfSeller(Protocol):
    """A row that belongs to a seller."""

    @property
    def seller_id(self) -> int: ...


Row = TypeVar("Row", bound=OfSeller)


def in_turns(rows: Iterable[Row]) -> Iterator[list[Row]]:
    """The rows in batches in which no seller stands twice: its second must see what its first one took."""
    left = list(rows)
    while left:
        turn: dict[int, Row] = {}
        later: list[Row] = []
        for row in left:
            if turn.setdefault(row.seller_id, row) is not row:
                later.append(row)
        yield list(turn.values())
        left = later
