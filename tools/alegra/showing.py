"""An invoice as the service tells it, in one of its many shapes."""

from decimal import Decimal
from typing import Any

from tools.alegra.accounts import Call
from tools.alegra.lists import Listing, by_dates, same
from tools.alegra.shapes import amount, exact, nothing, one_or_list, padded, turn
from tools.alegra.wire import Json

CUT = 12
BARE = ("total", "stamp", "numberTemplate")
LISTED = ("paymentForm", "type", "operationType", "cfdiUse")


def show_invoice(call: Call, invoice: Json) -> Json:
    """Return an invoice; its PDF's address only if `fields` asks for it."""
    key = invoice["id"]
    balance = Decimal(invoice["total"]) - Decimal(invoice["totalPaid"])
    shown = {name: invoice[name] for name in ("id", "date", "dueDate", "datetime", "status")}
    shown |= {name: invoice[name] for name in ("observations", "anotation", "termsConditions")}
    shown |= {name: amount(invoice[name], key) for name in ("subtotal", "discount", "tax", "total")}
    shown |= {
        "decimalPrecision": "2" if turn(key, 2) == 0 else 2,
        "totalPaid": padded(invoice["totalPaid"], key),
        "balance": amount(balance, key),
        "client": _client(call, invoice["client"]),
        "numberTemplate": one_or_list(_template(call, invoice), key),
        "warehouse": _pointed(call, "warehouses", invoice["warehouse"]),
        "priceList": _pointed(call, "price-lists", invoice["priceList"]),
        "seller": _pointed(call, "sellers", invoice["seller"]),
        "costCenter": nothing(key),
        "currency": _currency(invoice["currency"]),
        "paymentMethod": invoice.get("paymentMethod"),
        "items": [_line(line, key) for line in invoice["items"]],
        "payments": [{**row, "amount": Decimal(row["amount"])} for row in invoice["payments"]],
        "retentions": [],
    }
    shown |= {name: invoice[name] for name in LISTED if invoice.get(name)}
    return shown | _stamp(invoice) | _pdf(call, key)


def show_row(call: Call, invoice: Json) -> Json:
    """Return an invoice as a list tells it: some lists leave its notes out, or cut them."""
    shown, notes = show_invoice(call, invoice), ("observations", "anotation")
    if call.account.list_notes in ("none", "bare"):
        left_out = (*notes, *(BARE if call.account.list_notes == "bare" else ()))
        return {name: value for name, value in shown.items() if name not in left_out}
    if call.account.list_notes == "blank":
        return shown | dict.fromkeys(notes)
    if call.account.list_notes == "cut":
        return shown | {name: shown[name][:CUT] for name in notes}
    return shown


def _client(call: Call, key: str) -> Json:
    client = call.find("contacts", key) or {"name": "", "identification": "", "idType": ""}
    shown = {"id": key, "name": client["name"], "identification": client["identification"]}
    return {**shown, "identificationType": client["idType"]} if client["idType"] else shown


def _template(call: Call, invoice: Json) -> Json:
    template = call.find("number-templates", invoice["numberTemplate"] or "")
    if template is None:
        return {"id": None, "prefix": None, "number": None, "fullNumber": None}
    prefix, number = template["prefix"], invoice["number"]
    shown = {"id": template["id"], "prefix": prefix, "number": number, "text": template["invoiceText"]}
    full = f"{prefix or ''}{number}" if number else None
    return {**shown, "fullNumber": full, "isElectronic": template["isElectronic"]}


def _pointed(call: Call, kind: str, key: str | None) -> Any:
    row = call.find(kind, key) if key else None
    return {"id": row["id"], "name": row["name"]} if row else None


def _currency(kept: Json) -> Json:
    return {"code": kept["code"], "symbol": "$", "exchangeRate": kept["exchangeRate"]}


def _line(line: Json, key: str) -> Json:
    shown = {
        "id": int(line["id"]) if turn(key, 5) == 0 else line["id"],
        "name": line["name"],
        "description": line["description"],
        "reference": line["reference"],
        "price": exact(line["price"], key),
        "quantity": exact(line["quantity"], key),
        "discount": Decimal(line["discount"]),
        "tax": [{**tax, "amount": Decimal(tax["amount"])} for tax in line["tax"]],
        "total": Decimal(line["total"]),
    }
    off = Decimal(line["discountAmount"])
    return {**shown, "discountAmount": off} if turn(key, 2) == 0 or off else shown


def _stamp(invoice: Json) -> Json:
    return {"stamp": invoice["stamp"]} if invoice["stamp"] else {}


def _pdf(call: Call, key: str) -> Json:
    wanted = call.request.query.get("fields", "").split(",")
    return (
        {"pdf": f"{call.request.base}/files/{call.account.id}/invoice-{key}.pdf"} if "pdf" in wanted else {}
    )


LISTING = Listing(
    "invoices",
    show_row,
    order_fields=("id", "date", "dueDate", "status"),
    filters={
        **by_dates("date"),
        **by_dates("dueDate"),
        "id": same("id"),
        "status": same("status"),
        "client_id": same("client"),
        "item_id": lambda text: (
            "EXISTS (SELECT 1 FROM json_each(body, '$.items') WHERE json_extract(value, '$.id') = ?)",
            [text],
        ),
    },
)
