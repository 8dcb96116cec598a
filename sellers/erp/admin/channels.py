"""Sellers' channels: whose books, in what state, how far lists were read, what waits and what failed."""

from collections.abc import Iterable
from typing import Any

from django.contrib import admin
from django.db.models import Count, Q
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from marketplace.kernel.backoffice import state_column
from marketplace.kernel.desk import Deed, DeskAdmin, acting
from marketplace.kernel.desk_parts import Notice, Table, figure, list_link, moment
from sellers.erp.models import Channel, ChannelState, ErpInvoice, ErpState, OrderGroup
from sellers.erp.operations.reading_anew import read_anew
from sellers.erp.operations.trying_again import try_all_again
from sellers.erp.queries import TO_DO
from sellers.erp.refusals import CAUSES, Refused

TONES: dict[str, str] = {ChannelState.ON: "ok", ChannelState.REFUSED: "bad", ChannelState.OFF: "none"}


def _again(request: HttpRequest, row: Channel, text: str) -> None:
    try_all_again(channel_id=row.pk, **acting(request))


def _read(request: HttpRequest, row: Channel, text: str) -> None:
    read_anew(channel_id=row.pk, **acting(request))


def _is_on(request: HttpRequest, row: Channel) -> bool:
    return row.state == ChannelState.ON


@admin.register(Channel)
class ChannelAdmin(DeskAdmin):
    list_display = (
        "name",
        "seller",
        "market",
        "shown_state",
        "company",
        "automatic",
        "waiting",
        "failed",
        "connected_at",
        "rests_until",
    )
    list_filter = ("state", "provider", "automatic", "seller__market")
    search_fields = ("name", "company", "company_number", "seller__partner_number", "seller__name")
    ordering = ("-connected_at", "-pk")
    list_select_related = ("seller__market",)
    fields = readonly_fields = (
        "seller",
        "provider",
        "shown_state",
        "company",
        "company_number",
        "country",
        "currency",
        "email",
        "connected_at",
        "connected_by",
        "rests_until",
        "automatic",
        "automatic_since",
        "shown_statuses",
        "fulfilment",
        "as_draft",
        "stamp",
        "sku_is",
        "use_taxes",
        "shown_invoices",
    )
    shown_state = state_column(TONES)
    deeds = (
        Deed(
            "again",
            _("Try what failed again"),
            _again,
            refusals=(Refused,),
            note=_("All its orders that failed are sent again, as the seller could do itself."),
            when=_is_on,
        ),
        Deed("read", _("Read its lists anew"), _read, refusals=(Refused,), when=_is_on),
    )

    def get_queryset(self, request: HttpRequest) -> Any:
        """Each channel with what waits and what failed, in the same query."""
        waiting = Count("invoices", filter=Q(invoices__state__in=TO_DO))
        failed = Count("invoices", filter=Q(invoices__state=ErpState.FAILED))
        return super().get_queryset(request).annotate(count_waiting=waiting, count_failed=failed)

    @admin.display(description=_("market"), ordering="seller__market__code")
    def market(self, row: Channel) -> str:
        return row.seller.market.code

    @admin.display(description=pgettext_lazy("orders", "waiting"), ordering="count_waiting")
    def waiting(self, row: Any) -> SafeString:
        return figure(row.count_waiting)

    @admin.display(description=pgettext_lazy("orders", "failed"), ordering="count_failed")
    def failed(self, row: Any) -> SafeString:
        return figure(row.count_failed)

    @admin.display(description=_("order statuses"))
    def shown_statuses(self, row: Channel) -> str:
        chosen = [str(OrderGroup(group).label) for group in row.order_groups]
        return ", ".join(chosen) or gettext("All")

    @admin.display(description=_("invoices"))
    def shown_invoices(self, row: Channel) -> SafeString:
        return list_link(ErpInvoice, _("its invoices"), channel__id__exact=row.pk, state="all")

    def notices(self, request: HttpRequest, row: Channel) -> Iterable[Notice]:
        if row.state == ChannelState.REFUSED:
            yield Notice(_("The ERP refuses the token. Only the seller can enter a new one."), "bad")

    def tables(self, row: Channel) -> Iterable[Table]:
        """What failed, by cause; and how far its lists were read."""
        counted = (
            ErpInvoice.objects.filter(channel=row, state=ErpState.FAILED)
            .values_list("cause", "about")
            .annotate(count=Count("pk"))
            .order_by("-count", "cause", "about")
        )
        yield Table(
            title=_("What failed"),
            words=(_("cause"), _("about")),
            figures=(_("orders"),),
            rows=[(CAUSES.get(cause, cause), about or "–", figure(count)) for cause, about, count in counted],
            empty=_("Nothing."),
        )
        yield Table(
            title=_("Lists read"),
            words=(_("list"), _("begun"), _("finished")),
            figures=(_("rows"),),
            rows=[
                (
                    each.get_kind_display(),
                    moment(each.began_at),
                    moment(each.finished_at),
                    figure(each.position),
                )
                for each in row.readings.order_by("kind")
            ],
            empty=_("None yet."),
        )
