"""Receipts in the back office: looked at, withdrawn, and how late sellers are with them."""

from collections.abc import Iterable
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from marketplace.kernel.amounts import percent_text
from marketplace.kernel.backoffice import badge, money, money_column, state_column
from marketplace.kernel.desk import Deed, DeskAdmin, acting
from marketplace.kernel.desk_parts import (
    Table,
    figure,
    history,
    link,
    link_column,
    list_link,
    market_column,
    moment,
)
from marketplace.kernel.states import IllegalMove
from marketplace.orders.admin.orders import OrderAdmin
from marketplace.orders.models import Order
from marketplace.parties.models import Seller
from sellers.receipts.admin.files import file_table
from sellers.receipts.models import Receipt, State
from sellers.receipts.operations.withdrawing import Needed, ReasonMissing, withdraw_receipt
from sellers.receipts.queries import ReceiptClock, clocks
from sellers.receipts.wording import signature_text

TONES: dict[str, str] = {State.REGISTERED: "ok", State.WITHDRAWN: "none"}


def receipt_table(rows: "QuerySet[Receipt]", *, title: Any) -> Table:
    """Receipts as another page shows them."""
    return Table(
        title=title,
        words=(_("number"), _("kind"), _("state"), _("late"), _("registered"), _("signature")),
        figures=(_("total"),),
        rows=[
            (
                link(each),
                each.get_kind_display(),
                badge(each.get_state_display(), TONES[each.state]),
                badge(_("late"), "warn") if each.late else "–",
                moment(each.registered_at),
                signature_text(each),
                money(each.total, each.currency),
            )
            for each in rows.order_by("registered_at", "pk")
        ],
        empty=_("None."),
    )


def _of_order(order: Order) -> Iterable[Table]:
    if order.market.receipt_required or order.receipts.exists():
        yield receipt_table(order.receipts.all(), title=_("Receipts"))


OrderAdmin.beside.append(_of_order)


def _withdraw(request: HttpRequest, row: Receipt, text: str) -> None:
    withdraw_receipt(receipt_id=row.pk, reason=text, as_seller=False, **acting(request))


@admin.register(Receipt)
class ReceiptAdmin(DeskAdmin):
    list_display = (
        "number",
        "shown_market",
        "seller",
        "shown_order",
        "shown_kind",
        "shown_total",
        "shown_late",
        "shown_state",
        "registered_at",
    )
    list_filter = ("market", "state", "kind", "late", "signature")
    search_fields = ("number", "order__number", "seller__partner_number", "seller__name", "buyer")
    ordering = ("-registered_at", "-pk")
    list_select_related = ("market", "seller", "order")
    fields = readonly_fields = (
        "number",
        "kind",
        "market",
        "seller",
        "shown_order",
        "shown_return",
        "shown_original",
        "shown_state",
        "shown_late",
        "issued_on",
        "shown_total",
        "buyer",
        "shown_signature",
        "syntax",
        "identity",
        "files",
        "sha256",
        "registered_at",
        "registered_by",
    )
    papers = {"xml": "XML", "pdf": "PDF"}
    deeds = (
        Deed(
            "withdraw",
            gettext_lazy("Withdraw"),
            _withdraw,
            refusals=(IllegalMove, Needed, ReasonMissing),
            asks=gettext_lazy("reason"),
            note=gettext_lazy("The order needs another receipt then; its seller reads the reason."),
            when=lambda request, row: row.state == State.REGISTERED,
            grave=True,
        ),
    )
    shown_market = market_column
    shown_state = state_column(TONES)
    shown_order = link_column("order", gettext_lazy("order"))
    shown_return = link_column("returned", gettext_lazy("return"))
    shown_original = link_column("original", gettext_lazy("receipt it refers to"))
    shown_total = money_column("total", gettext_lazy("total"), currency=lambda row: row.currency)

    @admin.display(description=gettext_lazy("kind"), ordering="kind")
    def shown_kind(self, row: Receipt) -> SafeString:
        return format_html('<span class="nowrap">{}</span>', row.get_kind_display())

    @admin.display(description=gettext_lazy("late"), ordering="late")
    def shown_late(self, row: Receipt) -> SafeString:
        return badge(_("late"), "warn") if row.late else SafeString("–")

    @admin.display(description=gettext_lazy("signature"))
    def shown_signature(self, row: Receipt) -> str:
        return signature_text(row)

    def tables(self, row: Receipt) -> Iterable[Table]:
        yield file_table(row.files.all(), title=_("Files that brought it"))
        if row.notes.exists():
            yield receipt_table(row.notes.all(), title=_("Notes on it"))
        yield history(row, TONES)

    def tools(self, request: HttpRequest) -> Iterable[tuple[Any, str]]:
        yield _("Lateness of sellers"), reverse("admin:receipts_receipt_lateness")

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        own = path("lateness/", view(self.lateness), name="receipts_receipt_lateness")
        return [own, *super().get_urls()]

    def lateness(self, request: HttpRequest) -> HttpResponse:
        """How late each seller is with its receipts, those first that are latest."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        sellers = {
            row.pk: row
            for row in Seller.objects.filter(market__receipt_required=True, is_active=True)
            .select_related("market")
            .order_by("pk")
        }
        found = clocks(sellers.values(), at=timezone.now())
        rows = sorted(found.items(), key=lambda each: (-(each[1].rate_bp or 0), -each[1].due, each[0]))
        return self.own_page(request, title=_("Lateness of sellers"), tables=[_lateness_table(rows, sellers)])


def _lateness_table(rows: Iterable[tuple[int, ReceiptClock]], sellers: dict[int, Seller]) -> Table:
    language = get_language() or "en"
    return Table(
        title=_("Receipts of orders shipped in the last 90 days"),
        words=(_("market"), _("seller"), _("late"), _("oldest order that waits")),
        figures=(_("shipped"), _("of them late"), _("shipped without one"), _("due before shipping")),
        rows=[
            (
                sellers[key].market.code,
                list_link(Receipt, sellers[key], seller__id__exact=key),
                "–" if clock.rate_bp is None else percent_text(clock.rate_bp, language=language),
                moment(clock.oldest),
                *map(figure, (clock.sent, clock.sent_late, clock.late, clock.due)),
            )
            for key, clock in rows
        ],
        empty=_("No market requires receipts, or nothing was ordered yet."),
    )
