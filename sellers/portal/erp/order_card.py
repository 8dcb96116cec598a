"""An order's invoice in the ERP, as the order's page shows it."""

from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from marketplace.orders.models import Order, State
from marketplace.parties.models import BusinessModel
from sellers.erp.models import Channel, ChannelState, ErpInvoice, ErpState
from sellers.erp.queries import TO_DO, channel_of, is_left_out, is_sale
from sellers.erp.refusals import ADVICE, CAUSES
from sellers.erp.rules.causes import Cause
from sellers.erp.wording import status_text
from sellers.portal.columns import Badge
from sellers.portal.erp.errors import OF_A_SKU
from sellers.portal.erp.fixes import setting_url
from sellers.portal.lists.erp_invoices import badge_of


@dataclass(frozen=True, slots=True)
class ErpCard:
    """How an order stands in the ERP: ``name`` is the ERP's; ``why_not`` says why it is not to be there,
    ``since`` what became of an order that is, or what to think of before it is; ``rests_until`` while the
    ERP is left alone.
    """

    name: str
    channel: Channel | None
    row: ErpInvoice | None
    badge: Badge | None
    status: str
    why_not: str
    since: str
    rests_until: datetime | None
    cause: str
    advice: str
    fix: str
    is_moving: bool
    is_lost: bool
    is_of_sku: bool
    has_paper: bool
    lacks_stamp: bool


def erp_card(order: Order) -> ErpCard | None:
    """The card of an order that its seller invoices itself; None for the marketplace's own sale."""
    if order.model != BusinessModel.AGENCY:
        return None
    row = ErpInvoice.objects.filter(order=order).select_related("channel").first()
    live = channel_of(order.seller)
    channel = row.channel if row else live
    cause = Cause(row.cause) if row and row.state == ErpState.FAILED else None
    is_off = channel is not None and channel.state == ChannelState.OFF
    is_lost = row is not None and is_off and row.state in (ErpState.SENDING, ErpState.UNKNOWN)
    return ErpCard(
        name=channel.get_provider_display() if channel else "",
        channel=live,
        row=row,
        badge=badge_of(row) if row else None,
        status=status_text(row.status, stamped=row.stamped) if row else "",
        why_not="" if row else _why_not(order, live),
        since=_since(order, row) if row else _before(order),
        rests_until=channel.rests_until if channel is not None and _rests(channel) else None,
        cause=str(CAUSES[cause]) if cause else "",
        advice=str(ADVICE[cause]) if cause else "",
        fix=setting_url(cause) if cause else "",
        is_moving=row is not None and row.state in TO_DO and _is_on(channel),
        is_lost=is_lost,
        is_of_sku=cause in OF_A_SKU,
        has_paper=row is not None and row.state == ErpState.DONE and not is_off,
        lacks_stamp=row is not None and _lacks_stamp(row) and _is_on(channel) and is_sale(order),
    )


def _lacks_stamp(row: ErpInvoice) -> bool:
    return row.state == ErpState.DONE and row.to_stamp and not row.stamped and row.status != "void"


def _is_on(channel: Channel | None) -> bool:
    return channel is not None and channel.state == ChannelState.ON


def _rests(channel: Channel) -> bool:
    return channel.rests_until is not None and channel.rests_until > timezone.now()


def _why_not(order: Order, channel: Channel | None) -> str:
    if order.test:
        return _("This is a test order; tests are never invoiced.")
    if order.is_pending:
        return _("The order waits for your confirmation. Confirm it, and it can be invoiced.")
    if channel is None or not is_left_out(order, channel):
        return ""
    return _("The order is cancelled, and by the channel's settings cancelled orders are not invoiced.")


def _before(order: Order) -> str:
    """What the seller is to know before it invoices what came back."""
    if not _came_back(order):
        return ""
    return _(
        "Goods of this order came back or were lost. Its invoice would be of the whole order, and you would"
        " owe the customer a credit note of it."
    )


def _came_back(order: Order) -> bool:
    return order.state in (State.RETURNED, State.LOST) or order.returns.exists()


def _since(order: Order, row: ErpInvoice) -> str:
    """What the seller has to do in its ERP about an invoice of what was not sold in the end."""
    if row.state != ErpState.DONE or row.status == "void":
        return ""
    told = {"erp": row.channel.get_provider_display()}
    if order.state == State.CANCELLED:
        return _("The order is cancelled. Void its invoice in %(erp)s, or make a credit note there.") % told
    if _came_back(order):
        text = _(
            "Goods of this order came back or were lost, and the invoice is of the whole order. Make a credit"
            " note in %(erp)s."
        )
        return text % told
    return ""
