"""Products and services: prices by list, stock by warehouse, variants that share a reference."""

from typing import Any

from tools.alegra.accounts import Call
from tools.alegra.item_shape import BARCODE, show_item
from tools.alegra.lists import Listing, answer_list, holds, same
from tools.alegra.reference import not_found, pick
from tools.alegra.wire import Answer, Json, decimal_of, detailed, id_of, wrapped


def list_items(call: Call) -> Answer:
    """Answer the items; no parameter searches barcodes.

    :raises Refusal: if the paging is wrong.
    """
    return answer_list(call, LISTING)


def read_item(call: Call, key: str) -> Answer:
    """Answer an item.

    :raises Refusal: if there is none.
    """
    return Answer(200, show_item(call, _item(call, key)))


def create_item(call: Call) -> Answer:
    """Add an item.

    :raises Refusal: if its name or price is missing, or it names what is not there.
    """
    body = call.request.json()
    blank: Json = {
        "status": "active",
        "type": "product",
        "tax": [],
        "barcode": "",
        "stock": None,
        "description": "",
    }
    item = call.insert("items", {**blank, "reference": "", **_facts(call, body, new=True)})
    return Answer(201, show_item(call, item))


def edit_item(call: Call, key: str) -> Answer:
    """Change what the body names of an item.

    :raises Refusal: if there is no such item, or a field is wrong.
    """
    item = _item(call, key)
    facts = _facts(call, call.request.json(), new=False)
    item = {**item, **facts, "price": {**item["price"], **facts.get("price", {})}}
    call.update("items", item)
    return Answer(200, show_item(call, item))


def delete_item(call: Call, key: str) -> Answer:
    """Delete an item. Success wears the word error: only the status tells.

    :raises Refusal: if there is none.
    """
    call.store.delete(call.account.id, "items", _item(call, key)["id"])
    return Answer(200, {"error": "El producto fue eliminado correctamente.", "code": 200})


def _item(call: Call, key: str) -> Json:
    item = call.find("items", key)
    if item is None:
        raise not_found(key)
    return item


def _facts(call: Call, body: Json, *, new: bool) -> Json:
    if (new or "name" in body) and not (isinstance(body.get("name"), str) and body["name"].strip()):
        raise detailed("El nombre del producto es obligatorio.", "name")
    if new and body.get("price") in (None, "", []):
        raise wrapped(400, "El precio del producto es obligatorio.")
    kept = ("name", "reference", "description", "status", "type")
    facts: Json = {name: body[name] for name in kept if isinstance(body.get(name), str)}
    if "price" in body:
        facts["price"] = _prices(call, body["price"])
    if "tax" in body:
        facts["tax"] = _taxes(call, body["tax"])
    if "customFields" in body:
        facts["barcode"] = _barcode(body["customFields"])
    if "inventory" in body:
        facts["stock"] = _stock(call, body["inventory"])
    return facts


def _prices(call: Call, given: Any) -> dict[str, str]:
    lists = [row["id"] for row in call.all("price-lists")] or ["1"]
    rows = given if isinstance(given, list) else [{"idPriceList": lists[0], "price": given}]
    prices = {}
    for row in rows:
        key, price = str(row.get("idPriceList") or lists[0]), decimal_of(row.get("price"))
        if price is None or price < 0 or key not in lists:
            raise detailed("El precio del producto no es válido.", "price")
        prices[key] = str(price)
    return prices


def _taxes(call: Call, given: Any) -> list[str]:
    rows = [row for row in (given if isinstance(given, list) else [given]) if id_of(row)]
    for row in rows:
        pick(call, "taxes", row, wrapped(400, f"El impuesto {id_of(row)} no existe."))
    return [id_of(row) for row in rows]


def _barcode(given: Any) -> str:
    rows = [row for row in given if row.get("key") == "barcode" or str(row.get("id")) == BARCODE["id"]]
    return str(rows[0].get("value") or "") if rows else ""


def _stock(call: Call, inventory: Json) -> dict[str, str]:
    places = [row["id"] for row in call.all("warehouses")] or ["1"]
    rows = inventory.get("warehouses") or [
        {"id": places[0], "initialQuantity": inventory.get("initialQuantity", 0)}
    ]
    return {id_of(row.get("id")): str(decimal_of(row.get("initialQuantity")) or 0) for row in rows}


LISTING = Listing(
    "items",
    show_item,
    order_fields=("id", "name", "reference"),
    filters={
        "query": holds("name", "reference"),
        "name": holds("name"),
        "reference": same("reference"),
        "status": same("status"),
        "type": same("type"),
    },
)
