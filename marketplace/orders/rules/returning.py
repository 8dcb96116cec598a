"""What a part of an order is worth: what is left of it, and what came back. Pure: no Django, no clock.

Each part is priced as the order was: every line rounded once, on its own quantity. A discount that is
spread over the goods keeps the spread it had when the order was placed.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from marketplace.orders.rules.facts import LineFacts
from marketplace.orders.rules.pricing import PricedLine, RatePart, price_parts, rate_totals

Quantities = Mapping[int, int]
"""How many of each line, by its position from one."""


@dataclass(frozen=True, slots=True)
class RefundFacts:
    """Money given back, or to be given back, as it was told to us."""

    method: str
    amount: int
    paid_by: str
    paid_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ReturnFacts:
    """What came back of an order, as it was told to us."""

    number: str
    order: str
    at: datetime
    lines: Quantities
    refunds: tuple[RefundFacts, ...] = ()
    reason: str = ""


def left_after(lines: Sequence[LineFacts], returns: Iterable[Quantities]) -> dict[int, int]:
    """How many of each line are left after some returns."""
    left = {place: line.quantity for place, line in enumerate(lines, start=1)}
    for returned in returns:
        for place, quantity in returned.items():
            left[place] -= quantity
    return left


def gross_of(lines: Sequence[LineFacts], quantities: Quantities) -> int:
    """The sale price of a part, signed: a discount subtracts."""
    return sum(replace(lines[place - 1], quantity=count).gross for place, count in quantities.items())


def priced(lines: Sequence[LineFacts], quantities: Quantities, *, model: str) -> dict[int, PricedLine]:
    """A part of an order, line by line, each rounded once."""
    return price_parts(lines, quantities, model=model)


def rates_of(lines: Sequence[LineFacts], quantities: Quantities, *, model: str) -> list[RatePart]:
    """A part of an order per VAT rate, lowest first."""
    return rate_totals(priced(lines, quantities, model=model).values())


def credit_rates(
    lines: Sequence[LineFacts],
    *,
    billed: Quantities,
    before: Sequence[Quantities],
    now: Quantities,
    model: str,
) -> list[RatePart]:
    """What is credited per VAT rate for a return of a billed order, after earlier ones."""
    return rate_totals(credit_lines(lines, billed=billed, before=before, now=now, model=model).values())


def credit_lines(
    lines: Sequence[LineFacts],
    *,
    billed: Quantities,
    before: Sequence[Quantities],
    now: Quantities,
    model: str,
) -> dict[int, PricedLine]:
    """What is credited for a return of a billed order, line by line, by position.

    A returned quantity is priced as if it had been ordered alone; the return that brings the last of a
    line back is worth what is left of it, so that all credits of a line add to what was billed.
    """
    whole = priced(lines, billed, model=model)
    earlier = [priced(lines, each, model=model) for each in before]
    parts = {}
    for place, line in priced(lines, now, model=model).items():
        back = now[place] + sum(each.get(place, 0) for each in before)
        taken = [each[place] for each in earlier if place in each]
        parts[place] = _rest(whole[place], taken) if back == billed.get(place, 0) else line
    return parts


def _rest(whole: PricedLine, taken: Sequence[PricedLine]) -> PricedLine:
    """What of a line is left beside the parts already taken, rate by rate."""
    signed = [(1, whole), *((-1, each) for each in taken)]
    rates = rate_totals(
        replace_parts(
            each,
            [
                RatePart(p.vat_bp, sign * p.gross, sign * p.purchase_net, sign * p.commission_net)
                for p in each.parts
            ],
        )
        for sign, each in signed
    )
    return replace_parts(whole, rates)


def replace_parts(line: PricedLine, parts: list[RatePart]) -> PricedLine:
    """The same line with other amounts per rate."""
    return PricedLine(
        line.facts,
        sum(part.gross for part in parts),
        sum(part.purchase_net for part in parts),
        sum(part.commission_net for part in parts),
        parts,
    )
