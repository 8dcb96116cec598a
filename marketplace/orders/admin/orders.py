"""Orders in the back office: looked at, and a transfer to the marketplace marked as received."""

from collections.abc import Callable, Iterable
from typing import ClassVar

from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from marketplace.kernel.amounts import percent_text
from marketplace.kernel.backoffice import badge, money, money_column, state_column
from marketplace.kernel.desk import Deed, DeskAdmin, acting
from marketplace.kernel.desk_parts import Notice, Table, figure, history, link, market_column, moment
from marketplace.orders.admin.refunds import refund_table
from marketplace.orders.models import Custody, Method, Order, State, TenderState, What
from marketplace.orders.operations.moves import NotReadyToShip, receive_transfer
from marketplace.orders.wording import payment_text
from marketplace.parties.models import BusinessModel

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
TENDER_TONES: dict[str, str] = {TenderState.AWAITED: "warn", TenderState.CAPTURED: "ok"}


def _mark_received(request: HttpRequest, row: Order, text: str) -> None:
    receive_transfer(order_id=row.pk, as_seller=False, **acting(request))


def _awaits_transfer(request: HttpRequest, row: Order) -> bool:
    awaited = row.tenders.filter(method=Method.TRANSFER, state=TenderState.AWAITED)
    return awaited.filter(custody=Custody.MARKETPLACE).exists()


@admin.register(Order)
class OrderAdmin(DeskAdmin):
    beside: ClassVar[list[Callable[[Order], Iterable[Table]]]] = []
    """What higher slices know of an order; each adds its own."""
    list_display = (
        "number",
        "shown_market",
        "seller",
        "shown_state",
        "shown_total",
        "shown_to_pay",
        "shown_payment",
        "placed_at",
        "delivered_at",
    )
    list_filter = ("market", "state", "test", "fulfilment")
    search_fields = ("number", "seller__partner_number")
    ordering = ("-placed_at", "-pk")
    list_select_related = ("market", "seller")
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
    shown_market = market_column
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
        all_back = row.returns.filter(left_total=0).exists()
        if row.state == State.DELIVERED and may_register and not (row.test or all_back):
            address = reverse("admin:orders_return_register")
            text = '{} <a href="{}?order={}">{}</a>'
            words = (_("Did it come back?"), address, row.pk, _("Register a return"))
            yield Notice(format_html(text, *words))

    def tables(self, row: Order) -> Iterable[Table]:
        yield _lines(row)
        yield _tenders(row)
        if row.returned_at is not None:
            yield _returns(row)
        if row.refunds.exists():
            yield refund_table(row.refunds.all())
        for tables in self.beside:
            yield from tables(row)
        yield history(row, TONES, row.changes.filter(what=What.MOVED))


def _lines(row: Order) -> Table:
    """The order's lines with their frozen rates; what the seller gets, or what we do, by the model."""
    is_agency = row.model == BusinessModel.AGENCY
    ours = _("commission, net") if is_agency else _("purchase price, net")
    return Table(
        title=_("Lines"),
        words=(_("line"), _("kind"), _("name"), _("SKU"), _("VAT"), _("commission")),
        figures=(_("quantity"), _("unit price"), _("sale price"), ours),
        rows=[
            (
                *(line.position, line.get_kind_display(), line.name, line.sku or "–"),
                *(_rate(line.vat_bp), _rate(line.commission_bp)),
                figure(line.quantity),
                money(line.unit_price, row.currency),
                money(line.gross, row.currency),
                money(line.commission_net if is_agency else line.purchase_net, row.currency),
            )
            for line in row.lines.order_by("position")
        ],
    )


def _rate(basis_points: int | None) -> str:
    return "–" if basis_points is None else percent_text(basis_points, language=get_language() or "en")


def _tenders(row: Order) -> Table:
    return Table(
        title=_("Payment"),
        words=(_("method"), _("voucher"), _("held by"), _("state"), _("received")),
        figures=(_("amount"), _("given back, or to be")),
        rows=[
            (
                each.get_method_display(),
                link(each.voucher),
                each.get_custody_display(),
                badge(each.get_state_display(), TENDER_TONES[each.state]),
                moment(each.paid_at),
                money(each.amount, row.currency),
                money(each.refunded, row.currency),
            )
            for each in row.tenders.select_related("voucher").order_by("position")
        ],
        foot=[(_("Total"), *[""] * 4, money(row.total, row.currency), "")],
        empty=_("Nothing to pay."),
    )


def _returns(row: Order) -> Table:
    return Table(
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
            for each in row.returns.order_by("at", "number")
        ],
    )
