"""How a list of orders is narrowed: by its menu's condition, by tab, by search and by the filter bar."""

from collections.abc import Callable, Mapping
from typing import Any

import django_filters as filters
from django import forms
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from marketplace.orders.models import (
    Custody,
    Fulfilment,
    Method,
    Order,
    Refund,
    RefundState,
    State,
    Tender,
    TenderState,
)
from marketplace.parties.models import BusinessModel, Seller
from sellers.erp.models import Channel, ErpInvoice, ErpState
from sellers.portal.menus import PENDING, WITH_VOUCHER, Menu

SORTS = {"placed": "placed_at", "total": "total", "delivered": "delivered_at"}
"""What a list may be sorted by: the columns that an index of a seller's orders leads to."""


def awaiting_transfer(seller: Seller) -> Q:
    """Orders whose customer still owes a bank transfer to the seller and knows of it: they were sent."""
    awaited = Tender.objects.filter(
        order=OuterRef("pk"), method=Method.TRANSFER, custody=Custody.SELLER, state=TenderState.AWAITED
    )
    return Q(state__in=[State.BLOCKED, State.OPEN, State.SHIPPING]) & ~PENDING & Q(Exists(awaited))


def awaiting_refund(seller: Seller) -> Q:
    """Orders of which the seller must still give money back."""
    owed = Refund.objects.of(seller).filter(payer=Custody.SELLER, state=RefundState.OWED)
    # Read first, since they are few: the orders are then found by their keys, not by a walk over all.
    return Q(pk__in=list(owed.order_by("owed_at").values_list("order", flat=True)[:MOST_OWED]))


def not_in_erp(seller: Seller) -> Q:
    """Orders that a seller invoices itself and that are neither in its ERP nor on their way there."""
    there = ErpInvoice.objects.filter(order=OuterRef("pk")).exclude(state=ErpState.FAILED)
    return Q(model=BusinessModel.AGENCY, test=False) & ~Q(Exists(there))


def in_erp(seller: Seller) -> Q:
    """Orders that are invoiced in an ERP."""
    return Q(Exists(ErpInvoice.objects.filter(order=OuterRef("pk"), state=ErpState.DONE)))


def failed_in_erp(seller: Seller) -> Q:
    """Orders that could not be invoiced in an ERP."""
    return Q(Exists(ErpInvoice.objects.filter(order=OuterRef("pk"), state=ErpState.FAILED)))


MOST_OWED = 1000
"""Owed refunds looked at; more than a person works off before looking again."""

WAITING: Mapping[str, tuple[Any, Callable[[Seller], Q]]] = {
    "transfer": (_("A transfer to you"), awaiting_transfer),
    "refund": (_("A refund by you"), awaiting_refund),
}
ERP: Mapping[str, tuple[Any, Callable[[Seller], Q]]] = {
    "yes": (_("Invoiced in the ERP"), in_erp),
    "no": (_("Not invoiced in the ERP"), not_in_erp),
    "failed": (_("Could not be invoiced"), failed_in_erp),
}
VOUCHER: Mapping[str, tuple[Any, Q]] = {
    "all": (_("Paid whole by voucher"), WITH_VOUCHER & Q(voucher_amount=F("total"))),
    "part": (_("Paid in part by voucher"), WITH_VOUCHER & Q(voucher_amount__lt=F("total"))),
    "none": (_("Without a voucher"), Q(voucher_amount=0)),
}


def _search(rows: "QuerySet[Order]", name: str, value: str) -> "QuerySet[Order]":
    """Order number from its beginning, or any part of the customer's name."""
    text = value.strip()
    return rows.filter(Q(number__startswith=text) | Q(customer_name__icontains=text)) if text else rows


def _invoiced(rows: "QuerySet[Order]", name: str, value: str) -> "QuerySet[Order]":
    if value == "yes":
        return rows.filter(claim__isnull=False)
    return rows.filter(billable__isnull=False) if value == "no" else rows


def _voucher(rows: "QuerySet[Order]", name: str, value: str) -> "QuerySet[Order]":
    return rows.filter(VOUCHER[value][1]) if value in VOUCHER else rows


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
    voucher = filters.ChoiceFilter(
        method=_voucher,
        choices=[(name, label) for name, (label, _condition) in VOUCHER.items()],
        label=_("Voucher"),
        empty_label=_("Any"),
    )
    waiting = filters.ChoiceFilter(
        method="narrow_waiting",
        choices=[(name, label) for name, (label, _condition) in WAITING.items()],
        label=_("Waits for"),
        empty_label=_("Any"),
    )
    fulfilment = filters.ChoiceFilter(choices=Fulfilment.choices, label=_("Who ships"), empty_label=_("Any"))
    invoiced = filters.ChoiceFilter(
        method=_invoiced,
        choices=[("yes", _("On a document")), ("no", _("Delivered, on no document"))],
        label=_("Document"),
        empty_label=_("Any"),
    )
    erp = filters.ChoiceFilter(
        method="narrow_erp",
        choices=[(name, label) for name, (label, _condition) in ERP.items()],
        label=_("In the ERP"),
        empty_label=_("Any"),
    )

    seller: Seller

    class Meta:
        model = Order
        fields: list[str] = []

    def narrow_waiting(self, rows: "QuerySet[Order]", name: str, value: str) -> "QuerySet[Order]":
        """Leave the orders that wait for something."""
        return rows.filter(WAITING[value][1](self.seller)) if value in WAITING else rows

    def narrow_erp(self, rows: "QuerySet[Order]", name: str, value: str) -> "QuerySet[Order]":
        """Leave the orders that are in the ERP, or are not."""
        return rows.filter(ERP[value][1](self.seller)) if value in ERP else rows


def narrowed(menu: Menu, asked: QueryDict, *, seller: Seller) -> OrderFilter:
    """A list's orders as the tab, the search and the filters leave them."""
    rows = Order.objects.of(seller).filter(menu.condition)
    if menu.tabs:
        rows = rows.filter(menu.tabs[menu.tab(asked.get("tab", ""))][1])
    found = OrderFilter(asked, queryset=rows)
    found.seller = seller
    if not _has_erp(seller):
        del found.filters["erp"]
    return found


def _has_erp(seller: Seller) -> bool:
    agency = seller.contract.model == BusinessModel.AGENCY
    return agency and Channel.objects.of(seller).exists()


def order_sort(text: str, *, tab: str) -> tuple[str, str, bool]:
    """The sort asked for as (its name as shown, column, whether descending); newest first where it is
    none we offer.
    """
    name = text.removeprefix("-")
    if name not in SORTS or (name == "delivered" and tab != "delivered"):
        text = "-delivered" if tab == "delivered" else "-placed"
    return text, SORTS[text.removeprefix("-")], text.startswith("-")
