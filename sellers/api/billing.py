"""Deposits, fees and billing invoices as systems read them: amounts as decimal strings, with their zone."""

from datetime import datetime
from typing import Any

from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone

from marketplace.kernel.money import decimal_text, rate_text
from settlement.billing.models import BillingInvoice, Deposit, Fee

FILES = {"pdf": "pdf", "xlsx": "xlsx", "xml": "xml"}
"""The files of an invoice by the last part of their address, with the name of their column."""


def answered_deposit(deposit: Deposit) -> dict[str, Any]:
    """What a system that tells of a deposit is answered: nothing that changes later."""
    return {
        "number": deposit.reference,
        "seller": deposit.seller.partner_number,
        "external_id": deposit.external_id,
        "amount": decimal_text(deposit.gross),
        "currency": deposit.currency,
        "received_at": _instant(deposit.received_at),
        "method": deposit.method,
        "recorded_at": _instant(deposit.recorded_at),
    }


def told_deposit(deposit: Deposit) -> dict[str, Any]:
    """A deposit as it stands now."""
    return {
        "number": deposit.reference,
        "source": deposit.source,
        "external_id": deposit.external_id,
        "state": deposit.state,
        "amount": decimal_text(deposit.gross),
        "currency": deposit.currency,
        "vat": rate_text(deposit.vat_bp),
        "received_at": _instant(deposit.received_at),
        "recorded_at": _instant(deposit.recorded_at),
        "method": deposit.method,
        "taken": decimal_text(deposit.taken),
        "left": decimal_text(deposit.left),
        "invoiced": decimal_text(deposit.invoiced),
        "to_be_invoiced": decimal_text(deposit.uninvoiced),
    }


def answered_fee(fee: Fee, seller: str) -> dict[str, Any]:
    """What a system that tells of a fee is answered: nothing that changes later."""
    return {
        "number": fee.reference,
        "seller": seller,
        "kind": fee.kind,
        "text": fee.text,
        "amount": decimal_text(fee.gross),
        "currency": fee.currency,
        "charged_at": _instant(fee.charged_at),
        "recorded_at": _instant(fee.recorded_at),
    }


def told_invoice(invoice: BillingInvoice) -> dict[str, Any]:
    """A billing invoice or a credit note, with the addresses of its files."""
    note = getattr(invoice, "credit_note", None)
    return {
        "number": invoice.reference,
        "kind": invoice.kind,
        "for": invoice.subject,
        "issued_at": _instant(invoice.issued_at),
        "issued_on": invoice.issued_on.isoformat(),
        "supplied_on": invoice.supplied_on.isoformat(),
        "currency": invoice.currency,
        "vat": rate_text(invoice.vat_bp),
        "net_total": decimal_text(invoice.net),
        "vat_total": decimal_text(invoice.vat),
        "total": decimal_text(invoice.gross),
        "recipient": invoice.parties["recipient"],
        "credits": invoice.credits.reference if invoice.credits else None,
        "credited_by": note.reference if note else None,
        "replaces": invoice.replaces.reference if invoice.replaces else None,
        "files": _files(invoice),
    }


def told_lines(invoice: BillingInvoice) -> list[dict[str, Any]]:
    """What stands on an invoice, line by line: the number of the deposit or fee, and how much of it."""
    rows = invoice.lines.order_by("position").annotate(
        number=Coalesce("deposit__reference", "fee__reference")
    )
    columns = rows.values_list("position", "number", "net", "vat", "gross")
    return [
        {
            "position": position,
            "number": number,
            "net": decimal_text(net),
            "vat": decimal_text(vat),
            "total": decimal_text(gross),
        }
        for position, number, net, vat, gross in columns
    ]


def _files(invoice: BillingInvoice) -> dict[str, str | None]:
    """Where its files are; null while one is not drawn, or there is none."""
    return {
        kind: reverse("api:billing_file", args=[invoice.reference, kind])
        if getattr(invoice, f"{column}_id")
        else None
        for kind, column in FILES.items()
    }


def _instant(at: datetime) -> str:
    return timezone.localtime(at).isoformat()
