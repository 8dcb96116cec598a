"""Sales invoices: draft, open, closed, void. Posting the same body twice makes two."""

from decimal import Decimal

from tools.alegra.accounts import Call
from tools.alegra.invoice_facts import facts_of
from tools.alegra.lines import move_stock
from tools.alegra.lists import answer_list, check_parameters
from tools.alegra.payments import checked_payments, pay
from tools.alegra.reference import not_found
from tools.alegra.showing import LISTING, show_invoice
from tools.alegra.stamping import check_stampable, is_stamped, open_invoice, stamp_invoice
from tools.alegra.wire import Answer, Json, coded, detailed, named

LATER = frozenset(
    {"observations", "anotation", "dueDate", "paymentForm", "paymentMethod", "cfdiUse", "stamp"}
)
"""What may still be changed of an open invoice."""
STATUSES = ("draft", "open")


def list_invoices(call: Call) -> Answer:
    """Answer the invoices; no parameter searches their observations or notes.

    :raises Refusal: if the paging is wrong.
    """
    return answer_list(call, LISTING)


def read_invoice(call: Call, key: str) -> Answer:
    """Answer an invoice.

    :raises Refusal: if there is none, or a parameter is refused.
    """
    check_parameters(call, ())
    return Answer(200, show_invoice(call, _invoice(call, key)))


def create_invoice(call: Call) -> Answer:
    """Add an invoice: a draft unless asked for an open or a stamped one.

    :raises Refusal: if a field is missing or wrong; then there is no invoice.
    """
    body = call.request.json()
    status, stamps = _status(body), _stamps(body)
    payments = checked_payments(call, body.get("payments"))
    blank: Json = {"status": "draft", "number": None, "stamp": None, "payments": [], "totalPaid": "0"}
    facts = {**blank, "datetime": call.local_time, **facts_of(call, body)}
    if stamps:
        check_stampable(call, facts)
    invoice = call.insert("invoices", facts)
    invoice = _carry_on(call, invoice, opens=status == "open" or bool(payments), stamps=stamps)
    for payment in payments:
        invoice = pay(call, invoice, Decimal(payment["amount"]), payment)
    return Answer(201, show_invoice(call, invoice))


def _status(body: Json) -> str:
    status = body.get("status") or "draft"
    if status not in STATUSES:
        raise detailed("El estado de la factura no es válido.", "status", code=3004)
    return str(status)


def _stamps(body: Json) -> bool:
    stamp = body.get("stamp")
    return isinstance(stamp, dict) and stamp.get("generateStamp") in (True, "true")


def _carry_on(call: Call, invoice: Json, *, opens: bool, stamps: bool) -> Json:
    if stamps:
        return stamp_invoice(call, invoice)
    return open_invoice(call, invoice) if opens and invoice["status"] == "draft" else invoice


def edit_invoice(call: Call, key: str) -> Answer:
    """Change a draft as one likes, an open invoice in little things, anything else not at all.

    :raises Refusal: if there is none, it stands fast, or a field is wrong.
    """
    old, body = _invoice(call, key), call.request.json()
    _refuse_fixed(old, body)
    facts = facts_of(call, {**old, **_again(old), **body})
    if old["status"] == "open":
        facts |= {"numberTemplate": old["numberTemplate"]}
    invoice = {**old, **facts}
    call.update("invoices", invoice)
    opens = body.get("status") == "open"
    invoice = _carry_on(call, invoice, opens=opens, stamps=_stamps(body))
    return Answer(200, show_invoice(call, invoice))


def _again(old: Json) -> Json:
    """Return an invoice's lines as a body would have them."""
    return {"items": [{**line, "tax": [{"id": tax["id"]} for tax in line["tax"]]} for line in old["items"]]}


def _refuse_fixed(old: Json, body: Json) -> None:
    if is_stamped(old):
        raise coded(400, "La factura fue emitida y no puede ser modificada.", 3062)
    if old["status"] not in STATUSES:
        raise named(400, f"Una factura en estado {old['status']} no puede ser modificada.", 3063)
    if old["status"] == "open" and not LATER.union({"status"}).issuperset(body):
        raise named(400, "Una factura abierta no puede cambiar sus productos ni su cliente.", 3064)


def void_invoice(call: Call, key: str) -> Answer:
    """Void an open invoice; its goods go back on the shelf, its number stays used.

    :raises Refusal: if there is none, or it is stamped, paid or a draft.
    """
    invoice = _invoice(call, key)
    if is_stamped(invoice):
        raise coded(400, "La factura fue emitida; anúlala con una nota crédito.", 3065)
    if invoice["status"] != "open" or invoice["payments"]:
        raise named(400, "Solo se anulan facturas abiertas y sin pagos.", 3066)
    return _moved(call, invoice, "void", stock=1)


def reopen_invoice(call: Call, key: str) -> Answer:
    """Open a draft, or an invoice that was voided, under the number it had.

    :raises Refusal: if there is none, or it is neither.
    """
    invoice = _invoice(call, key)
    if invoice["status"] == "draft":
        return Answer(200, show_invoice(call, open_invoice(call, invoice)))
    if invoice["status"] != "void":
        raise named(400, "La factura ya está abierta.", 3067)
    return _moved(call, invoice, "open", stock=-1)


def _moved(call: Call, invoice: Json, status: str, *, stock: int) -> Answer:
    move_stock(call, invoice, sign=stock)
    moved = {**invoice, "status": status}
    call.update("invoices", moved)
    return Answer(200, show_invoice(call, moved))


def delete_invoice(call: Call, key: str) -> Answer:
    """Delete a draft; what has a number stays.

    :raises Refusal: if there is none, or it is no draft.
    """
    invoice = _invoice(call, key)
    if invoice["status"] != "draft":
        raise coded(400, "Solo se pueden eliminar facturas en borrador.", 3068)
    call.store.delete(call.account.id, "invoices", key)
    return Answer(200, {"code": 200, "message": "La factura fue eliminada correctamente."})


def _invoice(call: Call, key: str) -> Json:
    invoice = call.find("invoices", key)
    if invoice is None:
        raise not_found(key)
    return invoice
