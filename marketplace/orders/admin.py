"""Orders in the back office: looked at, and a transfer to the marketplace marked as received."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from marketplace.kernel.backoffice import LookOnlyAdmin, LookOnlyInline, each, money_column
from marketplace.orders.models import Order, OrderChange, OrderLine, Tender
from marketplace.orders.operations.moves import NotReadyToShip, receive_transfer


class LineInline(LookOnlyInline):
    model = OrderLine
    fields = (
        "position",
        "kind",
        "sku",
        "name",
        "quantity",
        "unit_price",
        "vat_bp",
        "commission_bp",
        "gross",
        "purchase_net",
    )


class TenderInline(LookOnlyInline):
    model = Tender
    fields = ("method", "amount", "custody", "state", "paid_at")


class ChangeInline(LookOnlyInline):
    model = OrderChange
    fields = ("from_state", "to_state", "at", "by", "reason")


@admin.register(Order)
class OrderAdmin(LookOnlyAdmin):
    list_display = (
        "number",
        "market",
        "seller",
        "state",
        "placed_at",
        "delivered_at",
        "shown_total",
        "payment",
    )
    list_filter = ("market", "state", "test", "fulfilment")
    search_fields = ("number", "seller__partner_number")
    ordering = ("-placed_at", "-pk")
    list_select_related = ("market", "seller")
    inlines = (LineInline, TenderInline, ChangeInline)
    exclude = ("parts",)
    show_full_result_count = False
    actions = ("mark_received",)
    shown_total = money_column("total", _("total"), currency=lambda row: row.currency)

    @admin.action(description=_("Bank transfer received by the marketplace"), permissions=["act"])
    def mark_received(self, request: HttpRequest, chosen: "QuerySet[Order]") -> None:
        def act(row: Order) -> None:
            receive_transfer(order_id=row.pk, by=request.user, at=timezone.now(), as_seller=False)

        each(request, chosen, act, refusals=(NotReadyToShip,))
