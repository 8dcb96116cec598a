"""MALL partner-API orders: snake_case on the wire, camelCase from its clients; both are read.

Its instants carry no offset and are Prague's. ``cod`` is the cash to collect (0: paid ahead), and must
then equal goods + delivery + COD fee − discount. An order names no seller, so its caller does.
"""

import json
import re
import unicodedata
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from marketplace.kernel.money import BadAmount, parse_minor, parse_rate
from marketplace.orders.parsing.saldo import STATUSES
from marketplace.orders.rules.facts import CustomerFacts, LineFacts, OrderFacts, Refused, TenderFacts

ZONE = ZoneInfo("Europe/Prague")
COURIER_FLAGS = ("mdp", "mdp_classic", "mdp_spectrum")
CUSTOMER_KEYS = ("name", "email", "phone", "company", "street", "city", "zip", "country")


def read_order(text: str | bytes, *, seller: str, standard_vat_bp: int) -> OrderFacts:
    """Read one order; delivery and the COD fee bear the market's standard VAT.

    :raises Refused: naming what is missing or does not add up.
    """
    try:
        order = json.loads(text, parse_float=Decimal)
    except (json.JSONDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Refused(f"not JSON: {error}") from None
    if not isinstance(order, dict):
        raise Refused("an order is a JSON object")
    try:
        return _facts(_snake(_writable(order)), seller, standard_vat_bp)
    except BadAmount as error:
        raise Refused(str(error)) from None


def _writable(value: Any) -> Any:
    """The same without signs that no database or file takes: controls and halves of characters."""
    if isinstance(value, str):
        return "".join(sign for sign in value if unicodedata.category(sign) not in ("Cc", "Cs"))
    if isinstance(value, dict):
        return {_writable(key): _writable(each) for key, each in value.items()}
    return [_writable(each) for each in value] if isinstance(value, list) else value


def _facts(order: Mapping[str, Any], seller: str, vat_bp: int) -> OrderFacts:
    status = order.get("status")
    if status not in STATUSES:
        raise Refused(f"status: {status!r} is none we know")
    times = {status: _instant(order[status], status) for status in STATUSES if order.get(status)}
    if order.get("delivered_at"):
        times.setdefault("delivered", _instant(order["delivered_at"], "delivered_at"))
    lines = _lines(order, vat_bp)
    total = sum(line.gross for line in lines)
    by_courier = any(order.get(flag) for flag in COURIER_FLAGS)
    return OrderFacts(
        number=_text(order, "id", 32),
        basket=_text(order, "purchase_id", 32),
        seller=seller,
        status=status,
        placed_at=min(times.values(), default=None) or _missing("the time of any status"),
        status_times=times,
        currency=_text(order, "currency", 3),
        test=bool(order.get("test")),
        fulfilment="marketplace_courier" if by_courier else "seller",
        channel="mall",
        customer=_customer(order),
        lines=lines,
        tenders=_tenders(order, total),
    )


def _lines(order: Mapping[str, Any], vat_bp: int) -> tuple[LineFacts, ...]:
    items = order.get("items")
    if not isinstance(items, list) or not items:
        raise Refused("items: missing; this is an entry of a list, not an order")
    lines = [_goods(place, item) for place, item in enumerate(items, start=1)]
    for key, kind, name in (("delivery_price", "shipping", "Delivery"), ("cod_price", "cod_fee", "COD fee")):
        if amount := _amount(order, key):
            lines.append(LineFacts(kind, name, 1, amount, vat_bp, None))
    if discount := _amount(order, "discount"):
        lines.append(LineFacts("discount", "Discount", 1, discount, None, None))
    return tuple(lines)


def _goods(place: int, item: Any) -> LineFacts:
    if not isinstance(item, dict):
        raise Refused(f"items.{place}: is no object")
    item = _snake(item)
    quantity = item.get("quantity")
    if not isinstance(quantity, int) or isinstance(quantity, bool) or not 1 <= quantity <= 1_000_000:
        raise Refused(f"items.{place}.quantity: {quantity!r} is no count")
    if item.get("vat") is None:
        raise Refused(f"items.{place}.vat: missing")
    sku = _text(item, "id", 64)
    return LineFacts(
        kind="goods",
        sku=sku,
        name=str(item.get("title") or sku)[:250],
        quantity=quantity,
        unit_price=_amount(item, "price"),
        vat_bp=parse_rate(str(item["vat"])),
        commission_bp=None if item.get("commission") is None else parse_rate(str(item["commission"])),
    )


def _tenders(order: Mapping[str, Any], total: int) -> tuple[TenderFacts, ...]:
    cash = _amount(order, "cod")
    if cash and cash != total:
        raise Refused(
            f"cod: {order['cod']} is not the sum of the items, delivery and COD fee less the discount"
        )
    if not total:
        return ()
    return (TenderFacts("cod" if cash else "card", total),)


def _customer(order: Mapping[str, Any]) -> CustomerFacts:
    given = order.get("address") or order.get("customer") or {}
    if isinstance(given, str):
        return CustomerFacts(name=given[:150])
    limits = {"zip": 15, "country": 2, "phone": 40, "city": 100}
    given = _snake(given) if isinstance(given, dict) else {}
    return CustomerFacts(
        **{key: str(given.get(key) or "").strip()[: limits.get(key, 150)] for key in CUSTOMER_KEYS}
    )


def _amount(row: Mapping[str, Any], key: str) -> int:
    value = row.get(key)
    if value is None:
        return 0
    if isinstance(value, bool) or not isinstance(value, (int, Decimal, str)):
        raise Refused(f"{key}: {value!r} is no amount")
    minor = parse_minor(str(value))
    if minor < 0:
        raise Refused(f"{key}: {value} is negative")
    return minor


def _text(row: Mapping[str, Any], key: str, longest: int) -> str:
    value = row.get(key)
    if value in (None, "") or isinstance(value, (dict, list, bool)) or len(str(value)) > longest:
        raise Refused(f"{key}: missing or too long")
    return str(value)


def _instant(value: Any, key: str) -> datetime:
    try:
        return datetime.strptime(str(value), "%Y-%m-%d %H:%M:%S").replace(tzinfo=ZONE)
    except ValueError:
        raise Refused(f"{key}: {value!r} is no time such as 2026-10-05 11:30:00") from None


def _missing(what: str) -> Any:
    raise Refused(f"{what} is missing")


def _snake(row: Mapping[str, Any]) -> dict[str, Any]:
    """camelCase keys as snake_case; a key given both ways counts once."""
    return {re.sub(r"(?<=[a-z0-9])([A-Z])", r"_\1", str(key)).lower(): value for key, value in row.items()}
