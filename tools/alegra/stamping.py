"""Numbers and stamps: what an invoice gets when it leaves the draft, and when the authority takes it."""

import hashlib

from tools.alegra.accounts import Call
from tools.alegra.lines import move_stock
from tools.alegra.wire import Answer, Json, Refusal, coded, detailed, id_of, wrapped

MOST = 10


def open_invoice(call: Call, invoice: Json) -> Json:
    """Give an invoice its number and take its goods from the shelf.

    :raises Refusal: if its numbering has ended, or there is too little stock.
    """
    template = _template(call, invoice)
    if template["endDate"] < invoice["date"]:
        raise coded(400, "La numeración está vencida.", 3041)
    if template["next"] > template["maxInvoiceNumber"]:
        raise coded(400, "La numeración llegó a su último número.", 3042)
    number, template["next"] = template["next"], template["next"] + 1
    opened = {**invoice, "status": "open", "numberTemplate": template["id"], "number": str(number)}
    move_stock(call, opened, sign=-1)
    call.update("number-templates", template)
    call.update("invoices", opened)
    return opened


def _template(call: Call, invoice: Json) -> Json:
    key = invoice["numberTemplate"]
    rows = [row for row in call.all("number-templates") if row["documentType"] == "invoice"]
    for row in rows:
        if row["id"] == key or (not key and row["isDefault"]):
            return row
    raise coded(400, "La compañía no tiene una numeración preferida.", 3043)


def check_stampable(call: Call, invoice: Json) -> None:
    """Refuse to stamp what the authority would not even look at.

    :raises Refusal: naming what is missing.
    """
    country = call.account.country
    template = call.find("number-templates", invoice["numberTemplate"] or "")
    if template is None or not template["isElectronic"]:
        raise wrapped(
            400, "Para emitir la factura debes indicar una numeración electrónica (numberTemplate)."
        )
    for name in country.stamp_needs:
        if not invoice.get(name):
            raise detailed(f"El campo {name} es obligatorio para emitir la factura.", name, code=3007)
    client = call.find("contacts", invoice["client"]) or {}
    if not client.get("identification"):
        raise coded(400, "El cliente no tiene número de identificación.", 3050)
    if country.client_needs_regime and not client.get("regime"):
        raise coded(400, "El cliente no tiene régimen fiscal.", 3051)


def stamp_invoice(call: Call, invoice: Json) -> Json:
    """Send an invoice to the authority, which takes it for ever or refuses it; a draft is opened first.

    :raises Refusal: if it lacks what a stamp needs, or is no longer to be stamped.
    """
    if is_stamped(invoice):
        raise coded(400, "La factura ya fue emitida.", 3060)
    if invoice["status"] not in ("draft", "open"):
        raise coded(400, f"Una factura en estado {invoice['status']} no puede ser emitida.", 3061)
    check_stampable(call, invoice)
    if invoice["status"] == "draft":
        invoice = open_invoice(call, invoice)
    seal = hashlib.sha256(f"{call.account.id}:{invoice['id']}:{invoice['number']}".encode()).hexdigest()
    stamp = {
        "legalStatus": "STAMPED_AND_REJECTED" if call.rejected else "STAMPED_AND_ACCEPTED",
        "date": call.local_time,
        ("uuid" if call.account.country.version == "mexico" else "cufe"): None if call.rejected else seal,
        "warnings": ["Rechazada por la autoridad."] if call.rejected else [],
    }
    stamped = {**invoice, "stamp": stamp}
    call.update("invoices", stamped)
    return stamped


def is_stamped(invoice: Json) -> bool:
    """Return whether the authority has taken an invoice: nothing changes it any more."""
    return bool(invoice["stamp"]) and invoice["stamp"]["legalStatus"] == "STAMPED_AND_ACCEPTED"


def stamp_invoices(call: Call) -> Answer:
    """Stamp up to ten invoices, each for itself.

    :raises Refusal: if it is none, or more than ten.
    """
    keys = call.request.json().get("ids")
    if not isinstance(keys, list) or not 1 <= len(keys) <= MOST:
        raise detailed(f"Se pueden emitir entre 1 y {MOST} facturas a la vez.", "ids")
    return Answer(200, {"data": [_stamp_one(call, id_of(key)) for key in keys]})


def _stamp_one(call: Call, key: str) -> Json:
    invoice = call.find("invoices", key)
    if invoice is None:
        return {"id": key, "success": False, "message": "La factura no existe."}
    try:
        stamped = stamp_invoice(call, invoice)
    except Refusal as refusal:
        return {"id": key, "success": False, "message": _message(refusal)}
    taken = is_stamped(stamped)
    message = "Factura emitida correctamente." if taken else "Rechazada por la autoridad."
    return {
        "id": key,
        "success": taken,
        "message": message,
        "emissionStatus": stamped["stamp"]["legalStatus"],
    }


def _message(refusal: Refusal) -> str:
    body = refusal.answer.body
    error = body.get("error")
    return str(error["message"] if isinstance(error, dict) else error or body.get("message"))
