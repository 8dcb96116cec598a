"""Balance confirmations in the back office: what was confirmed to whom, as of which day."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from marketplace.kernel.backoffice import money_column
from marketplace.kernel.desk import DeskAdmin
from settlement.payouts.models import Confirmation


def _currency(row: Confirmation) -> str:
    return row.currency


@admin.register(Confirmation)
class ConfirmationAdmin(DeskAdmin):
    list_display = ("seller", "as_of", "shown_owed_to", "shown_owed_by", "asked_at", "asked_by", "files")
    list_filter = ("market",)
    search_fields = ("seller__partner_number", "seller__name")
    ordering = ("-asked_at", "-pk")
    date_hierarchy = "as_of"
    list_select_related = ("seller", "asked_by")
    papers = {"pdf": _("PDF")}
    fields = readonly_fields = (
        "seller",
        "market",
        "as_of",
        "shown_owed_to",
        "shown_owed_by",
        "asked_at",
        "asked_by",
        "files",
    )
    shown_owed_to = money_column("owed_to_seller", _("owed to the seller"), currency=_currency)
    shown_owed_by = money_column("owed_by_seller", _("owed by the seller"), currency=_currency)
