"""What a body says of an invoice, looked at field by field."""

from datetime import date
from functools import partial
from typing import Any

from tools.alegra.accounts import Call
from tools.alegra.contacts import unknown_contact
from tools.alegra.lines import header_of, lines_of
from tools.alegra.reference import pick
from tools.alegra.wire import Json, coded, decimal_of, detailed, id_of, named, wrapped

LONGEST = {"observations": 500, "anotation": 500, "termsConditions": 500}
POINTERS = {
    "warehouse": ("warehouses", partial(coded, 404, "La bodega no existe.", 404)),
    "priceList": ("price-lists", partial(named, 400, "La lista de precios no existe.", 3031)),
    "seller": ("sellers", partial(wrapped, 400, "El vendedor no existe.")),
    "numberTemplate": (
        "number-templates",
        partial(coded, 400, "La numeración no existe o está inactiva.", 3040),
    ),
}
"""Fields that point at what the company has set up: where that is kept, and the refusal if it is not."""


def facts_of(call: Call, body: Json) -> Json:
    """Return what an invoice's body says, as it is kept; amounts worked out.

    :raises Refusal: if a field is missing or wrong.
    """
    facts: Json = {"date": _day(body, "date"), "dueDate": _day(body, "dueDate")}
    if facts["dueDate"] < facts["date"]:
        raise detailed("La fecha de vencimiento no puede ser anterior a la fecha.", "dueDate")
    facts["client"] = _client(call, body.get("client"))
    for name, longest in LONGEST.items():
        facts[name] = _text(body, name, longest)
    for name, (kind, refusal) in POINTERS.items():
        row = pick(call, kind, body.get(name), refusal())
        facts[name] = row["id"] if row else None
    facts["currency"] = _currency(call, body.get("currency"))
    facts |= _listed(call, body)
    facts["items"] = lines_of(call, body.get("items"))
    return facts | header_of(facts["items"])


def _day(body: Json, name: str) -> str:
    text = body.get(name)
    if not text:
        raise detailed(f"El campo {name} es obligatorio.", name, code=3001)
    try:
        return date.fromisoformat(str(text)).isoformat()
    except ValueError:
        raise detailed(f"El campo {name} debe tener el formato AAAA-MM-DD.", name, code=3003) from None


def _client(call: Call, given: Any) -> str:
    key = id_of(given)
    if not key:
        raise detailed("El campo client es obligatorio.", "client", code=3001)
    client = call.find("contacts", key)
    if client is None:
        raise unknown_contact(key)
    return key


def _text(body: Json, name: str, longest: int) -> str:
    text = str(body.get(name) or "")
    if len(text) > longest:
        raise detailed(f"El campo {name} no puede superar los {longest} caracteres.", name, code=3005)
    return text


def _currency(call: Call, given: Any) -> Json:
    code = str((given or {}).get("code") or call.account.country.currency)
    rate = decimal_of((given or {}).get("exchangeRate") or 1)
    known = {row["code"] for row in call.all("currencies")}
    if code not in known or rate is None or rate <= 0:
        raise wrapped(400, f"La moneda {code} no está configurada en la compañía.")
    return {"code": code, "exchangeRate": str(rate)}


def _listed(call: Call, body: Json) -> Json:
    listed = {}
    for name, values in call.account.country.invoice_fields.items():
        value = body.get(name)
        if value and str(value) not in values:
            raise detailed(f"El valor {value} no es válido para {name}.", name, code=3006)
        listed[name] = value or None
    return listed
