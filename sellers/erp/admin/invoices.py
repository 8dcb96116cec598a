"""Orders on their way into ERPs: what became of each, every move, and trying again."""

from collections.abc import Iterable
from typing import Any

from django.contrib import admin
from django.db.models import Q
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from marketplace.kernel.backoffice import Work, money, state_column
from marketplace.kernel.desk import Deed, DeskAdmin, acting
from marketplace.kernel.desk_parts import (
    Notice,
    Table,
    age_column,
    history,
    link_column,
    one_filter,
    queue_filter,
)
from marketplace.kernel.states import IllegalMove
from sellers.erp.models import Channel, ErpInvoice, ErpState
from sellers.erp.operations.asking import ask_for_invoice
from sellers.erp.refusals import ADVICE, CAUSES, Refused
from sellers.erp.wording import status_text

TONES: dict[str, str] = {
    ErpState.WAITING: "info",
    ErpState.SENDING: "info",
    ErpState.UNKNOWN: "warn",
    ErpState.DONE: "ok",
    ErpState.FAILED: "bad",
}


def _again(request: HttpRequest, row: ErpInvoice, text: str) -> None:
    ask_for_invoice(order_id=row.order_id, **acting(request))


class DiffersFilter(admin.SimpleListFilter):
    """Those that the ERP has otherwise than the order."""

    title = _("differs")
    parameter_name = "differs"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("1", _("Differs from the order"))]

    def queryset(self, request: HttpRequest, rows: Any) -> Any:
        return rows.exclude(differs="") if self.value() else rows


class CauseFilter(admin.SimpleListFilter):
    """What stood in the way, in words."""

    title = _("cause")
    parameter_name = "cause"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return list(CAUSES.items())

    def queryset(self, request: HttpRequest, rows: Any) -> Any:
        return rows.filter(cause=self.value()) if self.value() else rows


@admin.register(ErpInvoice)
class ErpInvoiceAdmin(DeskAdmin):
    list_display = (
        "order",
        "seller",
        "shown_state",
        "shown_cause",
        "about",
        "number",
        "shown_status",
        "shown_total",
        "differs",
        "asked_at",
        "age",
    )
    list_filter = (
        queue_filter(ErpState.choices, waiting=(ErpState.FAILED, ErpState.UNKNOWN)),
        DiffersFilter,
        CauseFilter,
        "trigger",
        "stamped",
        "seller__market",
        one_filter("channel", Channel, _("channel")),
    )
    search_fields = (
        "order__number",
        "number",
        "external_id",
        "about",
        "seller__partner_number",
        "seller__name",
    )
    ordering = ("-asked_at", "-pk")
    date_hierarchy = "asked_at"
    list_select_related = ("order", "seller__market")
    work = (
        Work(
            _("Orders an ERP has otherwise"),
            Q(state=ErpState.DONE) & ~Q(differs=""),
            {"state": ErpState.DONE.value, "differs": "1"},
        ),
    )
    fields = readonly_fields = (
        "shown_order",
        "seller",
        "shown_channel",
        "shown_state",
        "shown_cause",
        "about",
        "trigger",
        "asked_at",
        "asked_by",
        "tries",
        "sent_at",
        "external_id",
        "number",
        "shown_status",
        "shown_total",
        "to_stamp",
        "stamped",
        "done_at",
        "compared_at",
        "differs",
    )
    shown_state = state_column(TONES)
    shown_order = link_column("order", _("order"))
    shown_channel = link_column("channel", _("channel"))
    age = age_column("asked_at", lambda row: row.state not in (ErpState.DONE, ErpState.FAILED))
    deeds = (
        Deed(
            "again",
            _("Try again"),
            _again,
            refusals=(Refused, IllegalMove),
            note=_("It is sent again, as the seller could do itself."),
            when=lambda request, row: row.state == ErpState.FAILED,
        ),
    )

    @admin.display(description=_("cause"), ordering="cause")
    def shown_cause(self, row: ErpInvoice) -> Any:
        return CAUSES.get(row.cause, row.cause) or "–"

    @admin.display(description=_("status"), ordering="status")
    def shown_status(self, row: ErpInvoice) -> str:
        return status_text(row.status, stamped=row.stamped) or "–"

    @admin.display(description=_("total in the ERP"), ordering="total")
    def shown_total(self, row: ErpInvoice) -> SafeString:
        return money(row.total, row.order.currency)

    def notices(self, request: HttpRequest, row: ErpInvoice) -> Iterable[Notice]:
        if row.state == ErpState.FAILED:
            yield Notice(ADVICE.get(row.cause, row.cause), "warn")
        if row.state == ErpState.UNKNOWN:
            yield Notice(
                _("Nobody knows whether the ERP made it; it is looked up there, and not sent before."), "info"
            )

    def tables(self, row: ErpInvoice) -> Iterable[Table]:
        """Every move."""
        yield history(row, TONES)
