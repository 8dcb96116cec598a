"""Invoice and credit documents in the back office: looked at, downloaded, voided."""

from collections.abc import Iterable
from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from marketplace.kernel.amounts import percent_text
from marketplace.kernel.backoffice import (
    LookOnlyAdmin,
    badge,
    days_column,
    money,
    money_column,
    state_column,
)
from marketplace.kernel.desk import Deed, DeskAdmin, acting
from marketplace.kernel.desk_parts import Notice, Table, history, link, list_link, moment, one_filter
from marketplace.kernel.states import IllegalMove
from marketplace.parties.models import BusinessModel
from settlement.documents.models import Document, DocumentLine, Kind, State
from settlement.documents.operations.voiding import Answered, ReasonMissing, void_document

MOST = 200
"""Lines a page shows; the rest stand in the list of lines."""

TONES: dict[str, str] = {State.ISSUED: "ok", State.VOID: "bad"}
KIND_TONES: dict[str, str] = {Kind.INVOICE: "info", Kind.CREDIT: "accent"}


def _void(request: HttpRequest, row: Document, text: str) -> None:
    void_document(document_id=row.pk, reason=text, **acting(request))


def _currency(row: Document) -> str:
    return row.currency


@admin.register(Document)
class DocumentAdmin(DeskAdmin):
    list_display = (
        "reference",
        "shown_kind",
        "seller",
        "days",
        "shown_state",
        "invoicing",
        "total",
        "due",
        "files",
        "issued_on",
        "orders",
        "purchase",
        "held",
    )
    list_filter = ("market", "kind", "model", "state", "invoicing")
    search_fields = ("reference", "seller__partner_number", "seller__name")
    ordering = ("-issued_at", "-pk")
    date_hierarchy = "issued_on"
    list_select_related = ("seller", "period", "market")
    papers = {"pdf": "PDF", "xlsx": "XLSX"}
    deeds = (
        Deed(
            "void",
            _("Void"),
            _void,
            refusals=(IllegalMove, ReasonMissing, Answered),
            asks=_("reason"),
            note=_(
                "Its entry in the books is reversed, and its orders go on the next document. The seller is "
                "written to and reads this reason."
            ),
            when=lambda request, row: row.state == State.ISSUED,
            grave=True,
        ),
    )
    shown_state = state_column(TONES)
    days = days_column("period.first_on", "period.end_on", _("period"))
    total = money_column("customer_total", _("customer total"), currency=_currency)
    net = money_column("purchase_net", _("purchase price, net"), currency=_currency)
    vat = money_column("purchase_vat", _("VAT"), currency=_currency)
    purchase = money_column("purchase_gross", _("purchase price"), currency=_currency)
    share = money_column("purchase_gross", _("seller's share"), currency=_currency)
    shown_net = money_column("commission_net", _("commission, net"), currency=_currency)
    shown_vat = money_column("commission_vat", _("VAT on the commission"), currency=_currency)
    held = money_column("held_by_seller", _("held by the seller"), currency=_currency)
    held_here = money_column("held_by_marketplace", _("held by the marketplace"), currency=_currency)
    given = money_column("held_by_seller", _("given back by the seller"), currency=_currency)
    given_here = money_column(
        "held_by_marketplace", _("given back by the marketplace, or to be"), currency=_currency
    )

    def get_fields(self, request: HttpRequest, obj: Document | None = None) -> Any:
        """What a document of its kind and business model says."""
        is_agency = obj is not None and obj.model == BusinessModel.AGENCY
        is_credit = obj is not None and obj.is_credit
        return (
            *("reference", "shown_kind", "seller", "model", "days", "shown_state", "invoicing"),
            *("netted_at", "issued_at", "orders", "total"),
            *(("share", "shown_net", "shown_vat") if is_agency else ("net", "vat", "purchase")),
            "commission",
            *(("given", "given_here", "due", "originals") if is_credit else ("held", "held_here", "due")),
            *("facts_sha256", "files"),
        )

    def get_readonly_fields(self, request: HttpRequest, obj: Document | None = None) -> Any:
        return self.get_fields(request, obj)

    @admin.display(description=_("kind"), ordering="kind")
    def shown_kind(self, row: Document) -> SafeString:
        return badge(row.get_kind_display(), KIND_TONES[row.kind])

    @admin.display(description=_("commission"))
    def commission(self, row: Document) -> SafeString:
        return money(row.commission_gross, row.currency)

    @admin.display(description=_("net due"))
    def due(self, row: Document) -> SafeString:
        amount = money(abs(row.net_due), row.currency)
        payer, payee = (
            (_("marketplace"), _("seller")) if row.net_due >= 0 else (_("seller"), _("marketplace"))
        )
        return format_html("{} → {} {}", payer, payee, amount)

    @admin.display(description=_("takes back from"))
    def originals(self, row: Document) -> SafeString:
        """The documents that billed what a credit document takes back."""
        references = row.lines.order_by().values_list("original", flat=True).distinct()
        billed = Document.objects.filter(reference__in=references).order_by("pk")
        return format_html_join(" ", "{}", [(link(each),) for each in billed])

    def notices(self, request: HttpRequest, row: Document) -> Iterable[Notice]:
        if row.model == BusinessModel.AGENCY and request.user.has_perm("billing.view_feeinvoice"):
            address = reverse("admin:billing_feeinvoice_changelist")
            text = '{} <a href="{}?q={}">{}</a>.'
            words = (_("Its commission is invoiced, or credited, by the marketplace:"), address)
            yield Notice(format_html(text, *words, row.reference, _("fee invoice")))

    def tables(self, row: Document) -> Iterable[Table]:
        yield _rates(row)
        yield _lines(row)
        if not row.is_credit:
            yield _credits(row)
        yield history(row, TONES)


