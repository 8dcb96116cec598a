"""Orders in UNAS's shape: total, voucher and what is left to pay in fields of their own."""

import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from lxml import etree

from marketplace.kernel.money import BASIS_POINTS, decimal_text, rate_text, round_half_up
from marketplace.orders.rules.facts import CustomerFacts, LineFacts
from marketplace.orders.writing.sent import SentOrder

ZONE = ZoneInfo("Europe/Budapest")
STATUS_TYPES: Mapping[str, str] = {
    "delivered": "close_ok",
    "returned": "close_fault",
    "cancelled": "close_fault",
    "lost": "close_fault",
}
"""An order under way is ``open_normal``, whatever its step; the step stands in Status."""
ITEM_IDS: Mapping[str, str] = {
    "shipping": "shipping-cost",
    "cod_fee": "shipping-cost",
    "discount": "discount-amount",
}


def unas_orders(orders: Iterable[SentOrder]) -> bytes:
    """One document of all orders."""
    return b"".join(unas_parts(orders))


def unas_parts(orders: Iterable[SentOrder]) -> Iterator[bytes]:
    """The same document piece by piece, an order at a time."""
    yield b'<?xml version="1.0" encoding="UTF-8"?>\n<Orders>\n'
    for order in orders:
        yield etree.tostring(_order(order), encoding="UTF-8") + b"\n"
    yield b"</Orders>\n"


def _order(order: SentOrder) -> etree._Element:
    node = etree.Element("Order")
    changed = max([order.placed_at, *order.status_times.values()])
    _put(node, "Key", order.number)
    _put(node, "Date", _time(order.placed_at))
    _put(node, "DateMod", _time(order.status_times.get(order.status, changed)))
    _customer(_put(node, "Customer"), order.customer)
    _put(node, "Currency", order.currency)
    _put(node, "Status", order.status)
    _put(node, "StatusType", STATUS_TYPES.get(order.status, "open_normal"))
    _payment(_put(node, "Payment"), order)
    if order.comment:
        comment = _put(_put(node, "Comments"), "Comment")
        _put(comment, "Type", "admin")
        _put(comment, "Text", order.comment)
    _put(node, "SumPriceGross", decimal_text(order.total))
    items = _put(node, "Items")
    for place, line in enumerate(order.lines, start=1):
        _item(_put(items, "Item"), place, line)
    return node


def _payment(node: etree._Element, order: SentOrder) -> None:
    _put(node, "Name", order.payment_text)
    _put(node, "Type", order.payment_method)
    _put(node, "Status", "paid" if order.rest_is_paid else "unpaid")
    _put(node, "Paid", decimal_text(order.voucher))
    _put(node, "Pending", decimal_text(order.to_pay))


def _customer(node: etree._Element, customer: CustomerFacts) -> None:
    """Whom it is for; what is unknown or masked is left out, since an empty node would delete it."""
    _told(node, "Email", customer.email)
    contact = _put(node, "Contact")
    _told(contact, "Name", customer.name)
    _told(contact, "Phone", customer.phone)
    addresses = _put(node, "Addresses")
    for kind in ("Invoice", "Shipping"):
        address = _put(addresses, kind)
        company = customer.company if kind == "Invoice" else ""
        _told(address, "Name", company or customer.name)
        _told(address, "ZIP", customer.zip)
        _told(address, "City", customer.city)
        _told(address, "Street", customer.street)
        _told(address, "CountryCode", customer.country.lower())
        if company:
            _put(address, "CustomerType", "company")
            _told(address, "TaxNumber", customer.tax_id)


def _item(node: etree._Element, place: int, line: LineFacts) -> None:
    """A line; a synthetic one has UNAS's own Id, and a discount a price below zero."""
    price = -line.unit_price if line.kind == "discount" else line.unit_price
    _put(node, "Id", ITEM_IDS.get(line.kind, str(place)))
    _told(node, "Sku", line.sku)
    _put(node, "Name", line.name)
    _put(node, "Quantity", str(line.quantity))
    if line.vat_bp is not None:
        _put(node, "PriceNet", _net(price, line.vat_bp))
    _put(node, "PriceGross", decimal_text(price))
    if line.vat_bp is not None:
        _put(node, "Vat", f"{rate_text(line.vat_bp)}%")


def _net(gross: int, vat_bp: int) -> str:
    """The net price with four decimals, as UNAS writes it."""
    parts = round_half_up(gross * 100 * BASIS_POINTS, BASIS_POINTS + vat_bp)
    sign, parts = ("-", -parts) if parts < 0 else ("", parts)
    return f"{sign}{parts // 10_000}.{parts % 10_000:04d}"


def _time(at: datetime) -> str:
    return at.astimezone(ZONE).strftime("%Y.%m.%d %H:%M:%S")


def _put(parent: etree._Element, name: str, text: str = "") -> etree._Element:
    """A new child; signs that XML cannot hold are left out of its text."""
    child = etree.SubElement(parent, name)
    if text:
        child.text = "".join(sign for sign in text if _writable(sign))
    return child


def _told(parent: etree._Element, name: str, text: str) -> None:
    if text:
        _put(parent, name, text)


def _writable(sign: str) -> bool:
    return unicodedata.category(sign) not in ("Cc", "Cs", "Cn")
