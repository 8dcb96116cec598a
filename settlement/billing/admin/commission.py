"""Fee invoices in the back office: looked at beside their documents, their entries and credit notes."""

from collections.abc import Iterable
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from marketplace.kernel.backoffice import badge, money, money_column, rate_column
from marketplace.kernel.desk import DeskAdmin
from marketplace.kernel.desk_parts import Notice, Table, link, link_column, moment
from marketplace.ledger.models import Entry
from settlement.billing.models import FeeInvoice, Kind

TONES: dict[str, str] = {Kind.INVOICE: "info", Kind.CREDIT: "accent"}


def _currency(row: FeeInvoice) -> str:
    return row.currency


@admin.register(FeeInvoice)
class FeeInvoiceAdmin(DeskAdmin):
    list_display = (
        "reference",
        "shown_kind",
        "seller",
        "shown_document",
        "issued_on",
        "shown_gross",
        "files",
        "shown_net",
        "shown_vat",
    )
    list_filter = ("market", "kind", "year")
    search_fields = ("reference", "document__reference", "seller__partner_number", "seller__name")
    ordering = ("-pk",)
    date_hierarchy = "issued_on"
    list_select_related = ("seller", "document", "market")
    papers = {"pdf": _("PDF"), "xlsx": _("Excel")}
    fields = readonly_fields = (
        "reference",
        "shown_kind",
        "seller",
        "market",
        "shown_document",
        "issued_on",
        "supplied_on",
        "shown_rate",
        "shown_net",
        "shown_vat",
        "shown_gross",
        "shown_entry",
        "files",
    )
    shown_document = link_column("document", _("document"))
    shown_rate = rate_column("vat_bp", _("VAT rate"))
    shown_net = money_column("net", _("net"), currency=_currency)
    shown_vat = money_column("vat", _("VAT"), currency=_currency)
    shown_gross = money_column("gross", _("total"), currency=_currency)

    @admin.display(description=_("kind"), ordering="kind")
    def shown_kind(self, row: FeeInvoice) -> SafeString:
        return badge(row.get_kind_display(), TONES[row.kind])

    @admin.display(description=_("in the books"))
    def shown_entry(self, row: FeeInvoice) -> SafeString:
        """The entry it was posted by."""
        return link(Entry.objects.filter(key=row.key).first(), row.key)

    def notices(self, request: HttpRequest, row: FeeInvoice) -> Iterable[Notice]:
        if row.pdf_id is None or row.xlsx_id is None:
            yield Notice(_("Its files are being drawn; look again in a moment."))

    def tables(self, row: FeeInvoice) -> Iterable[Table]:
        if row.is_credit:
            credited = FeeInvoice.objects.filter(reference__in=row.originals)
            yield _beside(credited, title=_("Commission invoices it credits"))
        else:
            yield _beside(_credit_notes(row), title=_("Credit notes"))


def _credit_notes(row: FeeInvoice) -> "QuerySet[FeeInvoice]":
    """Those of the credit documents that take back a part of its document."""
    of_seller = FeeInvoice.objects.filter(seller=row.seller_id, kind=Kind.CREDIT)
    return of_seller.filter(document__lines__original=row.document.reference).distinct()


def _beside(rows: "QuerySet[FeeInvoice]", *, title: Any) -> Table:
    return Table(
        title=title,
        words=(_("number"), _("document"), _("date of issue")),
        figures=(_("net"), _("VAT"), _("total")),
        rows=[
            (
                link(each),
                link(each.document),
                moment(each.issued_on),
                *(money(amount, each.currency) for amount in (each.net, each.vat, each.gross)),
            )
            for each in rows.select_related("document").order_by("pk")
        ],
        empty=_("None."),
    )
