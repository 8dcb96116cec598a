"""Demands in the back office: money received by hand, demands taken back."""

from collections.abc import Iterable
from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from marketplace.kernel.backoffice import ReasonForm, badge, money, money_column, state_column
from marketplace.kernel.desk import Deed, DeskAdmin, acting
from marketplace.kernel.desk_parts import Table, history, link, link_column, moment, queue_filter
from marketplace.kernel.money import decimal_text
from marketplace.kernel.states import IllegalMove
from marketplace.kernel.typed import NotAnAmount, amount_in
from marketplace.kernel.zones import local_date
from marketplace.parties.models import Market
from settlement.documents.operations.voiding import ReasonMissing
from settlement.netting.models import ITEM_SOURCES
from settlement.payouts.admin.movements import movement_table
from settlement.payouts.models import Collection, CollectionState
from settlement.payouts.operations.collecting import TooMuchMoney, cancel_collection, receive_money

MOST = 200
"""Items a page shows."""

TONES: dict[str, str] = {
    CollectionState.DEMANDED: "warn",
    CollectionState.PAID: "ok",
    CollectionState.CANCELLED: "none",
}


class AmountForm(ReasonForm):
    """The action bar with a place for an amount, or the reason a decision needs."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].label = _("Amount or reason")


class OverdueFilter(admin.SimpleListFilter):
    """Demands whose day has passed in their market, and that still miss money."""

    title = _("due")
    parameter_name = "due"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("overdue", _("Overdue")), ("later", _("Not due yet"))]

    def queryset(self, request: HttpRequest, rows: "QuerySet[Collection]") -> "QuerySet[Collection]":
        if self.value() not in ("overdue", "later"):
            return rows
        late = Q(pk=None)
        for market in Market.objects.all():
            late |= Q(market=market, due_on__lt=local_date(timezone.now(), market.zone))
        waiting = rows.filter(state=CollectionState.DEMANDED)
        return waiting.filter(late if self.value() == "overdue" else ~late)


def _received(request: HttpRequest, row: Collection, text: str) -> None:
    told = acting(request)
    receive_money(
        collection_id=row.pk,
        amount=amount_in(text),
        received_on=local_date(told["at"], row.market.zone),
        note=gettext("Noted by hand"),
        **told,
    )


def _take_back(request: HttpRequest, row: Collection, text: str) -> None:
    cancel_collection(collection_id=row.pk, reason=text, **acting(request))


def _waits(request: HttpRequest, row: Collection) -> bool:
    return row.state == CollectionState.DEMANDED


REFUSALS = (IllegalMove, ReasonMissing, TooMuchMoney, NotAnAmount)
DEEDS = (
    Deed(
        "received",
        _("Received by hand"),
        _received,
        refusals=REFUSALS,
        asks=_("amount"),
        given=lambda row: decimal_text(row.missing),
        note=_("Money that came in and that no bank file told of. The day is today."),
        when=_waits,
    ),
    Deed(
        "take_back",
        _("Take back"),
        _take_back,
        refusals=REFUSALS,
        asks=_("reason"),
        note=_("What has not come in is carried to the seller's next set-off."),
        when=_waits,
        grave=True,
    ),
)


def _currency(row: Collection) -> str:
    return row.currency


@admin.register(Collection)
class CollectionAdmin(DeskAdmin):
    list_display = (
        "reference",
        "seller",
        "shown_set_off",
        "symbol",
        "shown_amount",
        "shown_missing",
        "due",
        "shown_state",
    )
    list_filter = (
        queue_filter(
            CollectionState.choices, waiting=[CollectionState.DEMANDED], label=_("Waiting for payment")
        ),
        OverdueFilter,
        "market",
    )
    search_fields = ("reference", "symbol", "set_off__reference", "seller__partner_number", "seller__name")
    ordering = ("due_on", "pk")
    list_select_related = ("seller", "set_off", "market")
    action_form = AmountForm
    deeds = DEEDS
    papers = {"pdf": _("PDF")}
    fields = readonly_fields = (
        "reference",
        "seller",
        "shown_set_off",
        "shown_state",
        "symbol",
        "due",
        "shown_amount",
        "shown_received",
        "shown_missing",
        "shown_exact",
        "demanded_at",
        "files",
    )
    shown_state = state_column(TONES)
    shown_set_off = link_column("set_off", _("set-off"))
    shown_amount = money_column("amount", _("amount"), currency=_currency)
    shown_received = money_column("received", _("received"), currency=_currency)
    shown_exact = money_column("exact", _("owed"), currency=_currency)

    @admin.display(description=_("missing"))
    def shown_missing(self, row: Collection) -> SafeString:
        return money(row.missing, row.currency)

    @admin.display(description=_("due"), ordering="due_on")
    def due(self, row: Collection) -> Any:
        waits = row.state == CollectionState.DEMANDED
        late = waits and row.due_on < local_date(timezone.now(), row.market.zone)
        return badge(moment(row.due_on), "bad") if late else moment(row.due_on)

    def tables(self, row: Collection) -> Iterable[Table]:
        yield _items(row)
        yield _receipts(row)
        yield movement_table(row.bank_entries.all())
        yield history(row, TONES)


def _items(row: Collection) -> Table:
    items = row.items.select_related(*ITEM_SOURCES).order_by("item__due_at", "item__number", "item")
    return Table(
        title=_("What it demands"),
        words=(_("number"), _("document")),
        figures=(_("amount"),),
        rows=[
            (link(each.item), link(each.item.source), money(each.amount, row.currency))
            for each in items[:MOST]
        ],
        foot=[(_("Total"), "", money(row.exact, row.currency))],
        more=_("Only the first %(count)s are shown.") % {"count": MOST} if items.count() > MOST else "",
    )


def _receipts(row: Collection) -> Table:
    receipts = row.receipts.select_related("by").order_by("pk")
    return Table(
        title=_("What came in"),
        words=(_("received on"), _("noted"), _("by"), _("note")),
        figures=(_("amount"),),
        rows=[
            (
                moment(each.received_on),
                moment(each.at),
                each.by or "–",
                each.note or "–",
                money(each.amount, row.currency),
            )
            for each in receipts
        ],
        empty=_("Nothing yet."),
    )
