"""What a line is worth to the seller, rounded once per line. Pure: no Django, no clock.

Amounts are minor units, rates basis points. A discount without a VAT rate of its own is spread over
the goods by gross and takes their VAT and commission.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from marketplace.kernel.money import BASIS_POINTS, round_half_up, share, split
from marketplace.orders.rules.facts import LineFacts, Refused


@dataclass(slots=True)
class PricedLine:
    """A line with its signed gross and what it adds to the purchase price and the commission base."""

    facts: LineFacts
    gross: int
    purchase_net: int = 0
    commission_net: int = 0
    parts: list["RatePart"] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class RatePart:
    """The part of a line, or of an order, that stands at one VAT rate; signed minor units."""

    vat_bp: int
    gross: int
    purchase_net: int
    commission_net: int


def purchase_net(gross: int, *, vat_bp: int, commission_bp: int) -> int:
    """``gross × (1 − commission) / (1 + vat)``, rounded once: 3 × 99.99 at 21 % and 15 % is 210.72."""
    return round_half_up(gross * (BASIS_POINTS - commission_bp), BASIS_POINTS + vat_bp)


def commission_net(gross: int, *, vat_bp: int, commission_bp: int) -> int:
    """``gross × commission / (1 + vat)``, rounded once."""
    return round_half_up(gross * commission_bp, BASIS_POINTS + vat_bp)


def price_lines(lines: Sequence[LineFacts], *, model: str) -> list[PricedLine]:
    """Price every line of an order under a business model.

    :raises Refused: if a line lacks the VAT rate it needs, or a discount has no goods to lie on.
    """
    whole = {place: line.quantity for place, line in enumerate(lines, start=1)}
    return list(price_parts(lines, whole, model=model).values())


def price_parts(
    lines: Sequence[LineFacts], quantities: Mapping[int, int], *, model: str
) -> dict[int, PricedLine]:
    """Price some of an order's lines, by position from one; lines of none are left out.

    A discount without a rate is spread over all goods as they were ordered, whatever is left of them.

    :raises Refused: if a line lacks the VAT rate it needs, or a discount has no goods to lie on.
    """
    goods = [(place, line) for place, line in enumerate(lines) if line.kind == "goods"]
    priced = {}
    for place, quantity in sorted(quantities.items()):
        if quantity:
            line = lines[place - 1]
            line = line if line.quantity == quantity else replace(line, quantity=quantity)
            parts = [_part(line, model, *piece) for piece in _pieces(line, goods)]
            total = _sum(0, parts)
            priced[place] = PricedLine(line, line.gross, total.purchase_net, total.commission_net, parts)
    return priced


def rate_totals(lines: Iterable[PricedLine]) -> list[RatePart]:
    """An order's amounts per VAT rate, lowest rate first."""
    by_rate: dict[int, list[RatePart]] = {}
    for line in lines:
        for part in line.parts:
            by_rate.setdefault(part.vat_bp, []).append(part)
    return [_sum(vat_bp, parts) for vat_bp, parts in sorted(by_rate.items())]


def purchase_vat(rates: Iterable[RatePart]) -> int:
    """VAT on an order's purchase price, rounded per rate; the document may differ by a minor unit per
    rate.
    """
    return sum(share(rate.purchase_net, rate.vat_bp) for rate in rates)


def sellers_part(total: int, rates: Sequence[RatePart], *, model: str, standard_vat_bp: int) -> int:
    """What of a total is the seller's: the purchase price, or in agency what the commission leaves.

    VAT is rounded per order, so that a document may differ by a minor unit per rate.
    """
    if model == "agency":
        commission = sum(rate.commission_net for rate in rates)
        return total - commission - share(commission, standard_vat_bp)
    return sum(rate.purchase_net for rate in rates) + purchase_vat(rates)


def _pieces(line: LineFacts, goods: Sequence[tuple[int, LineFacts]]) -> list[tuple[int, int, int]]:
    """A line as (gross, vat, commission) pieces: one, but for a discount spread over the goods."""
    if line.kind == "discount" and line.vat_bp is None:
        if not sum(each.gross for _, each in goods):
            raise Refused("a discount without a VAT rate needs goods to be spread over")
        parts = split(line.gross, [(f"{place:06}", each.gross) for place, each in goods])
        merged: dict[tuple[int, int], int] = {}
        for place, each in goods:
            # Goods on the same terms bear their part as one piece, so that the line is rounded once.
            merged[_terms(each)] = merged.get(_terms(each), 0) + parts[f"{place:06}"]
        return [(gross, *terms) for terms, gross in merged.items()]
    return [(line.gross, *_terms(line))]


def _terms(line: LineFacts) -> tuple[int, int]:
    if line.vat_bp is None:
        raise Refused(f"the {line.kind} line {line.name!r} has no VAT rate")
    return line.vat_bp, line.commission_bp or 0


def _part(line: LineFacts, model: str, gross: int, vat_bp: int, commission_bp: int) -> RatePart:
    """One piece, priced: only goods and discounts bear commission; what the marketplace funds changes no
    price.
    """
    bears = line.kind in ("goods", "discount")
    if line.kind == "discount" and line.funded_by == "marketplace":
        return RatePart(vat_bp, gross, 0, 0)
    commission_bp = commission_bp if bears else 0
    if model == "agency":
        return RatePart(vat_bp, gross, 0, commission_net(gross, vat_bp=vat_bp, commission_bp=commission_bp))
    return RatePart(vat_bp, gross, purchase_net(gross, vat_bp=vat_bp, commission_bp=commission_bp), 0)


def _sum(vat_bp: int, parts: Sequence[RatePart]) -> RatePart:
    return RatePart(
        vat_bp,
        sum(part.gross for part in parts),
        sum(part.purchase_net for part in parts),
        sum(part.commission_net for part in parts),
    )
