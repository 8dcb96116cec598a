"""The items of a UNAS order as lines that add up to its SumPriceGross.

Unit prices with up to eight decimals meet our whole minor units here: an item is worth its price times
its quantity, rounded once; where that is no multiple of the quantity, it becomes two lines of the same
goods a minor unit apart. Quantities that are no whole number become one line that names the quantity.
What then differs from the sum (cents) is a line of its own, which bears no commission.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction

from marketplace.kernel.money import BadAmount, decimal_text, parse_rate
from marketplace.orders.parsing.unas.tree import Element
from marketplace.orders.parsing.unas.values import minor_of, number_at, text_at
from marketplace.orders.rules.facts import LineFacts, Refused

SHIPPING, GIFT = "shipping-cost", "gift"
DISCOUNTS = ("discount-percent", "discount-amount")
MOST_ITEMS = 500
MOST_PIECES = 1_000_000
TOLERANCE = Fraction(2, 100)


def read_lines(order: Element, standard_vat_bp: int) -> tuple[LineFacts, ...]:
    """The lines of an order; what names no VAT but needs one bears the market's standard rate.

    :raises Refused: naming the item that is none, or the sum that does not come out.
    """
    items = order.findall("Items/Item")
    if not items:
        raise Refused("Items: missing; this is no whole order")
    if len(items) > MOST_ITEMS:
        raise Refused(f"Items: more than {MOST_ITEMS}; that is no order")
    lines: list[LineFacts] = []
    told = Fraction(0)
    for place, item in enumerate(items, start=1):
        called = f"Items.{place}"
        price, quantity = _numbers(item, called)
        told += price * quantity
        line = _line(item, called, price, standard_vat_bp)
        measure = f"{text_at(item, 'Quantity', 20)} {text_at(item, 'Unit', 20)}".strip()
        lines += _priced(line, abs(price), quantity, measure)
    return tuple(lines + list(_difference(lines, _total(order, told), standard_vat_bp)))


def _total(order: Element, told: Fraction) -> int:
    total = number_at(order, "SumPriceGross", "SumPriceGross")
    if total is None:
        raise Refused("SumPriceGross: missing")
    if total < 0:
        raise Refused(f"SumPriceGross: {text_at(order, 'SumPriceGross')} is negative")
    if abs(told - total) > TOLERANCE:
        raise Refused(
            f"SumPriceGross: {decimal_text(minor_of(total))}, "
            f"but the items add to {decimal_text(minor_of(told))}"
        )
    return minor_of(total)


def _numbers(item: Element, called: str) -> tuple[Fraction, Fraction]:
    price = number_at(item, "PriceGross", f"{called}.PriceGross")
    quantity = number_at(item, "Quantity", f"{called}.Quantity")
    if price is None or quantity is None:
        raise Refused(f"{called}: PriceGross or Quantity is missing")
    if not 0 < quantity <= MOST_PIECES:
        raise Refused(f"{called}.Quantity: {text_at(item, 'Quantity')} is no count")
    return price, quantity


def _line(item: Element, called: str, price: Fraction, standard_vat_bp: int) -> LineFacts:
    """An item without its price; synthetic ones may be negative, and then they are discounts."""
    key, sku = text_at(item, "Id", 64), text_at(item, "Sku", 64)
    name = text_at(item, "Name", 250) or sku or key
    vat_bp = _vat(item, called)
    if key in DISCOUNTS or (key in (SHIPPING, GIFT) and price < 0):
        kind = "discount" if price <= 0 else "shipping"  # a surcharge by way of payment bears no commission
    elif key == SHIPPING:
        kind = "shipping"
    elif key == GIFT:
        kind = "goods"
    else:
        return _goods(key, sku, name, called, price, vat_bp)
    if kind != "discount" and vat_bp is None:
        vat_bp = standard_vat_bp
    return LineFacts(kind, name, 1, 0, vat_bp, None, sku=sku or (GIFT if kind == "goods" else ""))


def _goods(key: str, sku: str, name: str, called: str, price: Fraction, vat_bp: int | None) -> LineFacts:
    if not sku and not re.fullmatch(r"[0-9]+", key):
        raise Refused(f"{called}.Id: {key!r} is neither a product nor an item we know")
    if price < 0:
        raise Refused(f"{called}.PriceGross: is negative")
    if vat_bp is None:
        raise Refused(f"{called}.Vat: missing")
    return LineFacts("goods", name, 1, 0, vat_bp, None, sku=sku)


def _vat(item: Element, called: str) -> int | None:
    text = text_at(item, "Vat", 20)
    if not text:
        return None
    try:
        if not re.fullmatch(r"[0-9]{1,3}([.,][0-9]{1,4})? ?%?", text):
            raise BadAmount
        return parse_rate(text.rstrip("% ").replace(",", "."))
    except BadAmount:
        raise Refused(f"{called}.Vat: {text!r} is no rate such as 27%") from None


def _priced(line: LineFacts, price: Fraction, quantity: Fraction, measure: str) -> Iterator[LineFacts]:
    worth = minor_of(price * quantity)
    if not worth and line.kind != "goods":
        return
    if quantity.denominator != 1:
        yield replace(line, name=f"{measure} × {line.name}"[:250], unit_price=worth)
        return
    each, dearer = divmod(worth, quantity.numerator)
    for pieces, unit_price in ((quantity.numerator - dearer, each), (dearer, each + 1)):
        if pieces:
            yield replace(line, quantity=pieces, unit_price=unit_price)


def _difference(lines: list[LineFacts], total: int, standard_vat_bp: int) -> Iterator[LineFacts]:
    """What the lines lack of the order's total, or have too much, within the tolerance and rounding."""
    missing = total - sum(line.gross for line in lines)
    vat_bp = next((line.vat_bp for line in lines if line.vat_bp is not None), standard_vat_bp)
    if missing:
        kind = "shipping" if missing > 0 else "discount"
        yield LineFacts(kind, "Rounding", 1, abs(missing), vat_bp, 0)
