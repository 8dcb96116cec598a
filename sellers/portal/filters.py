"""How a list of orders is narrowed: by tab, by search and by the filter bar."""

from typing import Any

import django_filters as filters
from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from marketplace.orders.models import Fulfilment, Method, Order, State

TABS: dict[str, tuple[Any, Q]] = {
    "all": (_("All"), Q()),
    "pending": (_("Pending"), Q(state=State.OPEN, confirmed_at__isnull=True)),
    "open": (_("To ship"), Q(state=State.SHIPPING) | Q(state=State.OPEN, confirmed_at__isnull=False)),
    "shipped": (pgettext_lazy("several orders", "Shipped"), Q(state=State.SHIPPED)),
    "delivered": (pgettext_lazy("several orders", "Delivered"), Q(state=State.DELIVERED)),
    "blocked": (_("Awaiting payment"), Q(state=State.BLOCKED)),
    "ended": (_("Returned, lost, cancelled"), Q(state__in=[State.RETURNED, State.LOST, State.CANCELLED])),
}

SORTS = {"placed": "placed_at", "total": "total", "delivered": "delivered_at"}
"""What a list may be sorted by: the columns that an index of a seller's orders leads to."""


def _search(rows: "QuerySet[Order]", name: str, value: str) -> "QuerySet[Order]":
    """Order number from its beginning, or any part of the customer's name."""
    text = value.strip()
    return rows.filter(Q(number__startswith=text) | Q(customer_name__icontains=text)) if text else rows


def _invoiced(rows: "QuerySet[Order]", name: str, value: str) -> "QuerySet[Order]":
    if value == "yes":
        return rows.filter(claim__isnull=False)
    return rows.filter(billable__isnull=False) if value == "no" else rows


class _Day(forms.DateInput):
    input_type = "date"


class OrderFilter(filters.FilterSet):  # type: ignore[misc]
    """The filter bar over the orders."""

    q = filters.CharFilter(method=_search, label=_("Order number or customer"))
    placed_from = filters.DateFilter(
        "placed_at", "date__gte", label=_("Created from"), widget=_Day(format="%Y-%m-%d")
    )
    placed_to = filters.DateFilter(
        "placed_at", "date__lte", label=_("Created to"), widget=_Day(format="%Y-%m-%d")
    )
    payment = filters.ChoiceFilter(
        "payment", "contains", choices=Method.choices, label=_("Payment"), empty_label=_("Any")
    )
    fulfilment = filters.ChoiceFilter(choices=Fulfilment.choices, label=_("Who ships"), empty_label=_("Any"))
    invoiced = filters.ChoiceFilter(
        method=_invoiced,
        choices=[("yes", _("On a document")), ("no", _("Delivered, on no document"))],
        label=_("Document"),
        empty_label=_("Any"),
    )

    class Meta:
        model = Order
        fields: list[str] = []


def order_sort(text: str, *, tab: str) -> tuple[str, str, bool]:
    """The sort asked for as (its name as shown, column, whether descending); newest first where it is
    none we offer.
    """
    name = text.removeprefix("-")
    offered = name in SORTS and (name != "delivered" or tab == "delivered")
    if not offered:
        return "-placed", "placed_at", True
    return text, SORTS[name], text.startswith("-")
