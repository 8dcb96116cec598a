"""Local time as spreadsheets count it. Pure: no Django, no clock."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

EPOCH_SERIAL = 25569
"""1 January 1970 in days since 30 December 1899."""

_SINCE = datetime(2000, 1, 1, tzinfo=UTC)


@lru_cache(maxsize=64)
def offsets(zone: str, *, through_year: int) -> tuple[tuple[datetime, int], ...]:
    """Since which instant a zone is how many seconds ahead of UTC, newest first, from the year 2000 on."""
    tz = ZoneInfo(zone)
    until = datetime(through_year + 1, 1, 1, tzinfo=UTC)
    return tuple(reversed([(_SINCE, _ahead(_SINCE, tz)), *_changes(tz, until)]))


def _changes(zone: ZoneInfo, until: datetime) -> Iterator[tuple[datetime, int]]:
    day = _SINCE
    while day < until:
        following = day + timedelta(days=7)
        if _ahead(day, zone) != _ahead(following, zone):
            change = _change_between(day, following, zone)
            yield change, _ahead(change, zone)
        day = following


def _change_between(before: datetime, after: datetime, zone: ZoneInfo) -> datetime:
    """The second at which the offset changes, between two instants with one change between them."""
    old = _ahead(before, zone)
    while after - before > timedelta(seconds=1):
        middle = (before + (after - before) / 2).replace(microsecond=0)
        if _ahead(middle, zone) == old:
            before = middle
        else:
            after = middle
    return after


def _ahead(instant: datetime, zone: ZoneInfo) -> int:
    offset = instant.astimezone(zone).utcoffset()
    assert offset is not None
    return int(offset.total_seconds())
