"""How long somebody has been waiting. Pure: no Django, no clock."""

from datetime import date, timedelta

PATIENCE = 2
"""Working days a request may wait before it stands out."""


def working_days(since: date, today: date) -> int:
    """The working days that passed since a day, that day not counted; holidays count as any other day."""
    passed = (since + timedelta(days=each) for each in range(1, (today - since).days + 1))
    return sum(day.weekday() < 5 for day in passed)


def waits_long(since: date, today: date) -> bool:
    """Whether it has been waiting for more working days than one should."""
    return working_days(since, today) > PATIENCE
