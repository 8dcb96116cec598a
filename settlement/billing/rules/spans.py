"""The periods of automatic invoicing. Pure: no Django, no clock."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from statistics import median

from settlement.periods.rules import MONTH, Span, end_after, span_of

DAYS = {"days_7": 7, "days_15": 15, "days_21": 21}
MONTHLY = "month"
MOST_AT_ONCE = 60
"""Periods that are caught up with in one go, after a long pause."""

RUNAWAY = 10
ENOUGH_RUNS = 3


def spans_from(mode: str, starts_on: date) -> Iterator[Span]:
    """The periods of a mode, the first from its first day; none where there are no periods."""
    first = starts_on
    while mode == MONTHLY or mode in DAYS:
        end = end_after(MONTH, first) if mode == MONTHLY else first + timedelta(days=DAYS[mode])
        yield Span(first, end)
        first = end


def due_spans(mode: str, starts_on: date, *, done: Sequence[date], today: date) -> list[Span]:
    """The periods that are over and not in ``done`` (by first day), oldest first."""
    due: list[Span] = []
    for span in spans_from(mode, starts_on):
        if span.end_on > today or len(due) == MOST_AT_ONCE:
            break
        if span.first_on not in done:
            due.append(span)
    return due


def is_span_of(mode: str, starts_on: date, span: Span) -> bool:
    """Whether a period is one of a mode's."""
    for each in spans_from(mode, starts_on):
        if each.first_on >= span.first_on:
            return each == span
    return False


def running_span(mode: str, starts_on: date, *, today: date) -> Span | None:
    """The period a day lies in, or the first one, where that is still to come."""
    return next((span for span in spans_from(mode, starts_on) if span.end_on > today), None)


def last_month(today: date) -> Span:
    """The calendar month before the one of a day."""
    return span_of(MONTH, today.replace(day=1) - timedelta(days=1))


def out_of_proportion(total: int, earlier: Sequence[int]) -> bool:
    """Whether a run is so far beyond the runs before it that a person should look first."""
    return len(earlier) >= ENOUGH_RUNS and total > RUNAWAY * median(earlier)
