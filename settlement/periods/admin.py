"""Closed periods, to look at."""

from django.contrib import admin

from marketplace.kernel.backoffice import LookOnlyAdmin
from settlement.periods.models import Period


@admin.register(Period)
class PeriodAdmin(LookOnlyAdmin):
    list_display = ("seller", "first_on", "end_on", "cadence", "closed_at")
    list_filter = ("market", "cadence")
    search_fields = ("seller__partner_number", "seller__name")
    ordering = ("-end_on", "seller")
    date_hierarchy = "end_on"
    list_select_related = ("seller",)
