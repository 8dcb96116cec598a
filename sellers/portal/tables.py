"""The portal's tables. Pages are cut before a table sees them, so a table neither sorts nor pages."""

from typing import Any

import django_tables2 as tables
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from marketplace.orders.models import Order
from marketplace.orders.wording import payment_text
from sellers.door.templatetags.days import day
from sellers.door.templatetags.look import tone
from sellers.door.templatetags.money import money_plain


class OrderTable(tables.Table):  # type: ignore[misc]
    """A page of orders; amounts are gross, in the currency the heading names."""

    number = tables.Column(verbose_name=_("Order"), attrs={"td": {"class": "at-title"}})
    placed_at = tables.Column(verbose_name=_("Created"), attrs={"sort": "-placed", "td": {"class": "at-sub"}})
    customer_name = tables.Column(
        verbose_name=_("Customer"), empty_values=(), attrs={"td": {"class": "at-sub"}}
    )
    state = tables.Column(verbose_name=_("Status"), attrs={"td": {"class": "at-badge"}})
    payment = tables.Column(verbose_name=_("Payment"), attrs={"td": {"class": "at-none"}})
    delivered_at = tables.Column(verbose_name=_("Delivered"), default="", attrs={"td": {"class": "at-none"}})
    total = tables.Column(attrs={"th": {"class": "num"}, "td": {"class": "num at-amount"}, "sort": "-total"})
    purchase_gross = tables.Column(attrs={"th": {"class": "num"}, "td": {"class": "num at-none"}})

    class Meta:
        template_name = "tables/keyset.html"
        orderable = False
        empty_text = _("No orders")

    def __init__(self, *args: Any, currency: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.currency = currency
        self.columns["total"].column.verbose_name = _("Total, %(currency)s") % {"currency": currency}
        self.columns["purchase_gross"].column.verbose_name = _("Purchase price")

    def render_number(self, value: str) -> SafeString:
        return format_html('<a href="{}">{}</a>', reverse("portal:order", args=[value]), value)

    def render_placed_at(self, value: Any) -> str:
        return day(value)

    def render_delivered_at(self, value: Any) -> str:
        return day(value)

    def render_customer_name(self, record: Order) -> str:
        return record.customer_company or record.customer_name or "–"

    def render_state(self, record: Order) -> SafeString:
        label = _("Pending") if record.is_pending else record.get_state_display()
        tone_class = f" tone-{tone(record.state)}" if tone(record.state) else ""
        return format_html('<span class="badge{}">{}</span>', tone_class, label)

    def render_payment(self, value: str) -> str:
        return payment_text(value)

    def render_total(self, value: int) -> str:
        return money_plain(value, self.currency)

    def render_purchase_gross(self, value: int) -> str:
        return money_plain(value, self.currency)
