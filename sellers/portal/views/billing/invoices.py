"""Billing invoices: the list, one of them with what happened to it, and its files."""

from collections.abc import Iterator
from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from marketplace.users.limits import limited
from sellers.door.entry import SellerRequest
from sellers.portal.billing.entry import ACTORS, READERS, billing_view, may_act
from sellers.portal.billing.history import history_of
from sellers.portal.billing.invoice_lines import lines_told
from sellers.portal.billing.invoices import badge_of, credit_note_of, refers_to
from sellers.portal.billing.letters import letters_of, send_letter_again
from sellers.portal.lists.billing_invoices import BILLING_INVOICES, FILES, files_of, invoices_of
from sellers.portal.views.documents import send_file
from sellers.portal.views.lists import list_page, list_workbook
from settlement.billing.models import BillingInvoice, RequestState, Subject
from settlement.billing.papers import codes_in


@require_GET
@billing_view(READERS)
def invoice_list(request: SellerRequest) -> HttpResponse:
    """The marketplace's invoices for deposits and fees, and their credit notes."""
    empty = {
        "title": _("No invoice yet"),
        "text": _(
            "Tick deposits and preview their invoice; or choose automatic invoicing, and they are invoiced by"
            " themselves."
        ),
        "url": reverse("portal:deposits"),
        "link": _("Go to the deposits"),
        "icon": "file-invoice",
    }
    return list_page(
        request, BILLING_INVOICES, _own(request), template="portal/billing/invoices.html", empty=empty
    )


@require_GET
@billing_view(READERS)
@limited("export")
def invoice_export(request: SellerRequest) -> HttpResponseBase:
    """The list of invoices as a workbook."""
    return list_workbook(request, BILLING_INVOICES, _own(request))


@require_GET
@billing_view(READERS)
def invoice_detail(request: SellerRequest, reference: str) -> HttpResponse:
    """One invoice or credit note: what it says, its files, what happened to it, and what may be asked."""
    rows = _own(request).select_related("market", "seller", "issued_by", "credits", "replaces", "credit_note")
    invoice = get_object_or_404(rows, reference=reference)
    requests = list(invoice.change_requests.order_by("-pk"))
    open_request = next((each for each in requests if each.state == RequestState.REQUESTED), None)
    letter = letters_of([invoice.key]).get(invoice.key)
    is_live = not invoice.is_credit and credit_note_of(invoice) is None
    told = {
        "invoice": invoice,
        "badge": badge_of(invoice),
        "files": files_of(invoice),
        "refers_to": refers_to(invoice),
        "coded": list(_coded(invoice)),
        "history": history_of(invoice, requests),
        "letter": letter,
        "may_send_again": letter is not None and letter.is_dead and may_act(request),
        "open_request": open_request,
        "may_ask": is_live and open_request is None and may_act(request),
        "is_live": is_live,
        "for_deposits": invoice.subject == Subject.DEPOSITS,
        "just_issued": "issued" in request.GET,
        "market": request.seller.market,
        "crumbs": [
            {"label": _("Invoices"), "url": reverse("portal:billing_invoices")},
            {"label": invoice.reference},
        ],
        **lines_told(invoice, request.GET),
    }
    return render(request, "portal/billing/invoice.html", told)


@require_POST
@billing_view(ACTORS)
def send_invoice_again(request: SellerRequest, reference: str) -> HttpResponse:
    """Have the letter that brings an invoice sent again that could not be."""
    invoice = get_object_or_404(_own(request), reference=reference)
    send_letter_again(request, invoice.key)
    return redirect("portal:billing_invoice", reference)


@require_GET
@billing_view(READERS)
def invoice_file(request: SellerRequest, reference: str, kind: str) -> HttpResponseBase:
    """An invoice's PDF, XML or Excel file."""
    invoice = get_object_or_404(_own(request).select_related("pdf", "xml", "xlsx"), reference=reference)
    file = getattr(invoice, kind) if kind in FILES else None
    if file is None:
        raise Http404
    return send_file(request, file)


def _coded(invoice: BillingInvoice) -> Iterator[tuple[str, str]]:
    told = invoice.parties
    return codes_in(invoice.market, told["marketplace"], told["recipient"], invoice.reason_code)


def _own(request: SellerRequest) -> "QuerySet[Any]":
    return invoices_of(request.seller)
