"""The list of messages to a seller's system."""

from typing import Any
from uuid import UUID

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy, pgettext_lazy

from marketplace.parties.models import Seller
from sellers.api.models import Delivery, DeliveryState, Event
from sellers.api.wording import outcome_text
from sellers.door.templatetags.days import moment
from sellers.portal.columns import Badge, Column, Kind
from sellers.portal.listing import Listing

TONES = {
    DeliveryState.WAITING: "queued",
    DeliveryState.SENDING: "running",
    DeliveryState.DONE: "done",
    DeliveryState.DEAD: "failed",
}
RETRYING = Q(state__in=[DeliveryState.WAITING, DeliveryState.SENDING])


def delivery_badge(delivery: Delivery) -> Badge:
    """A delivery's state with its colour; one that failed and is tried again says so."""
    if delivery.state == DeliveryState.WAITING and delivery.tries:
        return Badge(str(pgettext_lazy("a message", "Tried again")), "retrying")
    return Badge(delivery.get_state_display(), TONES[DeliveryState(delivery.state)])


def what_of(delivery: Delivery) -> str:
    """What a delivery tells: the new status, a new order, other news, or nothing but a test."""
    if delivery.change is None or delivery.event != Event.CHANGED:
        return delivery.get_event_display()
    return delivery.change.get_to_state_display()


def search_deliveries(seller: Seller, text: str) -> Q:
    """By the order's number or the delivery's id."""
    found = Q(order__number__startswith=text)
    try:
        return found | Q(public_id=UUID(text))
    except ValueError:
        return found


def _url(delivery: Any) -> str:
    return reverse("api:delivery", args=[delivery.pk])


def _order_url(delivery: Any) -> str:
    return reverse("portal:order", args=[delivery.order.number]) if delivery.order else ""


DELIVERIES = Listing(
    name="deliveries",
    title=gettext_lazy("Deliveries to your system"),
    columns=(
        Column(
            gettext_lazy("Message"),
            lambda row: moment(row.created_at),
            css="at-title nowrap",
            url=_url,
            sort="-created",
            width=20,
        ),
        Column(
            gettext_lazy("Order"),
            lambda row: row.order.number if row.order else None,
            css="at-sub",
            url=_order_url,
        ),
        Column(gettext_lazy("Event"), what_of),
        Column(gettext_lazy("State"), delivery_badge, Kind.STATE, css="at-badge", width=20),
        Column(gettext_lazy("Tries"), lambda row: row.tries, Kind.COUNT, sort="-tries"),
        Column(gettext_lazy("Answer"), outcome_text, width=40),
        Column(gettext_lazy("Last try"), lambda row: row.tried_at, Kind.MOMENT, on_page=False),
        Column(gettext_lazy("Delivery"), lambda row: str(row.public_id), on_page=False, width=38),
    ),
    sorts={"created": "created_at", "tries": "tries"},
    sort="-created",
    day="created_at",
    search=search_deliveries,
    placeholder=gettext_lazy("Order number or delivery"),
    tabs={
        "all": (gettext_lazy("All"), Q()),
        "waiting": (gettext_lazy("Under way"), RETRYING),
        "done": (pgettext_lazy("several messages", "Delivered"), Q(state=DeliveryState.DONE)),
        "dead": (pgettext_lazy("several messages", "Not delivered"), Q(state=DeliveryState.DEAD)),
    },
    tabs_label=gettext_lazy("Messages by state"),
    states={str(event): (event.label, Q(event=event)) for event in Event},
    states_label=gettext_lazy("Event"),
)
