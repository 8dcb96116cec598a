"""Exports, to look at, and the journal to download."""

from functools import partial

from django.contrib import admin
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _

from marketplace.kernel.backoffice import days_column, money_column
from marketplace.kernel.desk import DeskAdmin
from settlement.exports.journal_page import journal_page
from settlement.exports.models import Export


@admin.register(Export)
class ExportAdmin(DeskAdmin):
    list_display = (
        "seller",
        "days",
        "preview",
        "rows",
        "left_out",
        "shown_total",
        "created_at",
        "created_by",
    )
    fields = readonly_fields = (*list_display, "shown_purchase", "job")
    days = days_column("first_on", "end_on", _("period"))
    shown_total = money_column("total", _("total"), currency=lambda row: row.market.currency)
    shown_purchase = money_column(
        "purchase_gross", _("purchase price"), currency=lambda row: row.market.currency
    )
    list_filter = ("market", "preview")
    search_fields = ("seller__partner_number", "seller__name")
    ordering = ("-created_at",)
    list_select_related = ("seller", "created_by", "market")

    def get_urls(self) -> list[URLPattern]:
        journal = self.admin_site.admin_view(partial(journal_page, self))
        return [path("journal/", journal, name="exports_export_journal"), *super().get_urls()]
