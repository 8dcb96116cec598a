"""Exports, to look at."""

from django.contrib import admin

from marketplace.kernel.backoffice import LookOnlyAdmin
from settlement.exports.models import Export


@admin.register(Export)
class ExportAdmin(LookOnlyAdmin):
    list_display = ("seller", "first_on", "end_on", "preview", "rows", "left_out", "created_at", "created_by")
    list_filter = ("market", "preview")
    search_fields = ("seller__partner_number", "seller__name")
    ordering = ("-created_at",)
    list_select_related = ("seller", "created_by")
