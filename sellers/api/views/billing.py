"""Deposits and billing invoices for sellers' systems: listed, and their files fetched."""

from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.http import FileResponse, HttpResponse, HttpResponseBase, JsonResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from marketplace.kernel.audit import record
from marketplace.kernel.files import path_of
from sellers.api.asking import BadQuestion, cut_rows, read_row_question
from sellers.api.billing import FILES, told_deposit, told_invoice, told_lines
from sellers.api.entry import ApiRequest, Turned, api_view
from settlement.billing.models import BillingInvoice, Deposit


@api_view("GET")
def deposit_list(request: ApiRequest) -> HttpResponse:
    """A page of the seller's deposits, in the order in which they were recorded."""
    rows = Deposit.objects.of(request.seller)
    return _page(request, rows, "recorded_at", "deposits", told_deposit)


@api_view("GET")
def invoice_list(request: ApiRequest) -> HttpResponse:
    """A page of the seller's billing invoices and their credit notes, in the order of their issue."""
    return _page(request, _invoices(request), "issued_at", "billing_invoices", told_invoice)


@api_view("GET")
def invoice_detail(request: ApiRequest, reference: str) -> HttpResponse:
    """One of the seller's billing invoices, with its lines."""
    invoice = _invoices(request).filter(reference=reference).first()
    if invoice is None:
        raise Turned(404, "not_found", _("You have no invoice with this number."))
    _note(request, "api.billing_invoices_read", invoice.reference, {})
    return JsonResponse({"billing_invoice": told_invoice(invoice) | {"lines": told_lines(invoice)}})


@api_view("GET")
def invoice_file(request: ApiRequest, reference: str, kind: str) -> HttpResponseBase:
    """A file of one of the seller's billing invoices."""
    rows = BillingInvoice.objects.of(request.seller).select_related(*FILES.values())
    invoice = rows.filter(reference=reference).first() if kind in FILES else None
    file = getattr(invoice, FILES[kind]) if invoice is not None else None
    if file is None:
        raise Turned(404, "not_found", _("You have no such invoice, or this file of it is not drawn yet."))
    _note(request, "file.downloaded", file.name, {})
    return FileResponse(
        path_of(file).open("rb"), as_attachment=True, filename=file.name, content_type=file.content_type
    )


def _invoices(request: ApiRequest) -> "QuerySet[BillingInvoice]":
    return BillingInvoice.objects.of(request.seller).select_related("credits", "credit_note", "replaces")


def _page(
    request: ApiRequest, rows: "QuerySet[Any]", at: str, name: str, tell: Callable[[Any], dict[str, Any]]
) -> HttpResponse:
    try:
        question = read_row_question(request.GET.dict(), zone=request.seller.market.zone)
    except BadQuestion as refusal:
        raise Turned(400, "bad_request", str(refusal)) from None
    found: Sequence[Any]
    found, cursor = cut_rows(rows, question, at=at)
    headers = {}
    if cursor:
        query = urlencode({**request.GET.dict(), "cursor": cursor})
        headers["Link"] = f'<{request.path}?{query}>; rel="next"'
    if found:
        _note(request, f"api.{name}_read", f"{len(found)} {name}", {"asked": request.GET.dict()})
    return JsonResponse({name: [tell(row) for row in found], "next": cursor or None}, headers=headers)


def _note(request: ApiRequest, verb: str, subject: str, details: dict[str, Any]) -> None:
    record(
        verb=verb,
        subject=subject,
        by=request.key.created_by,
        at=timezone.now(),
        seller_id=request.seller.pk,
        details={"key": request.key.prefix, **details},
    )
