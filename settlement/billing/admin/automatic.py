"""Automatic invoicing in the back office: what sellers chose, what became of it, and trying again."""

from collections.abc import Iterable
from typing import Any

from django.contrib import admin
from django.db.models import OuterRef, Q, Subquery
from django.http import HttpRequest
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from marketplace.kernel.backoffice import LookOnlyAdmin, Work, badge, days_column, money, state_column
from marketplace.kernel.desk import Deed, DeskAdmin, acting
from marketplace.kernel.desk_parts import (
    Notice,
    Table,
    link_column,
    link_for,
    list_link,
    moment,
    one_filter,
)
from marketplace.parties.models import Seller
from settlement.billing.admin.parts import standing
from settlement.billing.models import AutomaticInvoicing, AutomaticRun, Mode, RunState
from settlement.billing.operations.automatic import try_again
from settlement.billing.refusals import Refused

TONES: dict[str, str] = {RunState.ISSUED: "ok", RunState.EMPTY: "none", RunState.REFUSED: "bad"}


class StillRefused(Refused):
    """The run was tried again and refused again, or need not be tried."""


def _again(request: HttpRequest, row: AutomaticRun, text: str) -> None:
    if row.state != RunState.REFUSED:
        raise StillRefused(_("It was not refused, so it is not tried again."))
    run = try_again(run_id=row.pk, **acting(request))
    if run is not None and run.state == RunState.REFUSED:
        raise StillRefused(run.reason)


@admin.register(AutomaticRun)
class AutomaticRunAdmin(DeskAdmin):
    list_display = (
        "days",
        "seller",
        "shown_state",
        "shown_total",
        "issued",
        "reason",
        "ran_at",
        "shown_deposit",
        "mode",
    )
    list_filter = ("state", "seller__market", "mode", one_filter("seller", Seller, _("seller")))
    search_fields = ("seller__partner_number", "seller__name", "invoices__reference")
    ordering = ("-ran_at", "-pk")
    date_hierarchy = "ran_at"
    list_select_related = ("seller__market", "deposit")
    work = (
        Work(
            _("Automatic invoicing that was refused"),
            Q(state=RunState.REFUSED),
            {"state__exact": RunState.REFUSED.value},
        ),
    )
    deeds = (
        Deed(
            "again",
            _("Try again"),
            _again,
            refusals=(Refused,),
            note=_(
                "It is tried at once, also if it is far more than usual: look at the seller's deposits first."
            ),
            when=lambda request, row: row.state == RunState.REFUSED,
        ),
    )
    fields = readonly_fields = (
        "seller",
        "shown_state",
        "mode",
        "days",
        "shown_deposit",
        "ran_at",
        "shown_total",
        "reason",
    )
    days = days_column("first_on", "end_on", _("period"))
    shown_state = state_column(TONES)
    shown_deposit = link_column("deposit", _("deposit"))

    def get_queryset(self, request: HttpRequest) -> Any:
        """Each run with its invoices, in one query more."""
        return super().get_queryset(request).prefetch_related("invoices")

    @admin.display(description=_("invoices"))
    def issued(self, row: AutomaticRun) -> SafeString | str:
        return (
            format_html_join(" ", '<span class="nowrap">{}</span>', ((each,) for each in row.invoices.all()))
            or "–"
        )

    @admin.display(description=_("invoiced"))
    def shown_total(self, row: AutomaticRun) -> SafeString:
        currency = row.seller.market.currency
        total = sum(each.gross for each in row.invoices.all())
        return money(total, currency) if total else format_html('<span class="money none">{}</span>', "–")

    def notices(self, request: HttpRequest, row: AutomaticRun) -> Iterable[Notice]:
        if row.state == RunState.REFUSED:
            text = _("It was not invoiced: %(reason)s It is tried again every day by itself.")
            yield Notice(text % {"reason": row.reason}, "bad")

    def tables_for(self, request: HttpRequest, row: AutomaticRun) -> Iterable[Table]:
        rows = row.invoices.select_related("credits", "credit_note", "replaces").order_by("pk")
        yield Table(
            title=_("What it issued"),
            words=(_("number"), _("date of issue"), _("state")),
            figures=(_("total"),),
            rows=[
                (
                    link_for(request, each),
                    moment(each.issued_on),
                    standing(each),
                    money(each.gross, each.currency),
                )
                for each in rows
            ],
            empty=_("Nothing."),
        )


@admin.register(AutomaticInvoicing)
class AutomaticInvoicingAdmin(LookOnlyAdmin):
    list_display = ("seller", "market", "shown_mode", "starts_on", "last_run", "last_state", "runs")
    list_filter = ("seller__market", "mode")
    search_fields = ("seller__partner_number", "seller__name")
    ordering = ("seller__market__code", "seller__partner_number")
    list_select_related = ("seller__market",)
    fields = readonly_fields = ("seller", "market", "shown_mode", "starts_on", "runs")

    def get_queryset(self, request: HttpRequest) -> Any:
        """Each choice with its last run, in the same query."""
        last = AutomaticRun.objects.filter(seller=OuterRef("seller")).order_by("-ran_at", "-pk")
        return (
            super()
            .get_queryset(request)
            .annotate(ran=Subquery(last.values("ran_at")[:1]), ended=Subquery(last.values("state")[:1]))
        )

    @admin.display(description=_("market"), ordering="seller__market__code")
    def market(self, row: AutomaticInvoicing) -> str:
        return row.seller.market.code

    @admin.display(description=_("mode"), ordering="mode")
    def shown_mode(self, row: AutomaticInvoicing) -> SafeString:
        return badge(row.get_mode_display(), "none" if row.mode == Mode.OFF else "info")

    @admin.display(description=_("last run"), ordering="ran")
    def last_run(self, row: Any) -> str:
        return moment(row.ran)

    @admin.display(description=_("how it ended"), ordering="ended")
    def last_state(self, row: Any) -> SafeString | str:
        return badge(RunState(row.ended).label, TONES[row.ended]) if row.ended else "–"

    @admin.display(description=_("runs"))
    def runs(self, row: AutomaticInvoicing) -> SafeString:
        return list_link(AutomaticRun, _("All runs"), seller=row.seller_id)
