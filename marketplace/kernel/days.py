"""Days as people read them, in a language: the language passed in. Pure: no Django, no clock."""

from datetime import date
from functools import lru_cache

from babel import Locale, UnknownLocaleError
from babel.dates import format_interval, format_skeleton


@lru_cache(maxsize=1024)
def day_text(day: date, *, language: str) -> str:
    """Write a day: ``15 Nov 2026``."""
    return str(format_skeleton("yMMMd", day, locale=locale_of(language)))


@lru_cache(maxsize=256)
def span_text(first: date, last: date, *, language: str) -> str:
    """Write a span by its first and last day, naming month and year once where they agree: ``1–15 Nov
    2026``.
    """
    return str(format_interval(first, last, "yMMMd", locale=locale_of(language)))


@lru_cache(maxsize=32)
def locale_of(language: str) -> Locale:
    """Return the locale whose dates we follow; plain English is the international kind, day first."""
    try:
        return Locale.parse("en-GB" if language == "en" else language, sep="-")
    except (UnknownLocaleError, ValueError):
        return Locale.parse("en_GB")
