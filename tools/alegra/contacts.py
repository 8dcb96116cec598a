"""Clients and providers. The same person may be added twice, unless the company says otherwise."""

import re
from typing import Any

from tools.alegra.accounts import Call
from tools.alegra.lists import Listing, answer_list, holds, same
from tools.alegra.shapes import one_or_list, turn
from tools.alegra.wire import Answer, Json, Refusal, coded, detailed, wrapped

EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
PERSONS = frozenset({"LEGAL_ENTITY", "PERSON_ENTITY"})
TYPES = frozenset({"client", "provider"})
TEXTS = ("email", "phonePrimary", "phoneSecondary", "mobile", "fax", "observations", "kindOfPerson", "regime")
LENGTHS = {"name": 255, "email": 100, "phonePrimary": 45, "mobile": 45}


def list_contacts(call: Call) -> Answer:
    """Answer the contacts.

    :raises Refusal: if the paging is wrong.
    """
    return answer_list(call, LISTING)


def read_contact(call: Call, key: str) -> Answer:
    """Answer a contact.

    :raises Refusal: if there is none.
    """
    return Answer(200, show_contact(call, _contact(call, key)))


def create_contact(call: Call) -> Answer:
    """Add a contact.

    :raises Refusal: if a field is missing or wrong.
    """
    body = call.request.json()
    if not body.get("name") and not body.get("nameObject"):
        raise detailed("El nombre del contacto es obligatorio.", "name")
    facts = _facts(call, body)
    _refuse_twin(call, facts["identification"])
    created = call.at.strftime("%Y-%m-%dT%H:%M:%S.000Z")
    contact = call.insert("contacts", {"status": "active", "created_at": created, **facts})
    return Answer(201, show_contact(call, contact))


def edit_contact(call: Call, key: str) -> Answer:
    """Change what the body names of a contact.

    :raises Refusal: if there is none, or a field is wrong.
    """
    old = _contact(call, key)
    contact = {**old, **_facts(call, {**_told(old), **call.request.json()})}
    call.update("contacts", contact)
    return Answer(200, show_contact(call, contact))


def delete_contact(call: Call, key: str) -> Answer:
    """Delete a contact no invoice names.

    :raises Refusal: if there is none, or an invoice names it.
    """
    contact = _contact(call, key)
    if call.store.count(call.account.id, "invoices", [same("client")(contact["id"])]):
        raise coded(400, "El contacto tiene documentos asociados y no puede ser eliminado.", 2010)
    call.store.delete(call.account.id, "contacts", contact["id"])
    return Answer(200, {"code": 200, "message": "El contacto fue eliminado correctamente."})


def unknown_contact(key: str) -> Refusal:
    """Refuse an id no contact has, by 400 as often as by 404."""
    if turn(key or "0", 2) == 0:
        return coded(400, "El cliente no existe.", 2004)
    return coded(404, "El cliente no existe.", 404)


def _contact(call: Call, key: str) -> Json:
    contact = call.find("contacts", key)
    if contact is None:
        raise unknown_contact(key)
    return contact


def _told(contact: Json) -> Json:
    told = {
        **contact,
        "identificationObject": {"type": contact["idType"], "number": contact["identification"]},
    }
    return told if any(told["identificationObject"].values()) else {**told, "identificationObject": None}


def _facts(call: Call, body: Json) -> Json:
    """Return a contact's fields as they are kept, each one looked at."""
    facts: Json = {name: str(body.get(name) or "") or None for name in TEXTS}
    facts |= _identity(call, body) | _name(call, body)
    facts["type"] = _types(body.get("type"))
    facts["address"] = _object(body, "address")
    for name, longest in LENGTHS.items():
        if len(facts[name] or "") > longest:
            raise detailed(f"El campo {name} supera los {longest} caracteres.", name)
    if facts["email"] and not EMAIL.fullmatch(facts["email"]):
        raise detailed("El correo electrónico no es válido.", "email", code=2003)
    if facts["regime"] and facts["regime"] not in call.account.country.regimes:
        raise coded(400, f"El régimen {facts['regime']} no es válido.", 2008)
    return facts


def _name(call: Call, body: Json) -> Json:
    person = body.get("kindOfPerson")
    if person and str(person) not in PERSONS:
        raise detailed("El tipo de persona no es válido.", "kindOfPerson")
    parts = _object(body, "nameObject")
    complete = parts.get("firstName") and parts.get("lastName")
    if person == "PERSON_ENTITY" and call.account.country.persons_need_names and not complete:
        raise wrapped(400, "Las personas naturales deben tener nombres y apellidos (nameObject).")
    order = ("firstName", "secondName", "lastName")
    name = str(body.get("name") or "") or " ".join(str(parts[part]) for part in order if parts.get(part))
    return {"name": name, "nameObject": parts or None}


def _identity(call: Call, body: Json) -> Json:
    given = _object(body, "identificationObject")
    kind, number = str(given.get("type") or ""), str(given.get("number") or body.get("identification") or "")
    if given and kind not in call.account.country.id_types:
        raise wrapped(400, f"El tipo de identificación {kind or '(vacío)'} no es válido.")
    pattern = call.account.country.numbers.get(kind)
    if pattern and not pattern.fullmatch(number):
        raise detailed(
            f"El número de identificación no es un {kind} válido.", "identificationObject", code=2005
        )
    return {"idType": kind, "identification": number, "dv": given.get("dv")}


def _object(body: Json, name: str) -> Json:
    value = body.get(name) or {}
    if not isinstance(value, dict):
        raise detailed(f"El campo {name} debe ser un objeto.", name)
    return value


def _types(given: Any) -> list[str]:
    types = [given] if isinstance(given, str) else list(given or ["client"])
    if not TYPES.issuperset(types):
        raise detailed("El tipo de contacto no es válido.", "type")
    return types


def _refuse_twin(call: Call, number: str) -> None:
    if not call.account.unique_identification or not number:
        return
    twins = call.store.select(call.account.id, "contacts", [same("identification")(number)], limit=1)
    if twins:
        message = f"Ya existe un contacto con la identificación {number}."
        raise Refusal(400, {"code": 2006, "message": message, "contactId": twins[0]["id"]})


def show_contact(_call: Call, contact: Json) -> Json:
    """Return a contact as the service tells it: its document is not always in the object meant for it."""
    key = contact["id"]
    identity = {"type": contact["idType"], "number": contact["identification"], "dv": contact["dv"]}
    types = contact["type"]
    shown = {name: value for name, value in contact.items() if name not in ("idType", "dv")}
    return shown | {
        "identificationObject": {} if turn(key, 3) == 0 or not contact["idType"] else identity,
        "type": one_or_list(types[0], key, 2) if len(types) == 1 else types,
        "internalContacts": [],
    }


LISTING = Listing(
    "contacts",
    show_contact,
    order_fields=("id", "name", "email"),
    filters={
        "query": holds("name", "identification", "email"),
        "name": holds("name"),
        "identification": same("identification"),
        "email": same("email"),
        "type": holds("type"),
        "status": same("status"),
    },
)
