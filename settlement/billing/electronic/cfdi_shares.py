"""Amounts of a CFDI's lines, in millionths: finer than a cent, so that each line's VAT is its rate of its
base and all of them still make the invoice's totals.
"""

from dataclasses import dataclass

from marketplace.kernel.money import BASIS_POINTS, round_half_up, split
from settlement.billing.electronic.facts import ElectronicInvoice, Unbalanced

FINER = 10_000
"""Millionths in a hundredth."""


@dataclass(frozen=True, slots=True)
class Share:
    """What a line is worth before VAT, and its VAT, in millionths of a unit."""

    base: int
    vat: int


def shares_of(invoice: ElectronicInvoice) -> list[Share]:
    """The shares of the lines, in their order.

    :raises Unbalanced: if no amounts make both totals at this rate.
    """
    whole = _whole(invoice)
    vat = round_half_up(whole * invoice.vat_bp, BASIS_POINTS)
    if round_half_up(whole, FINER) != invoice.net or round_half_up(vat, FINER) != invoice.vat:
        raise Unbalanced(f"{invoice.reference}: {invoice.vat} is not the VAT of {invoice.net}")
    keys = [f"{place:06d}" for place in range(len(invoice.lines))]
    nets = [(key, line.net) for key, line in zip(keys, invoice.lines, strict=True)]
    more = split(whole - invoice.net * FINER, nets)
    bases = {key: net * FINER + more[key] for key, net in nets}
    vats = split(vat, bases.items())
    return [Share(bases[key], vats[key]) for key in keys]


def _whole(invoice: ElectronicInvoice) -> int:
    """The sum of all bases: the net, or the nearest to it whose VAT rounds to the VAT. They are a cent
    apart where the VAT was taken out of a gross amount.
    """
    net, rate = invoice.net * FINER, invoice.vat_bp
    if not rate:
        return net
    least, most = (2 * invoice.vat - 1) * FINER // 2, (2 * invoice.vat + 1) * FINER // 2 - 1
    lowest, highest = -(-least * BASIS_POINTS // rate), most * BASIS_POINTS // rate
    return min(max(net, lowest), highest)


def fine_text(millionths: int) -> str:
    """Millionths as a decimal: 1500000 is ``1.500000``."""
    sign = "-" if millionths < 0 else ""
    return f"{sign}{abs(millionths) // 1_000_000}.{abs(millionths) % 1_000_000:06d}"
