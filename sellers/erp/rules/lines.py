"""An order's lines as an ERP's invoice has them, to the cent. Pure: no Django, no clock."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal

from marketplace.kernel.money import decimal_text, split
from sellers.erp.port import Line, Tax
from sellers.erp.rules.catalogue import Matches
from sellers.erp.rules.causes import CannotInvoice, Cause

PRICE, PERCENT = Decimal("0.000001"), Decimal("0.01")
"""How finely prices and discounts are written: so that thousands of pieces are right to the cent."""

GOODS, SHIPPING, COD_FEE, DISCOUNT = "goods", "shipping", "cod_fee", "discount"


@dataclass(frozen=True, slots=True)
class Sold:
    """A line of an order: unit price gross in minor units, positive also where it is a discount."""

    kind: str
    sku: str
    name: str
    quantity: int
    unit_price: int
    vat_bp: int | None

    @property
    def gross(self) -> int:
        return self.quantity * self.unit_price


@dataclass(frozen=True, slots=True)
class Mapped:
    """What an order's lines are in the ERP: items by SKU, and those for shipping and the COD fee."""

    items: Matches
    shipping_id: str
    cod_id: str
    taxes: Mapping[int, Tax]
    use_taxes: bool


def lines_of(sold: Sequence[Sold], mapped: Mapped, *, total: int) -> tuple[Line, ...]:
    """The invoice's lines, whose sum is the order's total to the cent.

    :raises CannotInvoice: if something has no counterpart, or the sum would differ.
    """
    billed = [each for each in sold if each.kind != DISCOUNT]
    lines = tuple(
        _line(each, discount, mapped) for each, discount in zip(billed, _discounts(sold, billed), strict=True)
    )
    reckoned = total_of(lines)
    if reckoned != total:
        raise CannotInvoice(Cause.TOTAL_DIFFERS, f"{decimal_text(reckoned)} ≠ {decimal_text(total)}")
    return lines


def total_of(lines: Sequence[Line]) -> int:
    """What lines come to in minor units: unrounded each, rounded once, as ERPs reckon."""
    return int((sum((line.total for line in lines), Decimal(0)) * 100).quantize(Decimal(1), ROUND_HALF_UP))


def _discounts(sold: Sequence[Sold], billed: Sequence[Sold]) -> list[int]:
    """Each line's part of the order's discounts: of those at one rate, or of all goods by their price."""
    parts = [0] * len(billed)
    for each in sold:
        if each.kind != DISCOUNT or not each.gross:
            continue
        taken = [place for place, line in enumerate(billed) if _takes(line, each)]
        weights = [(f"{place:05d}", billed[place].gross - parts[place]) for place in taken]
        if sum(weight for _place, weight in weights) < each.gross:
            raise CannotInvoice(Cause.TOTAL_DIFFERS, each.name)
        shares = split(each.gross, weights)
        for place in taken:
            parts[place] += shares[f"{place:05d}"]
    return parts


def _takes(line: Sold, discount: Sold) -> bool:
    return line.kind == GOODS and discount.vat_bp in (None, line.vat_bp)


def _line(each: Sold, discount: int, mapped: Mapped) -> Line:
    tax = _tax(each, mapped)
    rate_bp = tax.rate_bp if tax is not None else 0
    price = Decimal(each.unit_price) / 100 / (1 + Decimal(rate_bp) / 10_000)
    line = Line(
        item_id=_item(each, mapped),
        price=price.quantize(PRICE, ROUND_HALF_UP).normalize(),
        quantity=each.quantity,
        tax_id=tax.id if tax is not None else "",
        rate_bp=rate_bp,
        text=each.name,
    )
    if not discount:
        return line
    percent = (Decimal(discount) * 100 / Decimal(each.gross)).quantize(PERCENT, ROUND_DOWN)
    if percent == 100:
        return replace(line, discount=percent.normalize())
    # ERPs keep two places of a percentage; what these leave over is in the price.
    left = Decimal(each.gross - discount) / each.quantity / 100 / (1 + Decimal(rate_bp) / 10_000)
    exact = (left / (1 - percent / 100)).quantize(PRICE, ROUND_HALF_UP)
    return replace(line, price=exact.normalize(), discount=percent.normalize())


def _item(each: Sold, mapped: Mapped) -> str:
    if each.kind == SHIPPING:
        return _known(mapped.shipping_id, Cause.SHIPPING_ITEM, each.name)
    if each.kind == COD_FEE:
        return _known(mapped.cod_id, Cause.COD_ITEM, each.name)
    if not each.sku:
        raise CannotInvoice(Cause.NO_SKU, each.name)
    return mapped.items.item_of(each.sku)


def _known(item_id: str, cause: Cause, about: str) -> str:
    if not item_id:
        raise CannotInvoice(cause, about)
    return item_id


def _tax(each: Sold, mapped: Mapped) -> Tax | None:
    """The tax of a line's rate; none where prices are taken as final."""
    if not mapped.use_taxes:
        return None
    rate = each.vat_bp or 0
    if rate not in mapped.taxes:
        if not rate:
            return None
        raise CannotInvoice(Cause.TAX_MISSING, f"{rate / 100:g} %")
    return mapped.taxes[rate]
