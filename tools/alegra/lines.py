"""An invoice's lines: what they need, and what they come to. Lines stay unrounded; the header is rounded."""

from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from tools.alegra.accounts import Call
from tools.alegra.reference import pick
from tools.alegra.shapes import CENT
from tools.alegra.wire import Json, coded, decimal_of, detailed, id_of, named, wrapped

SCALE = Decimal("0.000001")
"""Prices are kept to six places, as an item's `calculationScale` says."""
HUNDRED = Decimal(100)
MOST_TEXT = 500


def lines_of(call: Call, given: Any) -> list[Json]:
    """Return an invoice's lines, worked out; amounts as texts.

    :raises Refusal: if there is none, or one of them is wrong.
    """
    if not isinstance(given, list) or not given:
        raise detailed("La factura debe tener al menos un producto.", "items", code=3002)
    return [_line(call, row if isinstance(row, dict) else {}, place) for place, row in enumerate(given)]


def _line(call: Call, row: Json, place: int) -> Json:
    item = _item(call, row)
    price = _amount(row, "price", place)
    quantity = _amount(row, "quantity", place)
    discount = decimal_of(row.get("discount") or 0)
    if quantity == 0:
        raise detailed("La cantidad debe ser mayor que cero.", f"items[{place}].quantity")
    if discount is None or not 0 <= discount <= HUNDRED:
        raise detailed("El descuento debe estar entre 0 y 100.", f"items[{place}].discount")
    if len(str(row.get("description") or "")) > MOST_TEXT:
        raise detailed(f"La descripción supera los {MOST_TEXT} caracteres.", f"items[{place}].description")
    texts = {name: str(row.get(name) or item[name]) for name in ("description", "reference")}
    worked = _worked_out(
        price.quantize(SCALE, ROUND_HALF_UP), quantity, discount, _taxes(call, row.get("tax"))
    )
    return {"id": item["id"], "name": item["name"], **texts, **worked}


def _item(call: Call, row: Json) -> Json:
    key = id_of(row.get("id"))
    if not key:
        raise detailed("Cada línea debe indicar un producto.", "items")
    item = call.find("items", key)
    if item is None:
        raise named(404, f"El producto con id {key} no existe.", 3010)
    if item["status"] != "active":
        raise named(400, f"El producto con id {key} está inactivo.", 3011)
    if item["type"] == "variantParent":
        raise named(400, f"El producto con id {key} tiene variantes; factura una de ellas.", 3012)
    return item


def _amount(row: Json, name: str, place: int) -> Decimal:
    number = decimal_of(row.get(name))
    if number is None or number < 0:
        raise detailed(f"El campo {name} es obligatorio y debe ser un número.", f"items[{place}].{name}")
    return number


def _taxes(call: Call, given: Any) -> list[Json]:
    taxes = []
    for row in given if isinstance(given, list) else [given]:
        tax = pick(call, "taxes", row, wrapped(400, f"El impuesto con id {id_of(row)} no existe."))
        if tax is not None:
            taxes.append({name: tax[name] for name in ("id", "name", "percentage", "type")})
    return taxes


def _worked_out(price: Decimal, quantity: Decimal, discount: Decimal, taxes: list[Json]) -> Json:
    whole = price * quantity
    off = whole * discount / HUNDRED
    net = whole - off
    taxed = [{**tax, "amount": str(net * Decimal(tax["percentage"]) / HUNDRED)} for tax in taxes]
    total = net + sum((Decimal(tax["amount"]) for tax in taxed), Decimal(0))
    amounts = {"price": price, "quantity": quantity, "discount": discount, "subtotal": whole}
    amounts |= {"discountAmount": off, "total": total}
    return {name: str(value) for name, value in amounts.items()} | {"tax": taxed}


def header_of(lines: Iterable[Json]) -> dict[str, str]:
    """Return the header's amounts: the sums of unrounded lines, each rounded to cents once."""
    rows = list(lines)
    sums = {
        "subtotal": [row["subtotal"] for row in rows],
        "discount": [row["discountAmount"] for row in rows],
        "tax": [tax["amount"] for row in rows for tax in row["tax"]],
        "total": [row["total"] for row in rows],
    }
    return {name: str(_rounded(map(Decimal, amounts))) for name, amounts in sums.items()}


def _rounded(amounts: Iterable[Decimal]) -> Decimal:
    return sum(amounts, Decimal(0)).quantize(CENT, ROUND_HALF_UP)


def move_stock(call: Call, invoice: Json, *, sign: int) -> None:
    """Take what an invoice sells from its warehouse (-1), or put it back (1).

    :raises Refusal: if the company sells only what it has, and has too little.
    """
    for line in invoice["items"]:
        item = call.find("items", line["id"])
        if item is None or item["stock"] is None:
            continue
        place = invoice["warehouse"] or min(item["stock"], key=int)
        left = Decimal(item["stock"].get(place, "0")) + sign * Decimal(line["quantity"])
        if left < 0 and sign < 0 and call.account.strict_stock:
            raise coded(400, f"No hay inventario suficiente del producto {item['name']}.", 3020)
        item["stock"][place] = str(left)
        call.update("items", item)
