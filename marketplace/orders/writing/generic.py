"""Our own JSON order as sent out: the keys we read, and what a seller's system wants to be told besides."""

from dataclasses import asdict
from typing import Any

from marketplace.kernel.money import decimal_text, rate_text
from marketplace.orders.rules.facts import LineFacts, TenderFacts
from marketplace.orders.writing.sent import UNTOLD, SentOrder

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
    }
)
"""The keys an order we send has beyond those of an order we read."""


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
