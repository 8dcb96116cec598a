"""Invoice documents: the list, one document with its invoice, its files."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.http import FileResponse, Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from marketplace.kernel.audit import record
from marketplace.kernel.files import path_of
from marketplace.kernel.models import StoredFile
from marketplace.orders.wording import payment_text
from marketplace.parties.models import BusinessModel, Role
from marketplace.users.limits import limited
from sellers.door.entry import SellerRequest, seller_view
from sellers.door.templatetags.days import day
from sellers.portal.document_page import sums_of
from sellers.portal.invoice_form import InvoiceForm
from sellers.portal.life import items_of, reasons_of
from sellers.portal.lists.documents import documents_of, standing_of
from sellers.portal.lists.fees import fee_files
from sellers.portal.paging import cut_page
from sellers.portal.steps import steps_of
from sellers.portal.views.lists import list_page, list_workbook
from settlement.billing.models import FeeInvoice
from settlement.documents.models import Document, DocumentLine, Invoicing, State
from settlement.invoices.models import LIVE, Invoice
from settlement.invoices.rules import Part, Variance
from settlement.invoices.wording import cause_text, finding_text, part_text, value_text

KINDS = ("pdf", "xlsx")
OWN_PARTS = ("period", "market", "pdf", "xlsx")


@require_GET
@seller_view(Role.VIEWER)
def document_list(request: SellerRequest) -> HttpResponse:
    """The seller's documents, and how far the invoice of each is."""
    agency = request.seller.contract.model == BusinessModel.AGENCY
    invoices = _(
        "After a period closes and accounting has checked it, its document appears here: what you must "
        "invoice, to whom, and how much."
    )
    commission = _(
        "After a period closes and accounting has checked it, its document appears here: your orders, the "
        "marketplace's commission, and what is left for you."
    )
    empty = {
        "title": _("No document yet") if agency else _("No invoice document yet"),
        "text": commission if agency else invoices,
        "url": reverse("portal:exports"),
        "link": _("Export for invoicing"),
        "icon": "file-invoice",
    }
    own = Document.objects.of(request.seller).select_related("period")
    listing = documents_of(request.seller)
    return list_page(request, listing, own, template="portal/documents.html", empty=empty)


@require_GET
@seller_view(Role.VIEWER)
@limited("export")
def document_export(request: SellerRequest) -> HttpResponseBase:
    """The list of documents as a workbook."""
    own = Document.objects.of(request.seller).select_related("period")
    return list_workbook(request, documents_of(request.seller), own)


@require_GET
@seller_view(Role.VIEWER)
def document_detail(request: SellerRequest, reference: str) -> HttpResponse:
    """One document: its sums, whom to invoice, its invoice, its proof and its orders."""
    own = Document.objects.of(request.seller).select_related(*OWN_PARTS)
    document = get_object_or_404(own, reference=reference)
    form = InvoiceForm(document=document, today=timezone.localdate())
    return document_page(request, document, form)


def document_page(
    request: SellerRequest,
    document: Document,
    form: InvoiceForm,
    *,
    variances: Iterable[Variance] = (),
    status: int = 200,
) -> HttpResponse:
    """A document's page with the form for its invoice as it was filled in, and what differs, if anything."""
    page = cut_page(document.lines.all(), field="position", descending=False, asked=request.GET.dict())
    told = {
        "document": document,
        "agency": document.model == BusinessModel.AGENCY,
        "standing": standing_of(document),
        "sums": sums_of(document, form.rates),
        "total_title": _("Came back") if document.is_credit else _("Total"),
        "part_title": _("Your share") if document.model == BusinessModel.AGENCY else _("Purchase price"),
        "lines": [_told(line) for line in page.rows],
        "newer_url": f"?before={page.newer}" if page.newer else "",
        "older_url": f"?after={page.older}" if page.older else "",
        "void": document.changes.order_by("-pk").first(),
        "crumbs": [
            {"label": _("Documents"), "url": reverse("portal:documents")},
            {"label": document.reference},
        ],
        "form": form,
        "variances": [_differing(each, document.currency) for each in variances],
        **(
            _commission(document) if document.model == BusinessModel.AGENCY else _invoicing(request, document)
        ),
    }
    return render(request, "portal/document.html", told, status=status)


