"""Invoice documents: the list, one document, its files."""

from typing import Any

from django.http import FileResponse, Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from marketplace.kernel.audit import record
from marketplace.kernel.files import path_of
from marketplace.kernel.models import StoredFile
from marketplace.orders.wording import payment_text
from marketplace.parties.models import Role
from sellers.door.entry import SellerRequest, seller_view
from sellers.portal.paging import cut_page
from settlement.documents.models import Document, DocumentLine

KINDS = ("pdf", "xlsx")


@require_GET
@seller_view(Role.VIEWER)
def document_list(request: SellerRequest) -> HttpResponse:
    """The seller's documents, newest first; searched by reference."""
    asked = request.GET
    rows = Document.objects.of(request.seller).select_related("period")
    if text := asked.get("q", "").strip():
        rows = rows.filter(reference__icontains=text)
    page = cut_page(rows, field="issued_at", descending=True, asked=asked.dict())
    told = {
        "page": page,
        "q": text,
        "newer_url": f"?before={page.newer}&q={text}" if page.newer else "",
        "older_url": f"?after={page.older}&q={text}" if page.older else "",
    }
    return render(request, "portal/documents.html", told)


@require_GET
@seller_view(Role.VIEWER)
def document_detail(request: SellerRequest, reference: str) -> HttpResponse:
    """One document: its sums, whom to invoice, its proof and its orders."""
    own = Document.objects.of(request.seller).select_related("period", "market", "pdf", "xlsx")
    document = get_object_or_404(own, reference=reference)
    page = cut_page(document.lines.all(), field="position", descending=False, asked=request.GET.dict())
    lines = [_told(line) for line in page.rows]
    told = {
        "document": document,
        "rates": document.rates.order_by("vat_bp"),
        "lines": lines,
        "held_negative": -document.held_by_seller,
        "net_due": abs(document.net_due),
        "net_negative": -document.net_due,
        "page": page,
        "newer_url": f"?before={page.newer}" if page.newer else "",
        "older_url": f"?after={page.older}" if page.older else "",
        "void": document.changes.order_by("-pk").first(),
        "crumbs": [{"label": _("Documents"), "url": ".."}, {"label": document.reference}],
    }
    return render(request, "portal/document.html", told)


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
