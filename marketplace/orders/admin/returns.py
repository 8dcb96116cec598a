"""Returns in the back office: what came back, who gives which money back, and which document took it in."""

from collections.abc import Iterable
from functools import partial
from typing import Any

from django.contrib import admin
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from marketplace.kernel.backoffice import badge, money, money_column
from marketplace.kernel.desk import DeskAdmin
from marketplace.kernel.desk_parts import Notice, Table, figure, link_column
from marketplace.orders.admin import registering
from marketplace.orders.admin.refunds import OUTSTANDING, refund_table
from marketplace.orders.models import Return


class SettledFilter(admin.SimpleListFilter):
    """Whether a document has taken the return into account."""

    title = _("document")
    parameter_name = "settled"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("no", _("On none yet")), ("yes", _("On a document"))]

    def queryset(self, request: HttpRequest, rows: "QuerySet[Return]") -> "QuerySet[Return]":
        match self.value():
            case "no":
                return rows.filter(settled_in="")
            case "yes":
                return rows.exclude(settled_in="")
        return rows


class RefundedFilter(admin.SimpleListFilter):
    """Whether the customer has all of the money back."""

    title = _("refunds")
    parameter_name = "refunds"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("open", _("Something is still to be paid back")), ("done", _("All is paid back"))]

    def queryset(self, request: HttpRequest, rows: Any) -> Any:
        match self.value():
            case "open":
                return rows.filter(waiting__gt=0)
            case "done":
                return rows.filter(waiting=0)
        return rows


def _currency(row: Return) -> str:
    return row.order.currency


@admin.register(Return)
class ReturnAdmin(DeskAdmin):
    list_display = (
        "number",
        "shown_order",
        "seller",
        "at",
        "shown_gross",
        "shown_left",
        "settled_in",
        "shown_refunds",
    )
    list_filter = ("market", SettledFilter, RefundedFilter)
    search_fields = ("number", "order__number", "order__seller__partner_number", "settled_in")
    ordering = ("-pk",)
    date_hierarchy = "at"
    list_select_related = ("order__seller", "market")
    fields = readonly_fields = (
        "number",
        "shown_order",
        "seller",
        "at",
        "registered_at",
        "by",
        "reason",
        "shown_gross",
        "shown_left",
        "shown_purchase",
        "settled_in",
        "shown_refunds",
    )
    shown_order = link_column("order", _("order"))
    shown_gross = money_column("gross", _("sale price"), currency=_currency)
    shown_left = money_column("left_total", _("total left"), currency=_currency)
    shown_purchase = money_column("left_purchase_gross", _("purchase price left"), currency=_currency)

    def get_queryset(self, request: HttpRequest) -> Any:
        """Each return with how many of its refunds are still to be paid, in the same query."""
        waiting = Count("refunds", filter=Q(refunds__state__in=OUTSTANDING))
        return super().get_queryset(request).annotate(waiting=waiting)

    @admin.display(description=_("seller"), ordering="order__seller__partner_number")
    def seller(self, row: Return) -> str:
        return str(row.order.seller)

    @admin.display(description=_("refunds"), ordering="waiting")
    def shown_refunds(self, row: Any) -> SafeString:
        if not row.waiting:
            return badge(_("paid back"), "ok")
        return badge(_("%(count)s to be paid back") % {"count": row.waiting}, "warn")

    def seller_of(self, row: Return) -> int:
        return row.order.seller_id

    def tools(self, request: HttpRequest) -> Iterable[tuple[Any, str]]:
        if registering.may_register(request):
            yield _("Register a return"), reverse("admin:orders_return_register")

    def notices(self, request: HttpRequest, row: Return) -> Iterable[Notice]:
        if not row.settled_in:
            yield Notice(
                _(
                    "No document has taken it into account. The next one does, unless all of the order came "
                    "back before it was billed: then none has to."
                )
            )
        elif request.user.has_perm("documents.view_document"):
            address = reverse("admin:documents_document_changelist")
            text = '{} <a href="{}?q={}">{}</a>.'
            yield Notice(
                format_html(text, _("It is taken into account in"), address, row.settled_in, row.settled_in)
            )

    def tables(self, row: Return) -> Iterable[Table]:
        yield _lines(row)
        yield refund_table(row.refunds.all())

    def get_urls(self) -> list[URLPattern]:
        register = self.admin_site.admin_view(partial(registering.register_page, self))
        return [path("register/", register, name="orders_return_register"), *super().get_urls()]


def _lines(row: Return) -> Table:
    lines = row.lines.select_related("line").order_by("line__position")
    return Table(
        title=_("What came back"),
        words=(_("line"), _("name"), _("SKU")),
        figures=(_("ordered"), _("came back"), _("unit price"), _("sale price")),
        rows=[
            (
                each.line.position,
                each.line.name,
                each.line.sku or "–",
                figure(each.line.quantity),
                figure(each.quantity),
                money(each.line.unit_price, row.order.currency),
                money(each.gross, row.order.currency),
            )
            for each in lines
        ],
        foot=[(_("Total"), *[""] * 5, money(row.gross, row.order.currency))],
    )
