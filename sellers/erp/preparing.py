"""What an order's invoice in the ERP would hold, or why there can be none. Nothing is asked of the ERP."""

from collections.abc import Sequence

from marketplace.orders.models import Order
from sellers.erp.models import Channel
from sellers.erp.port import Buyer, Line
from sellers.erp.queries import customer_of, defaults_of
from sellers.erp.rules.buyers import buyer_of
from sellers.erp.rules.causes import CannotInvoice, Cause
from sellers.erp.rules.lines import Mapped, Sold, lines_of


def prepare(
    channel: Channel, order: Order, sold: Sequence[Sold], mapped: Mapped
) -> tuple[tuple[Line, ...], Buyer]:
    """The lines and the buyer of an order's invoice.

    :raises CannotInvoice: if there can be none, and why.
    """
    if channel.currency and channel.currency != order.currency:
        raise CannotInvoice(Cause.CURRENCY, f"{order.currency} <> {channel.currency}")
    if channel.stamp and not channel.numbering:
        raise CannotInvoice(Cause.NUMBERING)
    lines = lines_of(sold, mapped, total=order.total)
    return lines, buyer_of(customer_of(order), defaults_of(channel), country=channel.country)
