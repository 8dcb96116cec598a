"""The lists about receipts: the files that were handed in, and the orders that have none."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from marketplace.orders.models import Order
from marketplace.parties.models import Seller
from sellers.portal.columns import Badge, Column, Kind
from sellers.portal.listing import Listing
from sellers.receipts.models import GOOD, Origin, Outcome, ReceivedFile
from sellers.receipts.queries import DONE, DUE, LATE, to_do
from sellers.receipts.wording import reason_text

TONES = {
    Outcome.REGISTERED: "done",
    Outcome.DUPLICATE: "closed",
    Outcome.IGNORED: "closed",
    Outcome.CANCELLED: "closed",
    Outcome.TO_A_PERSON: "awaited",
}


def outcome_badge(row: ReceivedFile) -> Badge:
    """What became of a file, with its colour; one that is late is registered all the same."""
    if not row.outcome:
        return Badge(_("Being read"), "reading")
    return Badge(row.get_outcome_display(), TONES.get(Outcome(row.outcome), "refused"))


def order_of(row: ReceivedFile) -> Order | None:
    """The order a file is of; another seller's is not told."""
    order = row.receipt.order if row.receipt else row.order
    return order if order is not None and order.seller_id == row.seller_id else None


def number_of(row: ReceivedFile) -> str:
    """The number of the receipt a file holds, as far as it could be read."""
    return row.receipt.number if row.receipt else str(row.told.get("number", ""))


def is_open_to(row: ReceivedFile) -> bool:
    """Whether its seller may fetch a file: not one that is kept in quarantine."""
    return row.file_id is not None and row.outcome != Outcome.ACTIVE_PDF


def search_files(seller: Seller, text: str) -> Q:
    """By any part of the file's name or the receipt's number, or the order's number from its beginning."""
    return (
        Q(name__icontains=text)
        | Q(receipt__number__icontains=text)
        | Q(told__number__icontains=text)
        | Q(order__number__startswith=text)
    )


def search_orders(seller: Seller, text: str) -> Q:
    """By the order's number from its beginning, or any part of the customer's name."""
    return Q(number__startswith=text) | Q(customer_name__icontains=text)


def _file_url(row: Any) -> str:
    return reverse("portal:receipt_file", args=[row.pk]) if is_open_to(row) else ""


def _order_url(row: Any) -> str:
    order = order_of(row)
    return reverse("portal:order", args=[order.number]) + "#receipt" if order else ""


def _order_number(row: Any) -> str:
    order = order_of(row)
    return order.number if order else ""


def _reason_url(row: Any) -> str:
    return reverse("portal:receipt_choose", args=[row.pk]) if row.outcome == Outcome.TO_A_PERSON else ""


def _bundle_url(row: Any) -> str:
    return reverse("portal:receipt_bundle", args=[row.bundle_id]) if row.bundle.seller_id else ""


FILE_COLUMNS = (
    Column(gettext_lazy("File"), lambda row: row.name, css="at-title long", url=_file_url, width=40),
    Column(gettext_lazy("Result"), outcome_badge, Kind.STATE, css="at-badge", width=24),
    Column(
        gettext_lazy("What happened, and what to do"), reason_text, css="at-sub", url=_reason_url, width=70
    ),
    Column(gettext_lazy("Order"), _order_number, css="nowrap", url=_order_url),
    Column(gettext_lazy("Receipt"), number_of, css="nowrap at-none"),
)

RECEIVED = Listing(
    name="receipts",
    title=gettext_lazy("Files received"),
    columns=(
        *FILE_COLUMNS,
        Column(gettext_lazy("Came"), lambda row: row.came_at, Kind.MOMENT, "at-sub", sort="-came"),
        Column(
            gettext_lazy("How it came"),
            lambda row: row.bundle.get_origin_display(),
            css="at-none",
            url=_bundle_url,
        ),
    ),
    sorts={"came": "came_at"},
    sort="-came",
    day="came_at",
    search=search_files,
    placeholder=gettext_lazy("File, receipt or order number"),
    tabs={
        "all": (gettext_lazy("All"), Q()),
        "registered": (pgettext_lazy("several files", "Registered"), DONE),
        "todo": (gettext_lazy("To do"), to_do()),
        "other": (gettext_lazy("Other"), ~Q(outcome__in=GOOD) & ~to_do()),
    },
    tabs_label=gettext_lazy("Files by what became of them"),
    states={str(origin): (origin.label, Q(bundle__origin=origin)) for origin in Origin},
    states_label=gettext_lazy("How it came"),
)

OF_BUNDLE = replace(
    RECEIVED, name="upload", columns=FILE_COLUMNS, sorts={"place": "position"}, sort="place", states={}
)
"""The files that came together, in their order."""


def waits_since(order: Order) -> datetime:
    """Since when an order's receipt is due: since it was placed, or since it was sent without one."""
    return order.shipped_at or order.placed_at


def _with_age(orders: Sequence[Any]) -> Sequence[Any]:
    now = timezone.now()
    for order in orders:
        order.days_without = max((now - waits_since(order)).days, 0)
    return orders


def _upload_url(order: Any) -> str:
    return reverse("portal:order", args=[order.number]) + "#receipt"


def _standing(order: Any) -> Badge:
    if order.shipped_at is None:
        return Badge(_("Due before shipping"), "awaited")
    return Badge(_("Shipped without it"), "lost")


WITHOUT = Listing(
    name="orders-without-receipt",
    title=gettext_lazy("Orders without a receipt"),
    columns=(
        Column(gettext_lazy("Order"), lambda row: row.number, css="at-title nowrap", url=_upload_url),
        Column(gettext_lazy("Receipt"), _standing, Kind.STATE, css="at-badge", width=22),
        Column(gettext_lazy("Days"), lambda row: row.days_without, Kind.COUNT),
        Column(gettext_lazy("Created"), lambda row: row.placed_at, Kind.MOMENT, "at-sub", sort="placed"),
        Column(pgettext_lazy("when", "Shipped"), lambda row: row.shipped_at, Kind.MOMENT),
        Column(gettext_lazy("Customer"), lambda row: row.customer_name, css="at-none", width=28),
        Column(gettext_lazy("Status"), lambda row: row.get_state_display()),
        Column(gettext_lazy("Total"), lambda row: row.total, Kind.MONEY, "at-amount", sort="-total"),
        Column(
            gettext_lazy("Upload"),
            lambda row: [(_("Upload"), _upload_url(row))],
            Kind.LINKS,
            css="at-none",
        ),
    ),
    sorts={"placed": "placed_at", "total": "total"},
    sort="placed",
    day="placed_at",
    search=search_orders,
    placeholder=gettext_lazy("Order number or customer"),
    tabs={
        "all": (gettext_lazy("All"), Q()),
        "due": (gettext_lazy("Due before shipping"), DUE),
        "late": (gettext_lazy("Shipped without it"), LATE),
    },
    tabs_label=gettext_lazy("Orders by how their receipt stands"),
    prepare=_with_age,
)
