"""Receipts on the wire: of an order, one by one, and what became of the files that were handed in."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.utils import timezone

from marketplace.kernel.money import decimal_text
from sellers.receipts.models import GATE_KINDS, Bundle, Receipt, ReceivedFile
from sellers.receipts.wording import reason_text


def receipts_on(orders: Iterable[int]) -> Mapping[int, dict[str, Any]]:
    """The live receipt of each order that has one, by the order's key, as an order tells it."""
    rows = Receipt.objects.live().filter(order__in=list(orders), kind__in=GATE_KINDS)
    return {
        row.order_id: {"number": row.number, "registered_at": instant(row.registered_at), "late": row.late}
        for row in rows
    }


def told_receipt(receipt: Receipt) -> dict[str, Any]:
    """A receipt as the list of them tells it; its order, its return and its original are read along."""
    return {
        "number": receipt.number,
        "kind": receipt.kind,
        "state": receipt.state,
        "order": receipt.order.number,
        "return": receipt.returned.number if receipt.returned else None,
        "original": receipt.original.number if receipt.original else None,
        "issued_on": receipt.issued_on.isoformat(),
        "currency": receipt.currency,
        "total": decimal_text(receipt.total),
        "signature": receipt.signature,
        "late": receipt.late,
        "registered_at": instant(receipt.registered_at),
    }


def told_bundle(bundle: Bundle, files: Iterable[ReceivedFile]) -> dict[str, Any]:
    """Files that came together, each with its outcome; the reasons are in the language at hand."""
    return {
        "id": bundle.pk,
        "state": bundle.state,
        "order": bundle.order.number if bundle.order else None,
        "received_at": instant(bundle.opened_at),
        "done_at": instant(bundle.done_at) if bundle.done_at else None,
        "files": [_file(row) for row in files],
    }


def instant(at: datetime) -> str:
    """An instant with its offset, in the market's zone."""
    return timezone.localtime(at).isoformat()


def _file(row: ReceivedFile) -> dict[str, Any]:
    order = row.receipt.order if row.receipt else row.order
    return {
        "name": row.name,
        "outcome": row.outcome or None,
        "reason": reason_text(row) or None,
        "order": order.number if order is not None and order.seller_id == row.seller_id else None,
        "receipt": row.receipt.number if row.receipt else row.told.get("number"),
    }
