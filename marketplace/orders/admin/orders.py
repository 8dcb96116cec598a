"""Orders in the back office: looked at, and a transfer to the marketplace marked as received."""

from collections.abc import Iterable

from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from marketplace.kernel.backoffice import LookOnlyInline, money, money_column, rate_column, state_column
from marketplace.kernel.desk import Deed, DeskAdmin, acting
from marketplace.kernel.desk_parts import Notice, Table, link, moment
from marketplace.orders.admin.refunds import refund_table
from marketplace.orders.models import (
    Custody,
    Method,
    Order,
    OrderChange,
    OrderLine,
    State,
    Tender,
    TenderState,
)
from marketplace.orders.operations.moves import NotReadyToShip, receive_transfer
from marketplace.orders.wording import payment_text

TONES: dict[str, str] = {
    State.BLOCKED: "warn",
    State.OPEN: "info",
    State.SHIPPING: "info",
    State.SHIPPED: "accent",
    State.DELIVERED: "ok",
    State.RETURNED: "bad",
    State.CANCELLED: "none",
    State.LOST: "bad",
}


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
    fields = readonly_fields = (
        "method",
        "shown_voucher",
        "shown_amount",
        "custody",
        "state",
        "paid_at",
        "shown_refunded",
    )
    shown_amount = money_column("amount", _("amount"), currency=_currency)
    shown_refunded = money_column("refunded", _("given back, or to be"), currency=_currency)

    @admin.display(description=_("voucher"))
    def shown_voucher(self, row: Tender) -> SafeString:
        return link(row.voucher)


class ChangeInline(LookOnlyInline):
    model = OrderChange
    fields = ("from_state", "to_state", "at", "by", "reason")


def _mark_received(request: HttpRequest, row: Order, text: str) -> None:
    receive_transfer(order_id=row.pk, as_seller=False, **acting(request))


def _awaits_transfer(request: HttpRequest, row: Order) -> bool:
    awaited = row.tenders.filter(method=Method.TRANSFER, state=TenderState.AWAITED)
    return awaited.filter(custody=Custody.MARKETPLACE).exists()


@admin.register(Order)
class OrderAdmin(DeskAdmin):
    list_display = (
        "number",
        "market",
        "seller",
        "shown_state",
        "placed_at",
        "delivered_at",
        "shown_total",
        "shown_to_pay",
        "shown_payment",
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
        "shown_state",
        "placed_at",
        "confirmed_at",
        "shipped_at",
        "delivered_at",
        "returned_at",
        "receipt_at",
        "taken_at",
        "shown_payment",
        "shown_total",
        "shown_vouchers",
        "shown_to_pay",
        "shown_to_collect",
        "shown_purchase",
        "shown_held",
        "customer_name",
        "customer_company",
        "customer_city",
        "customer_country",
    )
    deeds = (
        Deed(
            "mark_received",
            _("Bank transfer received by the marketplace"),
            _mark_received,
            refusals=(NotReadyToShip,),
            when=_awaits_transfer,
        ),
    )
    shown_state = state_column(TONES)
    shown_total = money_column("total", _("total"), currency=lambda row: row.currency)
    shown_vouchers = money_column("voucher_amount", _("paid by voucher"), currency=lambda row: row.currency)
    shown_to_collect = money_column(
        "to_collect", _("to collect by seller"), currency=lambda row: row.currency
    )
    shown_purchase = money_column("purchase_gross", _("purchase price"), currency=lambda row: row.currency)
    shown_held = money_column("held_by_seller", _("held by the seller"), currency=lambda row: row.currency)

    @admin.display(description=_("amount to be paid"))
    def shown_to_pay(self, row: Order) -> SafeString:
        return money(row.to_pay, row.currency)

    @admin.display(description=_("payment"), ordering="payment")
    def shown_payment(self, row: Order) -> str:
        return payment_text(row.payment)

    def notices(self, request: HttpRequest, row: Order) -> Iterable[Notice]:
        may_register = request.user.has_perm("orders.add_return")
        if row.state == State.DELIVERED and not row.test and may_register:
            address = reverse("admin:orders_return_register")
            text = '{} <a href="{}?order={}">{}</a>'
            words = (_("Did it come back?"), address, row.pk, _("Register a return"))
            yield Notice(format_html(text, *words))

    def tables(self, row: Order) -> Iterable[Table]:
        returns = row.returns.order_by("at", "number")
        if returns:
            yield Table(
                title=_("What came back"),
                words=(_("return"), _("came back"), _("document")),
                figures=(_("sale price"), _("total left")),
                rows=[
                    (
                        link(each),
                        moment(each.at),
                        each.settled_in or "–",
                        money(each.gross, row.currency),
                        money(each.left_total, row.currency),
                    )
                    for each in returns
                ],
            )
        if row.refunds.exists():
            yield refund_table(row.refunds.all())
