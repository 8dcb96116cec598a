"""An item as the service tells it."""

from decimal import Decimal
from typing import Any

from tools.alegra.accounts import Call
from tools.alegra.shapes import exact, turn
from tools.alegra.wire import Json

BARCODE = {"id": "1", "key": "barcode", "name": "Código de barras"}


def show_item(call: Call, item: Json) -> Json:
    """Return an item as the service tells it."""
    return {
        "id": item["id"],
        "category": {"id": "5150", "name": "Ventas"},
        "itemCategory": {"id": 20, "name": "General", "description": "", "status": "active"},
        "name": item["name"],
        "description": item["description"],
        "reference": item["reference"],
        "status": item["status"],
        "calculationScale": 6,
        "price": _shown_prices(call, item),
        "inventory": _shown_stock(call, item),
        "tax": [_shown_tax(call, key) for key in item["tax"]],
        "customFields": [{**BARCODE, "value": item["barcode"]}] if item["barcode"] else [],
        "productKey": None,
        "type": item["type"],
        "itemType": None,
        **({"itemVariants": item["variants"]} if "variants" in item else {}),
    }


def _shown_prices(call: Call, item: Json) -> list[Json]:
    lists = call.all("price-lists") or [{"id": "1", "name": "General", "type": "amount"}]
    main = Decimal(item["price"].get(lists[0]["id"], "0"))
    currency = {"code": call.account.country.currency, "symbol": "$"}
    shown = []
    for row in lists:
        price = item["price"].get(row["id"])
        if row["type"] == "percentage":
            price = str(main * (100 - Decimal(row["percentage"])) / 100)
        if price is not None:
            facts = {"idPriceList": row["id"], "name": row["name"], "type": row["type"], "currency": currency}
            shown.append(
                {**facts, "price": exact(price, item["id"]), "main": row is lists[0], "edited": False}
            )
    return shown


def _shown_stock(call: Call, item: Json) -> Json:
    if item["stock"] is None:
        return {"unit": "service" if item["type"] == "service" else "unit"}
    places = call.all("warehouses") if call.account.warehouses else []
    whole = sum(map(Decimal, item["stock"].values()), Decimal(0))
    shown: Json = {"unit": "unit", "unitCost": Decimal("1156.78"), "availableQuantity": whole}
    if places:
        rows = [(place, Decimal(item["stock"].get(place["id"], "0"))) for place in places]
        shown["warehouses"] = [
            {"id": place["id"], "name": place["name"], "availableQuantity": _quantity(left, item["id"])}
            for place, left in rows
        ]
    return shown


def _quantity(left: Decimal, key: str) -> Any:
    return str(left) if turn(key, 5) == 0 else left


def _shown_tax(call: Call, key: str) -> Json:
    tax = call.find("taxes", key)
    assert tax is not None
    return {"id": key, "name": tax["name"], "percentage": tax["percentage"], "type": tax["type"]}
