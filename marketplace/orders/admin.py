"""Orders in the back office: looked at, and a transfer to the marketplace marked as received."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from marketplace.kernel.backoffice import LookOnlyAdmin, LookOnlyInline, each, money_column, rate_column
from marketplace.orders.models import Order, OrderChange, OrderLine, Tender
from marketplace.orders.operations.moves import NotReadyToShip, receive_transfer


def _currency(row: OrderLine | Tender) -> str:
    return row.order.currency


class LineInline(LookOnlyInline):
    model = OrderLine
    fields = readonly_fields = (
        "position",
        "kind",
        "sku",
        "name",
        "quantity",
        "shown_price",
        "shown_vat",
        "shown_commission",
        "shown_gross",
        "shown_net",
    )
    shown_vat = rate_column("vat_bp", _("VAT"))
    shown_commission = rate_column("commission_bp", _("commission"))
    shown_price = money_column("unit_price", _("unit price"), currency=_currency)
    shown_gross = money_column("gross", _("sale price"), currency=_currency)
    shown_net = money_column("purchase_net", _("purchase price, net"), currency=_currency)


class TenderInline(LookOnlyInline):
    model = Tender
    fields = readonly_fields = ("method", "shown_amount", "custody", "state", "paid_at")
    shown_amount = money_column("amount", _("amount"), currency=_currency)


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
    fields = readonly_fields = (
        "number",
        "basket",
        "market",
        "seller",
        "model",
        "fulfilment",
        "channel",
        "test",
        "state",
        "placed_at",
        "confirmed_at",
        "shipped_at",
        "delivered_at",
        "receipt_at",
        "taken_at",
        "payment",
        "shown_total",
        "shown_purchase",
        "shown_held",
        "customer_name",
        "customer_company",
        "customer_city",
        "customer_country",
    )
    shown_purchase = money_column("purchase_gross", _("purchase price"), currency=lambda row: row.currency)
    shown_held = money_column("held_by_seller", _("held by the seller"), currency=lambda row: row.currency)
    show_full_result_count = False
    actions = ("mark_received",)
    shown_total = money_column("total", _("total"), currency=lambda row: row.currency)

    @admin.action(description=_("Bank transfer received by the marketplace"), permissions=["act"])
    def mark_received(self, request: HttpRequest, chosen: "QuerySet[Order]") -> None:
        def act(row: Order) -> None:
            receive_transfer(order_id=row.pk, by=request.user, at=timezone.now(), as_seller=False)

        each(request, chosen, act, refusals=(NotReadyToShip,))
