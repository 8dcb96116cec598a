"""Instants and local days. Pure: no Django, no clock.

A day in a market begins at its local midnight. Where clocks skip midnight, it begins at the first
instant that exists after it; where midnight happens twice, at the first.
"""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo


def start_of_day(day: date, zone: str) -> datetime:
    """The first instant of a local day, in UTC."""
    tz = ZoneInfo(zone)
    midnight = datetime.combine(day, time.min, tzinfo=tz).astimezone(UTC)
    if midnight.astimezone(tz).date() == day and midnight.astimezone(tz).time() == time.min:
        return midnight
    return _first_instant(day, tz, midnight)


def _first_instant(day: date, tz: ZoneInfo, near: datetime) -> datetime:
    """Bisect to the second at which the local date becomes ``day``."""
    before, after = near - timedelta(hours=4), near + timedelta(hours=4)
    while after - before > timedelta(seconds=1):
        middle = before + (after - before) / 2
        if middle.astimezone(tz).date() >= day:
            after = middle
        else:
            before = middle
    return after.replace(microsecond=0) + timedelta(seconds=1 if after.microsecond else 0)


def local_date(instant: datetime, zone: str) -> date:
    """The calendar day an instant falls on in a zone.

    :raises ValueError: if the instant has no offset.
    """
    if instant.tzinfo is None:
        raise ValueError("an instant without an offset names no moment")
    return instant.astimezone(ZoneInfo(zone)).date()
