"""Money as integers of minor units; the one rounding and the one split. Pure: no Django, no clock."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

MINOR_UNITS = 100
"""Every currency we keep books in has a hundred minor units (also HUF, by the payment industry's
convention).
"""

BASIS_POINTS = 10_000


class MixedCurrencies(ValueError):
    """Two amounts of different currencies met."""


class BadAmount(ValueError):
    """A text is no amount of money, or no rate, that we can keep exactly."""


@dataclass(frozen=True, slots=True, order=False)
class Money:
    """An amount in minor units and its currency: ``Money(12700_00, "HUF")``."""

    minor: int
    currency: str

    def __add__(self, other: "Money") -> "Money":
        return Money(self.minor + self._same(other), self.currency)

    def __sub__(self, other: "Money") -> "Money":
        return Money(self.minor - self._same(other), self.currency)

    def __neg__(self) -> "Money":
        return Money(-self.minor, self.currency)

    def __str__(self) -> str:
        return f"{decimal_text(self.minor)} {self.currency}"

    def _same(self, other: "Money") -> int:
        if other.currency != self.currency:
            raise MixedCurrencies(f"{self.currency} and {other.currency} do not add")
        return other.minor


def round_half_up(numerator: int, denominator: int) -> int:
    """Divide and round half away from zero, so that ``round(-x) == -round(x)``.

    :raises ZeroDivisionError: if the denominator is 0.
    """
    if denominator < 0:
        numerator, denominator = -numerator, -denominator
    quotient = (2 * abs(numerator) + denominator) // (2 * denominator)
    return -quotient if numerator < 0 else quotient


def round_to_unit(minor: int, unit: int) -> int:
    """Round an amount to a practical unit, e.g. 100 for whole forints."""
    return round_half_up(minor, unit) * unit


def split(total: int, weights: Iterable[tuple[str, int]]) -> dict[str, int]:
    """Split a total over weighted keys by largest remainder; ties go to the lowest key.

    The parts always add to the total, each lies within one minor unit of its true share, and the
    order of the input does not matter.

    :raises ValueError: if a key repeats, or a total is to be split over weights that add to zero.
    """
    shares = sorted(weights)
    whole = sum(weight for _, weight in shares)
    if len({key for key, _ in shares}) != len(shares):
        raise ValueError("a key repeats")
    if whole == 0:
        if total:
            raise ValueError("nothing to split a total over")
        return {key: 0 for key, _ in shares}
    parts, remainders = {}, []
    for key, weight in shares:
        parts[key], remainder = divmod(total * weight * (1 if whole > 0 else -1), abs(whole))
        remainders.append((-remainder, key))
    for _, key in sorted(remainders)[: total - sum(parts.values())]:
        parts[key] += 1
    return parts


def share(minor: int, rate_bp: int) -> int:
    """The part of an amount that a rate in basis points names, rounded once."""
    return round_half_up(minor * rate_bp, BASIS_POINTS)


def vat_within(gross: int, vat_bp: int) -> int:
    """The VAT contained in a gross amount."""
    return round_half_up(gross * vat_bp, BASIS_POINTS + vat_bp)


def parse_minor(text: str) -> int:
    """Read a decimal string as minor units.

    :raises BadAmount: if it is no number or has more than two decimals.
    """
    return _scaled(text, MINOR_UNITS, "amount")


def parse_rate(text: str) -> int:
    """Read a percentage as basis points: ``"12.15"`` is 1215.

    :raises BadAmount: if it is no number, finer than 0.01 %, or outside 0–100 %.
    """
    rate = _scaled(text, 100, "rate")
    if not 0 <= rate <= BASIS_POINTS:
        raise BadAmount(f"{text!r} is no rate between 0 and 100 percent")
    return rate


def decimal_text(minor: int) -> str:
    """Write minor units as a decimal string: ``-5`` is ``"-0.05"``."""
    sign = "-" if minor < 0 else ""
    return f"{sign}{abs(minor) // MINOR_UNITS}.{abs(minor) % MINOR_UNITS:02d}"


def rate_text(rate_bp: int) -> str:
    """Write basis points as percent without idle zeros: 2100 is ``"21"``, 1215 is ``"12.15"``."""
    return decimal_text(rate_bp).rstrip("0").rstrip(".")


LARGEST = 10**15
"""Ten trillion whole units: beyond any order we know, and far from the end of a 64-bit integer."""


def _scaled(text: str, factor: int, what: str) -> int:
    try:
        number = Decimal(text)
    except (InvalidOperation, ValueError, TypeError):
        raise BadAmount(f"{text!r} is no {what}") from None
    # Bounded before scaling: "1e999999" would otherwise build a number of a million digits.
    if not number.is_finite() or abs(number.adjusted()) > 18:
        raise BadAmount(f"{text!r} is no {what}")
    scaled = number * factor
    if scaled != scaled.to_integral_value() or abs(scaled) > LARGEST:
        raise BadAmount(f"{text!r} is no {what} we can keep exactly")
    return int(scaled)
