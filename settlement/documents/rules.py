"""Adding orders up to a document: VAT per rate on the sum, split back to the orders. Pure: no Django, no
clock.
"""

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from marketplace.kernel.money import BASIS_POINTS, share, split


@dataclass(frozen=True, slots=True)
class RateAmount:
    """An order's, or a document's, amounts at one VAT rate in minor units."""

    vat_bp: int
    net: int
    customer_gross: int


@dataclass(frozen=True, slots=True)
class OrderAmounts:
    """An order's number and its amounts per rate."""

    number: str
    rates: tuple[RateAmount, ...]


def add_rates(orders: Iterable[OrderAmounts]) -> list[RateAmount]:
    """The document's sums per rate, lowest rate first."""
    sums: dict[int, list[int]] = {}
    for order in orders:
        for rate in order.rates:
            total = sums.setdefault(rate.vat_bp, [0, 0])
            total[0] += rate.net
            total[1] += rate.customer_gross
    return [RateAmount(vat_bp, net, gross) for vat_bp, (net, gross) in sorted(sums.items())]


def vat_of(rate: RateAmount) -> int:
    """VAT on the sum of a rate's nets, rounded once: three lines of 10.13 at 21 % bear 6.38, not 6.39."""
    return share(rate.net, rate.vat_bp)


def vat_per_order(orders: Sequence[OrderAmounts]) -> dict[str, int]:
    """Each order's part of the document's VAT, per rate by largest remainder, ties by order number."""
    shares = {order.number: 0 for order in orders}
    for rate in add_rates(orders):
        nets = [
            (order.number, part.net) for order in orders for part in order.rates if part.vat_bp == rate.vat_bp
        ]
        parts = split(vat_of(rate), nets) if all(net >= 0 for _, net in nets) else _by_own_vat(rate, nets)
        for number, part_of_vat in parts.items():
            shares[number] += part_of_vat
    return shares


def _by_own_vat(rate: RateAmount, nets: Sequence[tuple[str, int]]) -> dict[str, int]:
    """Split VAT where some orders are negative at its rate: by each order's own VAT, since a part of the sum
    would be no part of its own amount; the minor units left over go to the largest remainders.
    """
    parts, remainders = {}, []
    for number, net in nets:
        parts[number], remainder = divmod(net * rate.vat_bp, BASIS_POINTS)
        remainders.append((-remainder, number))
    for _, number in sorted(remainders)[: vat_of(rate) - sum(parts.values())]:
        parts[number] += 1
    return parts


def fingerprint(facts: Iterable[Any]) -> str:
    """A hash over a document's facts, in their order, each as canonical JSON."""
    digest = hashlib.sha256()
    for fact in facts:
        digest.update(json.dumps(fact, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode())
        digest.update(b"\n")
    return digest.hexdigest()
