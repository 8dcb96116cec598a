"""Our own JSON order as sent out: the keys we read, and what a seller's system wants to be told besides."""

from dataclasses import asdict
from typing import Any

from marketplace.kernel.money import decimal_text, rate_text
from marketplace.orders.rules.facts import LineFacts, TenderFacts
from marketplace.orders.writing.sent import UNTOLD, SentOrder, SentRefund, SentReturn

TOLD_BESIDES = frozenset(
    {
        "payment_method",
        "payment_text",
        "comment",
        "total",
        "voucher",
        "to_pay",
        "to_collect",
        "invoice_note",
        "invoice_amount_due",
        "confirmed_at",
        "returns",
        "refunds",
        "receipt",
    }
)
"""The keys an order we send has beyond those of an order we read; who sends it adds its receipt."""


def generic_order(order: SentOrder) -> dict[str, Any]:
    """Lay out an order as JSON values; without ``TOLD_BESIDES`` it is an order as we read them."""
    invoice = order.invoice
    return {
        "number": order.number,
        "basket": order.basket,
        "seller": order.seller,
        "status": order.status,
        "placed_at": order.placed_at.isoformat(),
        "status_times": {status: at.isoformat() for status, at in order.status_times.items()},
        "currency": order.currency,
        "test": order.test,
        "fulfilment": order.fulfilment,
        "channel": order.channel,
        "customer": asdict(order.customer),
        "lines": [_line(line) for line in order.lines],
        "tenders": [_tender(tender) for tender in order.tenders],
        "payment_method": order.payment_method,
        "payment_text": order.payment_text,
        "comment": order.comment,
        "total": decimal_text(order.total),
        "voucher": decimal_text(order.voucher),
        "to_pay": decimal_text(order.to_pay),
        "to_collect": decimal_text(order.to_collect),
        "invoice_note": invoice.note,
        "invoice_amount_due": invoice.due_line,
        "confirmed_at": order.confirmed_at.isoformat() if order.confirmed_at else None,
        "returns": [_return(each) for each in order.returns],
        "refunds": [_refund(each) for each in order.refunds],
    }


def _line(line: LineFacts) -> dict[str, Any]:
    told: dict[str, Any] = {
        "kind": line.kind,
        "sku": line.sku,
        "name": line.name,
        "quantity": line.quantity,
        "unit_price": decimal_text(line.unit_price),
    }
    if line.vat_bp is not None:
        told["vat"] = rate_text(line.vat_bp)
    if line.commission_bp is not None and line.kind in ("goods", "discount"):
        told["commission"] = rate_text(line.commission_bp)
    if line.funded_by != "seller":
        told["funded_by"] = line.funded_by
    return told


def _tender(tender: TenderFacts) -> dict[str, Any]:
    told: dict[str, Any] = {"method": tender.method, "amount": decimal_text(tender.amount)}
    if tender.custody:
        told["custody"] = tender.custody
    if tender.paid_at:
        told["paid_at"] = tender.paid_at.isoformat()
    if tender.method == "voucher":
        told["voucher"] = tender.voucher or UNTOLD
    return told


def _return(returned: SentReturn) -> dict[str, Any]:
    return {
        "number": returned.number,
        "at": returned.at.isoformat(),
        "reason": returned.reason,
        "lines": [{"line": place, "quantity": quantity} for place, quantity in returned.lines],
    }


def _refund(refund: SentRefund) -> dict[str, Any]:
    return {
        "return": refund.returned or None,
        "method": refund.method,
        "amount": decimal_text(refund.amount),
        "paid_by": refund.paid_by,
        "state": refund.state,
        "paid_at": refund.paid_at.isoformat() if refund.paid_at else None,
    }
