"""Disputes in the back office: a queue, a conversation, a decision."""

from collections.abc import Iterable
from typing import Any

from django.contrib import admin
from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from marketplace.kernel.backoffice import Work, badge, money, money_column, state_column
from marketplace.kernel.desk import Deed, DeskAdmin, acting
from marketplace.kernel.desk_parts import (
    Notice,
    Table,
    age_column,
    history,
    link,
    link_column,
    moment,
    queue_filter,
)
from marketplace.kernel.states import IllegalMove
from settlement.documents.operations.voiding import ReasonMissing
from settlement.netting.models import Dispute, DisputeMessage, DisputeState, Outcome
from settlement.netting.operations.disputing import NoCashToTakeOver, answer_dispute, decide_dispute

TONES: dict[str, str] = {DisputeState.OPEN: "warn", DisputeState.CLOSED: "ok"}
REFUSALS = (IllegalMove, NoCashToTakeOver, ReasonMissing)


def _answer(request: HttpRequest, row: Dispute, text: str) -> None:
    answer_dispute(dispute_id=row.pk, text=text, as_seller=False, **acting(request))


def _stands(request: HttpRequest, row: Dispute, text: str) -> None:
    decide_dispute(dispute_id=row.pk, outcome=Outcome.STANDS, text=text, **acting(request))


def _held_here(request: HttpRequest, row: Dispute, text: str) -> None:
    decide_dispute(dispute_id=row.pk, outcome=Outcome.HELD_HERE, text=text, **acting(request))


def _is_open(request: HttpRequest, row: Dispute) -> bool:
    return row.state == DisputeState.OPEN


DEEDS = (
    Deed(
        "answer",
        _("Answer"),
        _answer,
        refusals=REFUSALS,
        asks=_("message to the seller"),
        when=_is_open,
        long=True,
        listed=False,
    ),
    Deed(
        "stands",
        _("Decide: the amounts stand"),
        _stands,
        refusals=REFUSALS,
        asks=_("reason"),
        note=_("What is withheld is free for the next set-off, on both sides. The seller reads the reason."),
        when=_is_open,
        long=True,
    ),
    Deed(
        "held_here",
        _("Decide: the marketplace holds the cash"),
        _held_here,
        refusals=REFUSALS,
        asks=_("reason"),
        note=_(
            "The seller no longer owes this order's cash: it is booked as being with the marketplace. The "
            "seller reads the reason."
        ),
        when=lambda request, row: row.state == DisputeState.OPEN and row.of_cash,
        grave=True,
        long=True,
    ),
)


def dispute_table(disputes: "QuerySet[Dispute]", *, title: Any) -> Table:
    """Disputes as another page shows them."""
    rows = disputes.select_related("order", "set_off").order_by("pk")
    return Table(
        title=title,
        words=(_("order"), _("set-off"), _("state"), _("decision")),
        figures=(_("cash or commission withheld"), _("share of the invoice withheld")),
        rows=[
            (
                link(row),
                link(row.set_off),
                badge(row.get_state_display(), TONES[row.state]),
                row.get_outcome_display() or "–",
                money(row.cash, row.set_off.currency),
                money(row.share, row.set_off.currency),
            )
            for row in rows
        ],
        empty=_("None."),
    )


@admin.register(Dispute)
class DisputeAdmin(DeskAdmin):
    list_display = (
        "order",
        "seller",
        "shown_set_off",
        "shown_cash",
        "shown_share",
        "shown_state",
        "outcome",
        "last_word",
        "age",
    )
    list_filter = (queue_filter(DisputeState.choices, waiting=[DisputeState.OPEN]), "market", "outcome")
    search_fields = ("order__number", "set_off__reference", "seller__partner_number", "seller__name")
    ordering = ("opened_at", "pk")
    list_select_related = ("order", "seller", "set_off")
    fields = readonly_fields = (
        "shown_order",
        "seller",
        "shown_set_off",
        "shown_state",
        "shown_cash",
        "shown_share",
        "cash_item",
        "invoice_item",
        "opened_at",
        "opened_by",
        "outcome",
        "closed_at",
    )
    deeds = DEEDS
    work = (Work(_("Disputes"), Q(state=DisputeState.OPEN)),)
    shown_state = state_column(TONES)
    shown_order = link_column("order", _("order"))
    shown_set_off = link_column("set_off", _("set-off"))
    shown_cash = money_column(
        "cash", _("cash or commission withheld"), currency=lambda row: row.set_off.currency
    )
    shown_share = money_column(
        "share", _("share of the invoice withheld"), currency=lambda row: row.set_off.currency
    )
    age = age_column("opened_at", lambda row: row.state == DisputeState.OPEN)

    def get_queryset(self, request: HttpRequest) -> Any:
        """Each dispute with who spoke last, in the same query."""
        last = DisputeMessage.objects.filter(dispute=OuterRef("pk")).order_by("-pk")
        spoke = Subquery(last.values("from_seller")[:1])
        return super().get_queryset(request).annotate(seller_spoke_last=spoke)

    @admin.display(description=_("last word"))
    def last_word(self, row: Any) -> SafeString | str:
        if row.state != DisputeState.OPEN:
            return "–"
        if row.seller_spoke_last:
            return badge(_("the seller's: answer it"), "warn")
        return badge(_("ours: the seller is asked"), "info")

    def notices(self, request: HttpRequest, row: Any) -> Iterable[Notice]:
        if row.state == DisputeState.OPEN and row.seller_spoke_last:
            yield Notice(_("The seller spoke last and waits for an answer."), "warn")

    def tables(self, row: Dispute) -> Iterable[Table]:
        messages = row.messages.select_related("by").order_by("pk")
        yield Table(
            title=_("Conversation"),
            words=(_("at"), _("by"), _("text")),
            rows=[(moment(each.at), _speaker(each), _said(each.text)) for each in messages],
        )
        yield history(row, TONES)


def _speaker(message: DisputeMessage) -> SafeString:
    side = badge(_("seller"), "info") if message.from_seller else badge(_("accounting"), "none")
    return format_html("{} {}", side, message.by or "")


def _said(text: str) -> SafeString:
    return format_html('<span class="said">{}</span>', text)
