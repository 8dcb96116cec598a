"""Invoice documents in the back office: looked at, downloaded, voided."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from marketplace.kernel.audit import record
from marketplace.kernel.backoffice import (
    LookOnlyAdmin,
    LookOnlyInline,
    ReasonForm,
    days_column,
    each,
    money,
    money_column,
    rate_column,
    state_column,
)
from marketplace.kernel.files import path_of
from marketplace.kernel.states import IllegalMove
from settlement.documents.models import Document, DocumentChange, DocumentLine, DocumentRate, State
from settlement.documents.operations.voiding import Answered, ReasonMissing, void_document

KINDS = ("pdf", "xlsx")


class RateInline(LookOnlyInline):
    model = DocumentRate
    fields = readonly_fields = ("shown_rate", "shown_net", "shown_vat", "shown_total")
    shown_rate = rate_column("vat_bp", _("VAT"))
    shown_net = money_column("net", _("net"), currency=lambda row: row.document.currency)
    shown_vat = money_column("vat", _("VAT amount"), currency=lambda row: row.document.currency)
    shown_total = money_column(
        "customer_gross", _("customer total"), currency=lambda row: row.document.currency
    )


class ChangeInline(LookOnlyInline):
    model = DocumentChange
    fields = ("from_state", "to_state", "at", "by", "reason")


@admin.register(Document)
class DocumentAdmin(LookOnlyAdmin):
    list_display = (
        "reference",
        "seller",
        "days",
        "shown_state",
        "invoicing",
        "issued_on",
        "orders",
        "total",
        "purchase",
        "held",
        "due",
        "files",
    )
    list_filter = ("market", "state", "invoicing")
    search_fields = ("reference", "seller__partner_number", "seller__name")
    ordering = ("-issued_at", "-pk")
    date_hierarchy = "issued_on"
    list_select_related = ("seller", "period", "market")
    inlines = (RateInline, ChangeInline)
    fields = (
        "reference",
        "seller",
        "days",
        "shown_state",
        "invoicing",
        "netted_at",
        "issued_at",
        "orders",
        "total",
        "net",
        "vat",
        "purchase",
        "held",
        "held_here",
        "due",
        "facts_sha256",
        "files",
    )
    readonly_fields = (
        "days",
        "shown_state",
        "total",
        "net",
        "vat",
        "purchase",
        "held",
        "held_here",
        "due",
        "files",
    )
    shown_state = state_column({State.ISSUED: "ok", State.VOID: "bad"})
    days = days_column("period.first_on", "period.end_on", _("period"))
    net = money_column("purchase_net", _("purchase price, net"), currency=lambda row: row.currency)
    vat = money_column("purchase_vat", _("VAT"), currency=lambda row: row.currency)
    held_here = money_column(
        "held_by_marketplace", _("held by the marketplace"), currency=lambda row: row.currency
    )
    actions = ("void",)
    action_form = ReasonForm
    total = money_column("customer_total", _("customer total"), currency=lambda row: row.currency)
    purchase = money_column("purchase_gross", _("purchase price"), currency=lambda row: row.currency)
    held = money_column("held_by_seller", _("held by the seller"), currency=lambda row: row.currency)

    @admin.display(description=_("net due"))
    def due(self, row: Document) -> SafeString:
        amount = money(abs(row.net_due), row.currency)
        payer, payee = (
            (_("marketplace"), _("seller")) if row.net_due >= 0 else (_("seller"), _("marketplace"))
        )
        return format_html("{} → {} {}", payer, payee, amount)

    @admin.display(description=_("files"))
    def files(self, row: Document) -> SafeString:
        there = [kind for kind in KINDS if getattr(row, f"{kind}_id")]
        links = [
            (reverse("admin:documents_document_file", args=[row.pk, kind]), kind.upper()) for kind in there
        ]
        return format_html_join(" ", '<a href="{}">{}</a>', links) or SafeString("–")

    @admin.action(description=_("Void (give the reason)"), permissions=["act"])
    def void(self, request: HttpRequest, chosen: "QuerySet[Document]") -> None:
        reason = request.POST.get("reason", "")

        def act(row: Document) -> None:
            void_document(document_id=row.pk, reason=reason, by=request.user, at=timezone.now())

        each(request, chosen, act, refusals=(IllegalMove, ReasonMissing, Answered))

    def get_urls(self) -> list[URLPattern]:
        own = path(
            "<int:pk>/file/<slug:kind>/",
            self.admin_site.admin_view(self.file),
            name="documents_document_file",
        )
        return [own, *super().get_urls()]

    def file(self, request: HttpRequest, pk: int, kind: str) -> HttpResponseBase:
        """A document's PDF or Excel file, noted in the audit trail."""
        document = get_object_or_404(Document.objects.select_related("pdf", "xlsx"), pk=pk)
        file = getattr(document, kind) if kind in KINDS else None
        if file is None or not self.has_view_permission(request, document):
            raise Http404
        record(
            verb="file.downloaded",
            subject=file.name,
            by=request.user,
            at=timezone.now(),
            seller_id=document.seller_id,
        )
        answer = FileResponse(
            path_of(file).open("rb"), as_attachment=True, filename=file.name, content_type=file.content_type
        )
        answer["Cache-Control"] = "no-store"
        return answer


@admin.register(DocumentLine)
class DocumentLineAdmin(LookOnlyAdmin):
    list_display = (
        "document",
        "position",
        "number",
        "customer",
        "delivered_at",
        "late",
        "shown_total",
        "shown_net",
    )
    search_fields = ("number", "document__reference")
    ordering = ("-document", "position")
    list_select_related = ("document",)
    show_full_result_count = False
    shown_total = money_column("total", _("total"), currency=lambda row: row.document.currency)
    shown_net = money_column(
        "purchase_net", _("purchase price, net"), currency=lambda row: row.document.currency
    )
