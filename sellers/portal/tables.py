"""The portal's tables. Pages are cut before a table sees them, so a table neither sorts nor pages."""

from collections.abc import Collection
from typing import Any

import django_tables2 as tables
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from marketplace.orders.models import Order
from marketplace.orders.wording import payment_text
from marketplace.parties.models import BusinessModel, Seller
from sellers.door.templatetags.days import day
from sellers.door.templatetags.look import tone
from sellers.door.templatetags.money import money_plain

NUM = {"class": "num"}


def _if_voucher(record: Order) -> str:
    """On a phone, what a voucher alone makes worth saying is left out where there is none."""
    return "num" if record.voucher_amount else "num at-none"


class OrderTable(tables.Table):  # type: ignore[misc]
    """A page of orders; amounts are gross, in the currency the heading names.

    The orders whose number is in ``ticked`` get a box to tick; ``vouchers`` adds the columns in which a
    voucher makes a difference.
    """

    number = tables.Column(verbose_name=_("Order"), attrs={"td": {"class": "at-title nowrap"}})
    placed_at = tables.Column(
        verbose_name=_("Created"), attrs={"sort": "-placed", "td": {"class": "at-sub nowrap"}}
    )
    customer_name = tables.Column(
        verbose_name=_("Customer"), empty_values=(), attrs={"td": {"class": "at-sub"}}
    )
    state = tables.Column(verbose_name=_("Status"), attrs={"td": {"class": "at-badge"}})
    delivered_at = tables.Column(
        verbose_name=_("Delivered"),
        default="",
        attrs={"sort": "-delivered", "td": {"class": "at-sub nowrap"}},
    )
    payment = tables.Column(verbose_name=_("Payment"))
    total = tables.Column(attrs={"th": NUM, "td": {"class": "num at-amount"}, "sort": "-total"})
    voucher_amount = tables.Column(verbose_name=_("Voucher"), attrs={"th": NUM, "td": {"class": _if_voucher}})
    to_pay = tables.Column(
        verbose_name=_("Amount to be paid"), attrs={"th": NUM, "td": {"class": _if_voucher}}
    )
    to_collect = tables.Column(verbose_name=_("To collect"), attrs={"th": NUM, "td": NUM})
    purchase_gross = tables.Column(attrs={"th": NUM, "td": {"class": "num at-none"}})

    class Meta:
        template_name = "tables/keyset.html"
        orderable = False
        empty_text = _("No orders")

    def __init__(
        self,
        *args: Any,
        seller: Seller,
        vouchers: bool = False,
        ticked: Collection[str] = (),
        delivered: bool = False,
        **kwargs: Any,
    ) -> None:
        shown = {
            "placed_at": not delivered,
            "delivered_at": delivered,
            "state": not delivered,  # it would say the same on every row
            "purchase_gross": delivered,
            "voucher_amount": vouchers,
            "to_pay": vouchers,
        }
        super().__init__(*args, exclude=[name for name, there in shown.items() if not there], **kwargs)
        self.currency, self.ticked = seller.market.currency, ticked
        total = _("Total, %(currency)s") % {"currency": self.currency}
        agency = seller.contract.model == BusinessModel.AGENCY
        part = _("Your share") if agency else _("Purchase price")
        for name, title in (("total", total), ("purchase_gross", part)):
            if name in self.columns:
                self.columns[name].column.verbose_name = title

    def render_number(self, value: str) -> SafeString:
        link = format_html('<a href="{}">{}</a>', reverse("portal:order", args=[value]), value)
        if value not in self.ticked:
            return link
        label = _("Order %(number)s") % {"number": value}
        box = format_html('<input type="checkbox" name="orders" value="{}" aria-label="{}">', value, label)
        return format_html("{} {}", box, link)

    def render_placed_at(self, value: Any) -> str:
        return day(value)

    def render_delivered_at(self, value: Any) -> str:
        return day(value)

    def render_customer_name(self, record: Order) -> str:
        """The company is told once the order is confirmed, as on its page."""
        company = "" if record.confirmed_at is None else record.customer_company
        return company or record.customer_name or "–"

    def render_state(self, record: Order) -> SafeString:
        label = _("Pending") if record.is_pending else record.get_state_display()
        tone_class = f" tone-{tone(record.state)}" if tone(record.state) else ""
        return format_html('<span class="badge{}">{}</span>', tone_class, label)

    def render_payment(self, value: str) -> str:
        return payment_text(value)

    def render_total(self, value: int) -> str:
        return money_plain(value, self.currency)

    def render_voucher_amount(self, value: int) -> str:
        return money_plain(value, self.currency) if value else "–"

    def render_to_pay(self, value: int) -> str:
        return money_plain(value, self.currency)

    def render_to_collect(self, value: int) -> str:
        return money_plain(value, self.currency)

    def render_purchase_gross(self, value: int) -> str:
        return money_plain(value, self.currency)