def _rates(row: Document) -> Table:
    """The amounts per VAT rate: of the purchase prices, or of the commission."""
    of = _("commission") if row.model == BusinessModel.AGENCY else _("purchase price")
    amounts = ("net", "vat", "gross", "customer_gross")
    return Table(
        title=_("Amounts per rate"),
        words=(_("VAT rate"),),
        figures=(_("net"), _("VAT"), of, _("customer total")),
        rows=[
            (
                percent_text(rate.vat_bp, language=get_language() or "en"),
                *(money(getattr(rate, name), row.currency) for name in amounts),
            )
            for rate in row.rates.order_by("vat_bp")
        ],
    )


def _lines(row: Document) -> Table:
    shown = list(row.lines.select_related("order").order_by("position")[: MOST + 1])
    originals = _originals(shown)
    where = _("billed on") if row.is_credit else _("late arrival")
    part = _("seller's share") if row.model == BusinessModel.AGENCY else _("purchase price")
    cash = _("given back by the seller") if row.is_credit else _("held by the seller")
    all_lines = _("All %(count)s lines") % {"count": row.orders}
    return Table(
        title=_("What came back") if row.is_credit else _("Orders"),
        words=(_("order"), _("delivered"), where),
        figures=(_("total"), part, _("commission"), cash),
        rows=[
            (
                link(each.order, each.number),
                moment(each.delivered_at),
                link(originals.get(each.original)) if row.is_credit else (_("yes") if each.late else "–"),
                *(money(amount, row.currency) for amount in _amounts(each)),
            )
            for each in shown[:MOST]
        ],
        more=list_link(DocumentLine, all_lines, document=row.pk) if len(shown) > MOST else "",
    )


def _originals(lines: Iterable[DocumentLine]) -> dict[str, Document]:
    references = {line.original for line in lines if line.original}
    return {row.reference: row for row in Document.objects.filter(reference__in=references)}


def _amounts(line: DocumentLine) -> tuple[int, ...]:
    return (line.total, line.purchase_gross, line.commission_gross, line.held_by_seller)


def _credits(row: Document) -> Table:
    """The credit documents that take back a part of a document."""
    lines = DocumentLine.objects.filter(document__seller=row.seller_id, original=row.reference)
    takers = Document.objects.filter(pk__in=lines.values("document"), kind=Kind.CREDIT)
    return Table(
        title=_("Taken back by credit documents"),
        words=(_("reference"), _("issued"), _("state")),
        figures=(_("customer total"), _("purchase price")),
        rows=[
            (
                link(each),
                moment(each.issued_on),
                badge(each.get_state_display(), TONES[each.state]),
                money(each.customer_total, each.currency),
                money(each.purchase_gross, each.currency),
            )
            for each in takers.order_by("pk")
        ],
        empty=_("None."),
    )


def _line_currency(row: DocumentLine) -> str:
    return row.document.currency


@admin.register(DocumentLine)
class DocumentLineAdmin(LookOnlyAdmin):
    list_display = (
        "document",
        "position",
        "number",
        "original",
        "customer",
        "delivered_at",
        "late",
        "shown_total",
        "shown_net",
        "shown_commission",
    )
    list_filter = (one_filter("document", Document, _("document")), "document__kind")
    search_fields = ("number", "document__reference", "original")
    ordering = ("-document", "position")
    list_select_related = ("document",)
    show_full_result_count = False
    shown_total = money_column("total", _("total"), currency=_line_currency)
    shown_net = money_column("purchase_net", _("purchase price, net"), currency=_line_currency)

    @admin.display(description=_("commission"))
    def shown_commission(self, row: DocumentLine) -> SafeString:
        return money(row.commission_gross, row.document.currency)