@require_GET
@seller_view(Role.VIEWER)
def document_file(request: SellerRequest, reference: str, kind: str) -> HttpResponseBase:
    """A document's PDF or Excel file."""
    document = get_object_or_404(
        Document.objects.of(request.seller).select_related("pdf", "xlsx"), reference=reference
    )
    file = getattr(document, kind) if kind in KINDS else None
    if file is None:
        raise Http404
    return send_file(request, file)


def send_file(request: SellerRequest, file: StoredFile) -> HttpResponseBase:
    """A stored file as a download, kept by no cache; the audit trail notes it."""
    record(
        verb="file.downloaded",
        subject=file.name,
        by=request.user,
        at=timezone.now(),
        seller_id=request.seller.pk,
    )
    answer = FileResponse(
        path_of(file).open("rb"), as_attachment=True, filename=file.name, content_type=file.content_type
    )
    answer["Cache-Control"] = "no-store"
    return answer


def _told(line: DocumentLine) -> dict[str, Any]:
    return {"row": line, "payment": payment_text(line.payment)}


def _invoicing(request: SellerRequest, document: Document) -> dict[str, Any]:
    """The invoices handed in for a document, what came of them, and whether one may be handed in now."""
    rows = list(
        Invoice.objects.filter(document=document)
        .select_related("file")
        .prefetch_related("changes")
        .order_by("-submitted_at", "-pk")
    )
    live = next((row for row in rows if row.state in LIVE), None)
    awaited = document.state != State.VOID and document.invoicing == Invoicing.AWAITED
    return {
        "invoice": live,
        "findings": [_finding(*each) for each in ((live.findings or {}) if live else {}).items()],
        "ended": [_ended(row) for row in rows if row.state not in LIVE],
        "awaited": awaited and document.purchase_gross > 0,
        "answered": bool(rows) or (awaited and document.purchase_gross > 0),
        "may_invoice": request.role.allows(Role.FINANCE),
        **_onward(document),
    }


def _commission(document: Document) -> dict[str, Any]:
    """The marketplace's commission invoice or credit note, and what becomes of the document's money."""
    fee = FeeInvoice.objects.filter(document=document).first()
    return {"fee": fee, "fee_files": fee_files(fee) if fee else [], **_onward(document)}


def _onward(document: Document) -> dict[str, Any]:
    """The set-offs, payouts and demands a document's amounts are on, and why what is open is open."""
    items = items_of(document)
    return {"steps": steps_of(items) if items else [], "reasons": reasons_of(items)}


def _finding(name: str, found: bool | None) -> dict[str, str]:
    words = {True: _("found"), False: _("not found"), None: _("could not be read by machine")}
    tones = {True: "done", False: "awaited", None: ""}
    return {"what": finding_text(name), "text": words[found], "state": tones[found]}


def _ended(invoice: Invoice) -> dict[str, Any]:
    """An invoice that answers the document no more, with the reason accounting gave."""
    change = max(invoice.changes.all(), key=lambda each: each.pk, default=None)
    return {
        "invoice": invoice,
        "reason": change.reason if change else "",
        "at": change.at if change else None,
    }


def _differing(variance: Variance, currency: str) -> dict[str, Any]:
    language = get_language() or "en"
    told, expected = variance.told, variance.expected
    if variance.part == Part.ISSUED_ON:
        told, expected = (day(date.fromisoformat(str(each))) for each in (told, expected))
    by = told - expected if isinstance(told, int) and isinstance(expected, int) else None
    return {
        "what": part_text(variance, language=language),
        "told": value_text(told, currency=currency, language=language),
        "expected": value_text(expected, currency=currency, language=language),
        "difference": by,
        "cause": cause_text(variance),
    }
