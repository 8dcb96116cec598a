"""How a refund is shared over what an order was paid with. Pure: no Django, no clock.

Amounts are minor units. A share is never more than its tender can still give back, and the shares add
to the refund, so that three thirds of an order give a voucher back exactly what it paid.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from marketplace.kernel.money import split

PRO_RATA, VOUCHER_FIRST, VOUCHER_LAST = "pro_rata", "voucher_first", "voucher_last"


@dataclass(frozen=True, slots=True)
class Source:
    """What one tender can still give back."""

    position: int
    method: str
    refundable: int


def share_refund(amount: int, sources: Sequence[Source], *, order: str, unit: int) -> dict[int, int]:
    """Share a refund over tenders, by position; parts of nothing are left out.

    By default in proportion to what each can still give back, in whole practical units as far as the
    amounts allow it; or the vouchers first, or last. What no tender can give back is shared by none.
    """
    shares: dict[int, int] = {}
    left = min(amount, sum(each.refundable for each in sources))
    for group in _groups(sources, order):
        part = min(left, sum(each.refundable for each in group))
        shares.update(_pro_rata(part, group, unit))
        left -= part
    return {position: part for position, part in sorted(shares.items()) if part}


def _groups(sources: Sequence[Source], order: str) -> list[list[Source]]:
    vouchers = [each for each in sources if each.method == "voucher"]
    others = [each for each in sources if each.method != "voucher"]
    if order == VOUCHER_FIRST:
        return [vouchers, others]
    if order == VOUCHER_LAST:
        return [others, vouchers]
    return [list(sources)]


def _pro_rata(amount: int, sources: Sequence[Source], unit: int) -> dict[int, int]:
    """Whole units by largest remainder; what is less than a unit, and what a cap cuts off, goes where there
    is room, lowest position first.
    """
    weights = [(f"{each.position:06}", each.refundable) for each in sources if each.refundable]
    if not weights:
        return {}
    units = split(amount // unit, weights)
    shares = {each.position: 0 for each in sources}
    for each in sources:
        shares[each.position] = min(units.get(f"{each.position:06}", 0) * unit, each.refundable)
    left = amount - sum(shares.values())
    for each in sorted(sources, key=lambda source: source.position):
        more = min(left, each.refundable - shares[each.position])
        shares[each.position] += more
        left -= more
    return shares
