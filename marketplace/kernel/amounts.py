"""Money and rates as people read them, in a language: whole numbers all the way, the language passed in."""

from dataclasses import dataclass
from functools import lru_cache

from babel import Locale, UnknownLocaleError
from babel.numbers import get_currency_symbol

MINUS = "\N{MINUS SIGN}"
NO_BREAK_SPACE = "\N{NO-BREAK SPACE}"
NO_COINS_IN_USE = frozenset({"HUF", "CLP", "COP"})
"""Of these, hundredths are written only where there are some."""


@dataclass(frozen=True)
class Notation:
    """How one language writes numbers."""

    locale: Locale
    group: str
    decimal: str
    percent: str


@lru_cache(maxsize=32)
def notation_of(language: str) -> Notation:
    """Return how a language, or a locale such as ``es-MX``, writes numbers; English where it is unknown."""
    try:
        locale = Locale.parse(language, sep="-")
    except (UnknownLocaleError, ValueError):
        locale = Locale("en")
    symbols = locale.number_symbols["latn"]
    percent = locale.percent_formats[None].suffix[0]
    return Notation(locale, symbols["group"], symbols["decimal"], percent)


@lru_cache(maxsize=256)
def locale_within(language: str, country: str) -> str:
    """Return a language as one country writes it, ``es-MX``; the language alone where nobody says how.

    Plain English is the international kind, wherever it is written.
    """
    if language == "en":
        return language
    local = f"{language}-{country}"
    try:
        Locale.parse(local, sep="-")
    except (UnknownLocaleError, ValueError):
        return language
    return local


@lru_cache(maxsize=256)
def surroundings(currency: str, language: str) -> tuple[str, str]:
    """Return what a language writes before and after an amount of this currency."""
    locale = notation_of(language).locale
    pattern = locale.currency_formats["standard"]
    symbol = get_currency_symbol(currency, locale)
    before = pattern.prefix[0].replace("¤", symbol)
    after = pattern.suffix[0].replace("¤", symbol)
    if before and before[-1].isalpha():
        before += NO_BREAK_SPACE
    return before, after


def money_text(minor: int, *, currency: str, language: str) -> str:
    """Write an amount with its currency: ``−1 149,50 Kč``."""
    before, after = surroundings(currency, language)
    return sign_of(minor) + before + magnitude(minor, currency, language) + after


def amount_text(minor: int, *, currency: str, language: str) -> str:
    """Write an amount without its currency, for columns whose heading names it."""
    return sign_of(minor) + magnitude(minor, currency, language)


def percent_text(rate_bp: int, *, language: str) -> str:
    """Write basis points as a percentage without idle zeros: ``21 %``, ``12,15 %``."""
    notation = notation_of(language)
    whole, part = divmod(abs(rate_bp), 100)
    digits = f"{whole}{notation.decimal}{part:02}".rstrip("0") if part else str(whole)
    return sign_of(rate_bp) + digits + notation.percent


def magnitude(minor: int, currency: str, language: str) -> str:
    """Write an amount without sign or currency."""
    notation = notation_of(language)
    whole, part = divmod(abs(minor), 100)
    digits = f"{whole:,}".replace(",", notation.group)
    if part or currency not in NO_COINS_IN_USE:
        digits += f"{notation.decimal}{part:02}"
    return digits


def sign_of(number: int) -> str:
    """Return a true minus for what is below zero."""
    return MINUS if number < 0 else ""
