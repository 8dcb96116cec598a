"""The list of set-offs, and that of disputes."""

from typing import Any

from django.db.models import F, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from marketplace.parties.models import Seller
from sellers.door.templatetags.days import day
from sellers.portal.columns import Badge, Column, Kind
from sellers.portal.listing import Listing
from settlement.netting.models import Dispute, DisputeState, SetOff, SetOffLine, State

STATES = {State.PROPOSED: "awaited", State.CONFIRMED: "confirmed", State.WITHDRAWN: "withdrawn"}


def set_offs_of(seller: Seller) -> "QuerySet[Any]":
    """A seller's set-offs, each with ``net``, what is due to the seller after it."""
    net = F("payables") - F("disputed_payables") - F("receivables") + F("disputed_receivables")
    return SetOff.objects.of(seller).annotate(net=net)


def payer_text(net: int) -> str:
    """Who pays whom, as a seller reads it in a list."""
    if net == 0:
        return _("Nothing is left to pay")
    return _("The marketplace pays you") if net > 0 else _("You pay the marketplace")


def standing_of(set_off: SetOff) -> Badge:
    """A set-off's state with its colour, as its seller reads it."""
    state = State(set_off.state)
    label = _("Waits for your answer") if state == State.PROPOSED else set_off.get_state_display()
    return Badge(label, STATES[state])


def _until(set_off: SetOff) -> str:
    return _("until %(day)s") % {"day": day(set_off.answer_by)} if set_off.state == State.PROPOSED else ""


def search_set_offs(seller: Seller, text: str) -> Q:
    """By the set-off's reference, or the number of an order, a document or an invoice on it."""
    lines = SetOffLine.objects.filter(item__seller=seller)
    return (
        Q(reference__icontains=text)
        | Q(pk__in=lines.filter(item__order__number=text).values("set_off"))
        | Q(pk__in=lines.filter(item__invoice__number__iexact=text).values("set_off"))
        | Q(pk__in=lines.filter(item__document__reference=text.upper()).values("set_off"))
        | Q(pk__in=lines.filter(item__billing__reference=text.upper()).values("set_off"))
    )


SET_OFFS = Listing(
    name="set-offs",
    title=gettext_lazy("Set-offs"),
    columns=(
        Column(
            gettext_lazy("Set-off"),
            lambda row: row.reference,
            css="at-title nowrap",
            url=lambda row: reverse("portal:set_off", args=[row.reference]),
            width=20,
        ),
        Column(
            gettext_lazy("Proposed"), lambda row: row.proposed_at, Kind.MOMENT, "at-sub", sort="-proposed"
        ),
        Column(gettext_lazy("Answer by"), lambda row: row.answer_by, Kind.DAY, on_page=False),
        Column(gettext_lazy("State"), standing_of, Kind.STATE, css="at-badge", note=_until, width=20),
        Column(gettext_lazy("Owed to you"), lambda row: row.payables, Kind.MONEY, sort="-owed"),
        Column(gettext_lazy("Cash you hold"), lambda row: row.receivables, Kind.MONEY, sort="-held"),
        Column(gettext_lazy("Set off"), lambda row: row.netted, Kind.MONEY, sort="-netted"),
        Column(
            gettext_lazy("Left to pay"),
            lambda row: abs(row.net),
            Kind.MONEY,
            css="at-amount",
            note=lambda row: payer_text(row.net),
        ),
        Column(gettext_lazy("Who pays"), lambda row: payer_text(row.net), on_page=False, width=28),
    ),
    sorts={"proposed": "proposed_at", "owed": "payables", "held": "receivables", "netted": "netted"},
    sort="-proposed",
    day="proposed_at",
    search=search_set_offs,
    placeholder=gettext_lazy("Set-off, order or invoice number"),
    tabs={
        "all": (gettext_lazy("All"), Q()),
        "proposed": (gettext_lazy("Wait for your answer"), Q(state=State.PROPOSED)),
        "confirmed": (pgettext_lazy("several set-offs", "Agreed"), Q(state=State.CONFIRMED)),
        "withdrawn": (pgettext_lazy("several set-offs", "Withdrawn"), Q(state=State.WITHDRAWN)),
    },
    tabs_label=gettext_lazy("Set-offs by state"),
)


def decision_of(dispute: Dispute) -> Badge:
    """Whether a dispute waits, and how it was decided."""
    if dispute.state == DisputeState.OPEN:
        return Badge(dispute.get_state_display(), "awaited")
    return Badge(dispute.get_outcome_display(), "closed")


def search_disputes(seller: Seller, text: str) -> Q:
    """By the order's number or the set-off's reference."""
    return Q(order__number=text) | Q(set_off__reference__icontains=text)


DISPUTES = Listing(
    name="disputes",
    title=gettext_lazy("Disputes"),
    columns=(
        Column(
            gettext_lazy("Order"),
            lambda row: row.order.number,
            css="at-title",
            url=lambda row: reverse("portal:dispute", args=[row.pk]),
            width=20,
        ),
        Column(gettext_lazy("Opened"), lambda row: row.opened_at, Kind.MOMENT, "at-sub", sort="-opened"),
        Column(
            gettext_lazy("Set-off"),
            lambda row: row.set_off.reference,
            css="nowrap",
            url=lambda row: reverse("portal:set_off", args=[row.set_off.reference]),
            width=20,
        ),
        Column(gettext_lazy("State"), decision_of, Kind.STATE, css="at-badge", width=30),
        Column(
            gettext_lazy("Cash or commission withheld"),
            lambda row: row.cash,
            Kind.MONEY,
            "at-amount",
            sort="-cash",
        ),
        Column(gettext_lazy("Invoice withheld"), lambda row: row.share, Kind.MONEY, sort="-share"),
        Column(gettext_lazy("Decided"), lambda row: row.closed_at, Kind.MOMENT),
    ),
    sorts={"opened": "opened_at", "cash": "cash", "share": "share"},
    sort="-opened",
    day="opened_at",
    search=search_disputes,
    placeholder=gettext_lazy("Order or set-off"),
    tabs={
        "all": (gettext_lazy("All"), Q()),
        "open": (pgettext_lazy("several disputes", "Open"), Q(state=DisputeState.OPEN)),
        "closed": (pgettext_lazy("several disputes", "Decided"), Q(state=DisputeState.CLOSED)),
    },
    tabs_label=gettext_lazy("Disputes by state"),
)
