"""The lists of orders that have entries of their own in the menu."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from marketplace.orders.models import State

PENDING = Q(state=State.OPEN, confirmed_at__isnull=True)
WITH_VOUCHER = Q(voucher_amount__gt=0)

TABS: dict[str, tuple[Any, Q]] = {
    "all": (_("All"), Q()),
    "pending": (_("Pending"), PENDING),
    "open": (_("To ship"), Q(state=State.SHIPPING) | Q(state=State.OPEN, confirmed_at__isnull=False)),
    "shipped": (pgettext_lazy("several orders", "Shipped"), Q(state=State.SHIPPED)),
    "delivered": (pgettext_lazy("several orders", "Delivered"), Q(state=State.DELIVERED)),
    "blocked": (_("Awaiting payment"), Q(state=State.BLOCKED)),
    "ended": (_("Returned, lost, cancelled"), Q(state__in=[State.RETURNED, State.LOST, State.CANCELLED])),
}


@dataclass(frozen=True, slots=True)
class Menu:
    """A list of orders: what is in it, by which tabs it is parted, and what it says while it is empty."""

    name: str
    title: str | Promise
    condition: Q
    tabs: Mapping[str, tuple[Any, Q]]
    empty_title: str | Promise
    empty_text: str | Promise
    url: str
    export_url: str

    def tab(self, asked: str) -> str:
        """The tab asked for; the first where it is none of this list's."""
        return asked if asked in self.tabs else next(iter(self.tabs), "all")


MENUS = {
    menu.name: menu
    for menu in (
        Menu(
            name="orders",
            title=_("Orders"),
            condition=Q(),
            tabs=TABS,
            empty_title=_("No orders here yet"),
            empty_text=_(
                "Orders appear by themselves as soon as the marketplace passes them on to you. New ones "
                "wait under Pending orders until you send them."
            ),
            url="portal:orders",
            export_url="portal:order_export",
        ),
        Menu(
            name="pending",
            title=_("Pending orders"),
            condition=PENDING,
            tabs={},
            empty_title=_("No order waits for you"),
            empty_text=_(
                "A new order waits here until you send it: you confirm that you have the goods and will "
                "deliver. Then you see the customer's address, and what is still to be paid. You ship it "
                "later, from the list of orders."
            ),
            url="portal:pending_orders",
            export_url="portal:pending_order_export",
        ),
        Menu(
            name="vouchers",
            title=_("Orders with voucher"),
            condition=WITH_VOUCHER,
            tabs=TABS,
            empty_title=_("No order with a voucher yet"),
            empty_text=_(
                "Customers may pay with a voucher, in whole or in part. Such orders appear here, and you "
                "are mailed about each: with what the voucher paid and what you must still collect."
            ),
            url="portal:voucher_orders",
            export_url="portal:voucher_order_export",
        ),
    )
}
