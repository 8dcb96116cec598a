"""Days begin where their market says, also where clocks change at midnight."""

from datetime import UTC, date, datetime

import pytest

from marketplace.kernel.zones import local_date, start_of_day


@pytest.mark.parametrize(
    ("day", "zone", "instant"),
    [
        (date(2026, 11, 1), "Europe/Prague", datetime(2026, 10, 31, 23, tzinfo=UTC)),
        (date(2026, 7, 1), "Europe/Prague", datetime(2026, 6, 30, 22, tzinfo=UTC)),
        (date(2026, 11, 1), "America/Lima", datetime(2026, 11, 1, 5, tzinfo=UTC)),
        # Santiago's clocks jump from 24:00 to 01:00: the day begins at one o'clock.
        (date(2026, 9, 6), "America/Santiago", datetime(2026, 9, 6, 4, tzinfo=UTC)),
        # Havana's midnight comes twice: the day begins at the first.
        (date(2026, 11, 1), "America/Havana", datetime(2026, 11, 1, 4, tzinfo=UTC)),
    ],
)
def test_a_day_begins_at_the_first_instant_of_it(day: date, zone: str, instant: datetime) -> None:
    assert start_of_day(day, zone) == instant
    assert local_date(instant, zone) == day


def test_half_past_eleven_in_prague_is_still_october() -> None:
    assert local_date(datetime(2026, 10, 31, 22, 30, tzinfo=UTC), "Europe/Prague") == date(2026, 10, 31)
    assert local_date(datetime(2026, 10, 31, 23, 10, tzinfo=UTC), "Europe/Prague") == date(2026, 11, 1)


def test_an_instant_without_an_offset_names_no_day() -> None:
    with pytest.raises(ValueError, match="offset"):
        local_date(datetime(2026, 1, 1), "Europe/Prague")
