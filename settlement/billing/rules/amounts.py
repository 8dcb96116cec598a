"""Net and VAT of an invoice, and of its lines. Pure: no Django, no clock."""

from collections.abc import Sequence
from dataclasses import dataclass

from marketplace.kernel.money import split, vat_within


@dataclass(frozen=True, slots=True)
class Amount:
    """An amount with the VAT in it, in minor units."""

    gross: int
    vat: int

    @property
    def net(self) -> int:
        return self.gross - self.vat


@dataclass(frozen=True, slots=True)
class Amounts:
    """An invoice's total, and its lines in their order; the lines add up to it exactly."""

    total: Amount
    lines: tuple[Amount, ...]


def invoice_amounts(grosses: Sequence[int], vat_bp: int) -> Amounts:
    """What an invoice over these grosses says: VAT on the sum, shared out to the lines by largest remainder.

    Computed line by line, a thousand small deposits would be several whole units away from the rate.
    """
    return _amounts(grosses, vat_within(sum(grosses), vat_bp))


def split_amounts(parts: Sequence[Sequence[int]], vat: int, *, strict_bp: int | None = None) -> list[Amounts]:
    """What the invoices say that replace one whose VAT is ``vat``: theirs add up to just that.

    :param strict_bp: the rate, where the law wants the VAT of each to be computed by itself: then their
        totals add up all the same, and the VAT may differ by less than a cent each.
    """
    if strict_bp is not None:
        return [invoice_amounts(grosses, strict_bp) for grosses in parts]
    vats = _shares(vat, [sum(grosses) for grosses in parts])
    return [_amounts(grosses, share) for grosses, share in zip(parts, vats, strict=True)]


def vat_taken(*, before: int, before_vat: int, gross: int, vat_bp: int) -> int:
    """The VAT of what a fee takes from a deposit of which ``before`` was taken already: all takings of a
    deposit together have the VAT of their sum, as far as none is left with less than nothing.
    """
    return min(max(vat_within(before + gross, vat_bp) - before_vat, 0), gross)


def _amounts(grosses: Sequence[int], vat: int) -> Amounts:
    vats = _shares(vat, grosses)
    lines = tuple(Amount(gross, share) for gross, share in zip(grosses, vats, strict=True))
    return Amounts(Amount(sum(grosses), vat), lines)


def _shares(total: int, weights: Sequence[int]) -> list[int]:
    """A total shared out by largest remainder; of equal ones the first get more."""
    keys = [f"{place:09d}" for place in range(len(weights))]
    parts = split(total, list(zip(keys, weights, strict=True)))
    return [parts[key] for key in keys]
