"""Open items in the back office: what is owed either way, how old it is, and why it is open."""

from collections.abc import Iterable
from functools import partial
from typing import Any

from django.contrib import admin
from django.db.models import F, Prefetch, Q, QuerySet
from django.http import HttpRequest
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.timesince import timesince
from django.utils.translation import gettext_lazy as _

from marketplace.kernel.backoffice import badge, money, money_column
from marketplace.kernel.desk import DeskAdmin
from marketplace.kernel.desk_parts import Notice, Table, link, link_column, one_filter
from marketplace.kernel.zones import local_date
from marketplace.parties.models import Market, Seller
from settlement.netting.admin import reports
from settlement.netting.admin.disputes import dispute_table
from settlement.netting.admin.papers import paper_text
from settlement.netting.models import SOURCES, Dispute, Item, LineState, SetOffLine, Side
from settlement.netting.queries import due_within
from settlement.netting.reasons import why_open

LINE_TONES: dict[str, str] = {LineState.PROPOSED: "warn", LineState.AGREED: "ok", LineState.WITHDRAWN: "bad"}


class OpenFilter(admin.SimpleListFilter):
    """What is open, unless all is asked for."""

    title = _("what is left")
    parameter_name = "left"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [
            ("free", _("Free for the next set-off")),
            ("reserved", _("Being paid")),
            ("withheld", _("Disputed")),
            ("all", _("All, also what is settled")),
        ]

    def choices(self, changelist: Any) -> Any:
        rest = iter(super().choices(changelist))
        next(rest)
        query = changelist.get_query_string(remove=[self.parameter_name])
        yield {"selected": self.value() is None, "query_string": query, "display": _("Open")}
        yield from rest

    def queryset(self, request: HttpRequest, rows: Any) -> Any:
        match self.value():
            case "all":
                return rows
            case "free":
                return rows.free()
            case "reserved" | "withheld" as part:
                return rows.unsettled().filter(**{f"{part}__gt": 0})
        return rows.unsettled()


class DueFilter(admin.SimpleListFilter):
    """How long it has been due, by the columns of the ageing."""

    title = _("due since")
    parameter_name = "due"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return list(reports.column_labels().items())

    def queryset(self, request: HttpRequest, rows: "QuerySet[Item]") -> "QuerySet[Item]":
        column, now = self.value(), timezone.now()
        if column not in reports.column_labels():
            return rows
        due = Q(pk=None)
        for market in Market.objects.all():
            due |= due_within(column, market=market, on=local_date(now, market.zone))
        return rows.filter(due)


def _currency(row: Item) -> str:
    return row.currency


@admin.register(Item)
class ItemAdmin(DeskAdmin):
    list_display = (
        "number",
        "seller",
        "shown_side",
        "shown_paper",
        "due_for",
        "shown_open",
        "why",
        "shown_free",
        "shown_reserved",
        "shown_withheld",
        "shown_document",
    )
    list_filter = (
        OpenFilter,
        one_filter("seller", Seller, _("seller")),
        "side",
        "paper",
        DueFilter,
        "market",
    )
    search_fields = ("number", "document__reference", "seller__partner_number", "seller__name")
    ordering = ("due_at", "number", "pk")
    list_select_related = ("seller", *SOURCES, "invoice", "fee", "order", "market")
    fields = readonly_fields = (
        "number",
        "seller",
        "shown_side",
        "shown_paper",
        "shown_document",
        "paper",
        "due_at",
        "opened_at",
        "shown_total",
        "shown_settled",
        "shown_open",
        "shown_free",
        "shown_reserved",
        "shown_withheld",
        "why",
    )
    shown_document = link_column("document", _("document"))
    shown_total = money_column("total", _("total"), currency=_currency)
    shown_settled = money_column("settled", _("settled"), currency=_currency)
    shown_reserved = money_column("reserved", _("being paid"), currency=_currency)
    shown_withheld = money_column("withheld", _("disputed"), currency=_currency)

    def get_queryset(self, request: HttpRequest) -> Any:
        """Each item with the lines that hold it on a set-off, in one query more."""
        lines = SetOffLine.objects.select_related("set_off").order_by("-pk")
        return super().get_queryset(request).prefetch_related(Prefetch("lines", lines))

    @admin.display(description=_("side"), ordering="side")
    def shown_side(self, row: Item) -> SafeString:
        return badge(row.get_side_display(), "info" if row.side == Side.PAYABLE else "accent")

    @admin.display(description=_("what it is of"), ordering="paper")
    def shown_paper(self, row: Item) -> str:
        return paper_text(row)

    @admin.display(description=_("due for"), ordering="due_at")
    def due_for(self, row: Item) -> str:
        return timesince(row.due_at, depth=1)

    @admin.display(description=_("open"), ordering=F("total") - F("settled"))
    def shown_open(self, row: Item) -> SafeString:
        return money(row.open, row.currency)

    @admin.display(description=_("free"))
    def shown_free(self, row: Item) -> SafeString:
        return money(row.available, row.currency)

    @admin.display(description=_("why it is open"))
    def why(self, row: Item) -> str:
        return " ".join(str(reason) for reason in why_open(row)) or "–"

    @admin.display(description=_("comes from"))
    def paper(self, row: Item) -> SafeString:
        return link(row.invoice or row.fee or row.order or row.source)

    def tools(self, request: HttpRequest) -> Iterable[tuple[Any, str]]:
        yield _("Ageing"), reverse("admin:netting_item_ageing")
        yield _("Cash without an invoice"), reverse("admin:netting_item_cash")

    def notices(self, request: HttpRequest, row: Item) -> Iterable[Notice]:
        for reason in why_open(row):
            yield Notice(reason)

    def tables(self, row: Item) -> Iterable[Table]:
        yield Table(
            title=_("On set-offs"),
            words=(_("set-off"), _("state")),
            figures=(_("open then"), _("disputed"), _("set off"), _("remaining")),
            rows=[
                (
                    link(line.set_off),
                    badge(line.get_state_display(), LINE_TONES[line.state]),
                    *(
                        money(amount, row.currency)
                        for amount in (line.total, line.disputed, line.netted, line.remaining)
                    ),
                )
                for line in row.lines.all()
            ],
            empty=_("On none yet."),
        )
        disputes = Dispute.objects.filter(Q(cash_item=row) | Q(invoice_item=row))
        yield dispute_table(disputes, title=_("Disputes"))

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        own = [
            path("ageing/", view(partial(reports.ageing_page, self)), name="netting_item_ageing"),
            path("ageing/file/", view(partial(reports.ageing_file, self)), name="netting_item_ageing_file"),
            path("cash/", view(partial(reports.cash_page, self)), name="netting_item_cash"),
        ]
        return [*own, *super().get_urls()]
