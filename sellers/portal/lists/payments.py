"""The lists of payouts and demands."""

from collections.abc import Mapping
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy

from marketplace.parties.models import Seller
from sellers.portal.columns import Badge, Column, Kind
from sellers.portal.listing import Choice, Listing
from settlement.payouts.models import (
    Collection,
    CollectionItem,
    CollectionState,
    Payout,
    PayoutItem,
    PayoutState,
)

PAYOUT_TONES = {
    PayoutState.CREATED: "queued",
    PayoutState.APPROVED: "queued",
    PayoutState.SENT: "sent",
    PayoutState.PAID: "paid",
    PayoutState.FAILED: "failed",
    PayoutState.CANCELLED: "cancelled",
}
DEMAND_TONES = {
    CollectionState.DEMANDED: "awaited",
    CollectionState.PAID: "paid",
    CollectionState.CANCELLED: "cancelled",
}


def payout_badge(payout: Payout) -> Badge:
    """A payout's state with its colour."""
    return Badge(payout.get_state_display(), PAYOUT_TONES[PayoutState(payout.state)])


def demand_badge(demand: Collection) -> Badge:
    """A demand's state with its colour."""
    return Badge(demand.get_state_display(), DEMAND_TONES[CollectionState(demand.state)])


def search_payouts(seller: Seller, text: str) -> Q:
    """By the payout's or the set-off's reference, or the number of an invoice or a document it pays."""
    items = PayoutItem.objects.filter(item__seller=seller)
    return (
        Q(reference__icontains=text)
        | Q(set_off__reference=text.upper())
        | Q(pk__in=items.filter(item__invoice__number__iexact=text).values("payout"))
        | Q(pk__in=items.filter(item__document__reference=text.upper()).values("payout"))
        | Q(pk__in=items.filter(item__billing__reference=text.upper()).values("payout"))
    )


def search_demands(seller: Seller, text: str) -> Q:
    """By the demand's or the set-off's reference, its symbol, or the number of an order or an invoice for
    fees.
    """
    named = Q(item__order__number=text) | Q(item__billing__reference=text.upper())
    items = CollectionItem.objects.filter(named, item__seller=seller)
    return (
        Q(reference__icontains=text)
        | Q(symbol=text)
        | Q(set_off__reference=text.upper())
        | Q(pk__in=items.values("collection"))
    )


def _states(states: Any) -> Mapping[str, Choice]:
    return {str(state): (state.label, Q(state=state)) for state in states}


def _set_off_url(row: Any) -> str:
    return reverse("portal:set_off", args=[row.set_off.reference])


PAYOUTS = Listing(
    name="payouts",
    title=gettext_lazy("Payouts"),
    columns=(
        Column(
            gettext_lazy("Payout"),
            lambda row: row.reference,
            css="at-title nowrap",
            url=lambda row: reverse("portal:payout", args=[row.reference]),
            width=20,
        ),
        Column(gettext_lazy("Prepared"), lambda row: row.created_at, Kind.MOMENT, "at-sub", sort="-prepared"),
        Column(gettext_lazy("Set-off"), lambda row: row.set_off.reference, css="nowrap", url=_set_off_url),
        Column(gettext_lazy("To the account"), lambda row: row.masked, width=22),
        Column(gettext_lazy("State"), payout_badge, Kind.STATE, css="at-badge", width=20),
        Column(gettext_lazy("Paid on"), lambda row: row.paid_on, Kind.DAY),
        Column(gettext_lazy("Amount"), lambda row: row.amount, Kind.MONEY, "at-amount", sort="-amount"),
        Column(gettext_lazy("Why it was not paid"), lambda row: row.failure, on_page=False, width=40),
    ),
    sorts={"prepared": "created_at", "amount": "amount"},
    sort="-prepared",
    day="created_at",
    search=search_payouts,
    placeholder=gettext_lazy("Payout, set-off or invoice number"),
    states=_states(PayoutState),
    tabs_label=gettext_lazy("Payments"),
)

DEMANDS = Listing(
    name="demands",
    title=gettext_lazy("Demands"),
    columns=(
        Column(
            gettext_lazy("Demand"),
            lambda row: row.reference,
            css="at-title nowrap",
            url=lambda row: reverse("portal:demand", args=[row.reference]),
            width=20,
        ),
        Column(
            gettext_lazy("Demanded"), lambda row: row.demanded_at, Kind.MOMENT, "at-sub", sort="-demanded"
        ),
        Column(gettext_lazy("Due"), lambda row: row.due_on, Kind.DAY, sort="due"),
        Column(gettext_lazy("Set-off"), lambda row: row.set_off.reference, css="nowrap", url=_set_off_url),
        Column(gettext_lazy("Variable symbol"), lambda row: row.symbol),
        Column(gettext_lazy("State"), demand_badge, Kind.STATE, css="at-badge", width=20),
        Column(gettext_lazy("Amount"), lambda row: row.amount, Kind.MONEY, "at-amount", sort="-amount"),
        Column(gettext_lazy("Received"), lambda row: row.received, Kind.MONEY),
    ),
    sorts={"demanded": "demanded_at", "due": "due_on", "amount": "amount"},
    sort="-demanded",
    day="demanded_at",
    search=search_demands,
    placeholder=gettext_lazy("Demand, symbol, set-off or order number"),
    states=_states(CollectionState),
    tabs_label=gettext_lazy("Payments"),
)
