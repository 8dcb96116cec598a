"""Which days nobody works on in a country."""

from functools import lru_cache

from holidays import HolidayBase, country_holidays


@lru_cache(maxsize=32)
def holidays_of(country: str) -> HolidayBase | frozenset[object]:
    """A country's public holidays, any year; none where they are not known."""
    try:
        return country_holidays(country)
    except NotImplementedError:
        return frozenset()
