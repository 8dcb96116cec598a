"""Payments of invoices: what is paid in full is closed."""

from decimal import Decimal
from typing import Any

from tools.alegra.accounts import Call
from tools.alegra.lists import Listing, answer_list, by_dates, same
from tools.alegra.reference import not_found, pick
from tools.alegra.wire import Answer, Json, coded, decimal_of, detailed, id_of, wrapped

METHODS = frozenset({"cash", "debit-card", "credit-card", "transfer", "check", "deposit"})


def list_payments(call: Call) -> Answer:
    """Answer the payments.

    :raises Refusal: if the paging is wrong.
    """
    return answer_list(call, LISTING)


def read_payment(call: Call, key: str) -> Answer:
    """Answer a payment.

    :raises Refusal: if there is none.
    """
    payment = call.find("payments", key)
    if payment is None:
        raise not_found(key)
    return Answer(200, payment)


def create_payment(call: Call) -> Answer:
    """Take in money for open invoices.

    :raises Refusal: if an invoice is not open, or is paid more than it is owed.
    """
    body = call.request.json()
    rows = body.get("invoices")
    if not isinstance(rows, list) or not rows:
        raise detailed("El pago debe indicar al menos una factura.", "invoices")
    amounts = [{**body, "amount": row.get("amount"), "account": body.get("bankAccount")} for row in rows]
    payments = checked_payments(call, amounts)
    last: Json = {}
    for row, payment in zip(rows, payments, strict=True):
        invoice = call.find("invoices", id_of(row))
        if invoice is None:
            raise not_found(id_of(row))
        last = pay(call, invoice, Decimal(payment["amount"]), payment)["payments"][-1]
    return Answer(201, call.find("payments", last["id"]))


def checked_payments(call: Call, given: Any) -> list[Json]:
    """Return payments as they are kept.

    :raises Refusal: if one lacks a date, an account or an amount, or pays in an unknown way.
    """
    return [_checked(call, row if isinstance(row, dict) else {}) for row in given or []]


def _checked(call: Call, row: Json) -> Json:
    amount = decimal_of(row.get("amount"))
    if not row.get("date") or amount is None or amount <= 0:
        raise detailed("El pago debe tener fecha y un valor mayor que cero.", "payments")
    account = pick(call, "bank-accounts", row.get("account"), wrapped(400, "La cuenta de banco no existe."))
    if account is None:
        raise wrapped(400, "El pago debe indicar la cuenta de banco.")
    method = str(row.get("paymentMethod") or "cash")
    if method not in METHODS:
        raise detailed("El método de pago no es válido.", "paymentMethod")
    notes = str(row.get("observations") or "")
    kept = {"date": str(row["date"]), "amount": str(amount), "paymentMethod": method, "observations": notes}
    return {
        **kept,
        "bankAccount": {"id": account["id"], "name": account["name"]},
        "type": "in",
        "status": "open",
    }


def pay(call: Call, invoice: Json, amount: Decimal, payment: Json) -> Json:
    """Record what was paid of an open invoice, and close it once nothing is owed.

    :raises Refusal: if it is not open, or less is owed.
    """
    if invoice["status"] != "open":
        raise coded(400, "Solo se pueden pagar facturas abiertas.", 4001)
    paid = Decimal(invoice["totalPaid"]) + amount
    if paid > Decimal(invoice["total"]):
        raise coded(400, "El pago supera el saldo de la factura.", 4002)
    kept = call.insert("payments", {**payment, "invoices": [{"id": invoice["id"], "amount": str(amount)}]})
    names = ("id", "date", "amount", "paymentMethod", "status")
    line = {name: kept[name] for name in names}
    closed = paid == Decimal(invoice["total"])
    invoice = {**invoice, "totalPaid": str(paid), "payments": [*invoice["payments"], line]}
    invoice["status"] = "closed" if closed else "open"
    call.update("invoices", invoice)
    return invoice


def _show(_call: Call, payment: Json) -> Json:
    return payment


LISTING = Listing("payments", _show, ("id", "date"), {**by_dates("date"), "type": same("type")})
