"""Single values out of a flattened tree: texts, dates, amounts, rates, currencies."""

import re
from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal

from marketplace.edocuments.facts import Fault, Unread
from marketplace.edocuments.xml import Element
from marketplace.kernel.money import LARGEST, MINOR_UNITS, round_half_up

LONGEST_TEXT = 500
MOST_NOTES = 50
EARLIEST, LATEST = 1990, 2100

TOLERANCE = 100
"""How far a document's own sums may be off, as the tax offices allow: one unit of its currency."""

_NUMBER = re.compile(r"[+-]?(?:[0-9]{1,16}(?:\.[0-9]{0,12})?|\.[0-9]{1,12})")
_DAY = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})(?:T[0-9:.]{5,20})?(?:Z|[+-][0-9]{2}:?[0-9]{2})?")
_COMPACT_DAY = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})(?:[0-9]{4}(?:[0-9]{2})?)?")


def clean(text: str | None) -> str:
    """A value without the line breaks it is padded with."""
    return " ".join((text or "").split())[:LONGEST_TEXT]


def text_at(element: Element | None, *paths: str) -> str:
    """The first text there is at any of the paths; "" if there is none."""
    return next(texts_at(element, *paths), "")


def texts_at(element: Element | None, *paths: str) -> Iterator[str]:
    """All texts at the paths, without the empty ones."""
    if element is None:
        return
    for path in paths:
        for found in element.iterfind(path):
            if text := clean(found.text):
                yield text


def distinct(texts: Iterable[str], most: int = MOST_NOTES) -> tuple[str, ...]:
    """The texts once each, in their order."""
    return tuple(dict.fromkeys(text for text in texts if text))[:most]


def number_of(text: str) -> Decimal:
    """A decimal number.

    :raises Unread: if it is none.
    """
    if not _NUMBER.fullmatch(text):
        raise Unread(Fault.BAD_AMOUNT, text)
    number = Decimal(text)
    if abs(number) * MINOR_UNITS > LARGEST:
        raise Unread(Fault.BAD_AMOUNT, text)
    return number


def exact_minor(text: str) -> int:
    """An amount in minor units, which must be whole: what is paid is never rounded by us.

    :raises Unread: if it is no amount, or finer than a hundredth.
    """
    scaled = number_of(text) * MINOR_UNITS
    if scaled != scaled.to_integral_value():
        raise Unread(Fault.BAD_AMOUNT, text)
    return int(scaled)


def minor(text: str) -> int:
    """An amount in minor units, rounded half up; lines and rates come with up to ten decimals.

    :raises Unread: if it is no amount.
    """
    numerator, denominator = (number_of(text) * MINOR_UNITS).as_integer_ratio()
    return round_half_up(numerator, denominator)


def sum_at(element: Element | None, *paths: str) -> int:
    """The sum of all amounts at the paths, rounded once.

    :raises Unread: if one of them is no amount.
    """
    total = sum((number_of(text) for text in texts_at(element, *paths)), Decimal(0))
    return minor(f"{total:f}")


def basis_points(text: str, *, unit: int = 100) -> int:
    """A rate in basis points, from percent (or with ``unit`` 10,000 from a fraction); 0 where none is said.

    :raises Unread: if it is no rate.
    """
    if not text:
        return 0
    numerator, denominator = (number_of(text.rstrip("% ")) * unit).as_integer_ratio()
    rate = round_half_up(numerator, denominator)
    if not 0 <= rate <= 100_00:
        raise Unread(Fault.BAD_AMOUNT, text)
    return rate


def implied_basis_points(net: int, vat: int) -> int:
    """The whole percentage that amounts imply, where no rate is said."""
    return round_half_up(vat * 100, net) * 100 if net and vat * net > 0 else 0


def quantity_of(text: str) -> str:
    """A quantity without idle zeros; as it stands where it is no number."""
    if not _NUMBER.fullmatch(text):
        return text[:40]
    plain = f"{Decimal(text):f}"
    return plain.rstrip("0").rstrip(".") if "." in plain else plain


def day_of(text: str) -> date:
    """A day, from a date or an instant; the time and its zone say nothing to us.

    :raises Unread: if it is none.
    """
    found = _DAY.fullmatch(text) or _COMPACT_DAY.fullmatch(text)
    try:
        day = date(*map(int, found.groups())) if found else None
    except ValueError:
        day = None
    if day is None or not EARLIEST <= day.year <= LATEST:
        raise Unread(Fault.BAD_DATE, text)
    return day


def currency_of(text: str) -> str:
    """The code of a currency.

    :raises Unread: if it is none.
    """
    if not re.fullmatch("[A-Z]{3}", text) or text == "XXX":
        raise Unread(Fault.BAD_CURRENCY, text)
    return text


def check_currencies(told: Iterable[str | None], currency: str) -> None:
    """Refuse a document whose amounts are of several currencies.

    :raises Unread: if one is of another; none said is the document's own.
    """
    for other in told:
        if other and other.strip() and other.strip() != currency:
            raise Unread(Fault.MIXED_CURRENCY, f"{other.strip()[:10]} / {currency}")


def number_text(text: str) -> str:
    """A document's own number.

    :raises Unread: if there is none, or it is longer than any.
    """
    if not text or len(text) > 100:
        raise Unread(Fault.BAD_NUMBER, text)
    return text
