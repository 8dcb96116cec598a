"""Orders as a shop would tell them."""

from itertools import count
from typing import Any

_numbers = count(10085339302)


def goods(price: str = "1210.00", *, quantity: int = 1, vat: str = "21", **more: Any) -> dict[str, Any]:
    """A goods line; its commission is the contract's unless told."""
    line = {
        "kind": "goods",
        "sku": "TV-55",
        "name": "TV 55",
        "quantity": quantity,
        "unit_price": price,
        "vat": vat,
    }
    return line | more


def shipping(price: str = "121.00", vat: str = "21") -> dict[str, Any]:
    return {"kind": "shipping", "name": "Delivery", "quantity": 1, "unit_price": price, "vat": vat}


def cod_fee(price: str = "36.30", vat: str = "21") -> dict[str, Any]:
    return {"kind": "cod_fee", "name": "COD fee", "quantity": 1, "unit_price": price, "vat": vat}


def discount(price: str, **more: Any) -> dict[str, Any]:
    return {"kind": "discount", "name": "Autumn sale", "quantity": 1, "unit_price": price} | more


def tender(method: str, amount: str, **more: Any) -> dict[str, Any]:
    return {"method": method, "amount": amount} | more


def tell_order(
    *,
    number: str | None = None,
    lines: list[dict[str, Any]] | None = None,
    tenders: list[dict[str, Any]] | None = None,
    status: str = "delivered",
    delivered: str = "2026-10-05T11:30:00+02:00",
    placed: str = "2026-10-02T09:12:00+02:00",
    **more: Any,
) -> dict[str, Any]:
    """An order of seller 3003: one TV for 1,210.00 by card, delivered on 5 October, unless told otherwise."""
    times = {"shipped": "2026-10-03T15:00:00+02:00", "delivered": delivered}
    told = {
        "number": number or str(next(_numbers)),
        "basket": "100853393",
        "seller": "3003",
        "status": status,
        "placed_at": placed,
        "status_times": {key: at for key, at in times.items() if status in ("delivered", key)},
        "currency": "CZK",
        "test": False,
        "fulfilment": "seller",
        "channel": "web",
        "customer": {
            "name": "Eva Nováková",
            "email": "eva@example.com",
            "phone": "+420601000000",
            "company": "",
            "id_type": "",
            "id_number": "",
            "tax_id": "",
            "street": "Dlouhá 1",
            "city": "Praha",
            "zip": "11000",
            "country": "CZ",
        },
        "lines": lines or [goods()],
        "tenders": tenders if tenders is not None else [tender("card", "1210.00")],
    }
    return told | more
