"""UNAS's XML orders as a shop would send them, and what is read from them."""

import io
from typing import Any
from xml.sax.saxutils import escape

from marketplace.orders.parsing import unas
from marketplace.orders.rules.facts import OrderFacts, Refused

NOTE = "Pepita id: 3647119 – Attention! Order partially paid by voucher. Voucher value: 4690 HUF"


SHIPPING = {"Id": "shipping-cost", "Name": "Szállítás", "Quantity": 1, "PriceGross": 1270}


def item(price: Any = 12700, **facts: Any) -> dict[str, Any]:
    """A product of one piece, unless told otherwise."""
    told = {"Id": 1, "Sku": "pump_1", "Name": "Reef Pump", "Unit": "db", "Quantity": 1}
    return told | {"PriceGross": price, "Vat": "27%"} | facts


def tell(items: list[dict[str, Any]] | None = None, total: Any = 12700, **facts: Any) -> str:
    """An order of 12,700 HUF by transfer, not yet paid."""
    told: dict[str, Any] = {
        "Key": "UN-1001",
        "Date": "2026.10.02 14:05:00",
        "DateMod": "2026.10.05 09:00:00",
        "Status": "Feldolgozás alatt",
        "StatusType": "open_normal",
        "Customer": {"Email": "vevo@example.com", "Contact": {"Name": "Kovács Anna", "Phone": "+3610000000"}},
        "Currency": "HUF",
        "SumPriceGross": total,
        "Payment": {"Name": "Átutalás", "Type": "transfer"},
        "Items": {"Item": items or [item()]},
    }
    return xml({"Order": told | facts})


def xml(value: Any) -> str:
    """Nested values as elements; a list repeats its element, None leaves it out."""
    if not isinstance(value, dict):
        return escape(str(value))
    text = ""
    for name, each in value.items():
        for one in each if isinstance(each, list) else [each]:
            text += "" if one is None else f"<{name}>{xml(one)}</{name}>"
    return text


def comment(text: str, kind: str = "admin") -> dict[str, Any]:
    return {"Comment": {"Type": kind, "Text": text}}


def split(document: str | bytes) -> list[tuple[int, Any]]:
    content = document.encode() if isinstance(document, str) else document
    return list(unas.split_orders(io.BytesIO(content)))


def read(document: str) -> OrderFacts:
    ((_, order),) = split(f"<Orders>{document}</Orders>")
    if isinstance(order, Refused):
        raise order
    return unas.read_order(order, seller="4711", standard_vat_bp=2700)


def tenders_of(order: OrderFacts) -> list[tuple[str, int]]:
    return [(tender.method, tender.amount) for tender in order.tenders]
