"""Orders that are to be invoiced in the ERP: by a click, or by themselves."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from marketplace.kernel.audit import record
from marketplace.kernel.jobs import AHEAD
from marketplace.orders.models import Order
from marketplace.parties.models import BusinessModel, Seller
from sellers.erp.models import (
    Channel,
    ChannelState,
    ErpInvoice,
    ErpState,
    Trigger,
)
from sellers.erp.operations.moving import wake
from sellers.erp.operations.trying_again import try_again
from sellers.erp.queries import chosen_orders, is_left_out
from sellers.erp.refusals import NotConnected, NotForErp

PICKED_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Asked:
    """What became of one of several orders: on its way now, on it before, or refused and why."""

    order: Order
    outcome: str
    text: str = ""


@transaction.atomic
def ask_for_invoice(*, order_id: int, by: Any, at: datetime) -> ErpInvoice:
    """Have an order invoiced in its seller's ERP; one that is on its way is left on it.

    :raises NotConnected: if the seller has no connected ERP.
    :raises NotForErp: if the order is a test or the marketplace's own sale, or is invoiced there already.
    """
    owner = Order.objects.values_list("seller", flat=True).get(pk=order_id)
    seller = Seller.objects.locked().get(pk=owner)
    channel = _connected(seller)
    order = Order.objects.select_related("market").get(pk=order_id)
    if why := _misfit(order, channel):
        raise NotForErp(why)
    row = ErpInvoice.objects.locked().filter(order=order).first()
    if row is None:
        (row,) = _begin(channel, [order], Trigger.CLICK, by, at)
    elif row.state == ErpState.DONE:
        raise NotForErp(_invoiced_text(row, order))
    elif row.state == ErpState.FAILED:
        try_again([row], channel, by, at)
    record(verb="erp_invoice.asked", subject=order.number, by=by, at=at, seller_id=seller.pk)
    wake(channel, delay=AHEAD)
    return row


@transaction.atomic
def ask_for_invoices(*, seller_id: int, order_ids: Sequence[int], by: Any, at: datetime) -> list[Asked]:
    """Have several orders of a seller invoiced in its ERP, all in one go; what became of each, in order of
    their numbers.

    :raises NotConnected: if the seller has no connected ERP.
    """
    channel = _connected(Seller.objects.locked().get(pk=seller_id))
    orders = list(Order.objects.filter(seller=seller_id, pk__in=order_ids).order_by("number"))
    rows = {row.order_id: row for row in ErpInvoice.objects.locked().filter(order__in=orders)}
    answers = [_answer(order, rows.get(order.pk), channel) for order in orders]
    taken = [each.order for each in answers if each.outcome == "done"]
    failed = [rows[order.pk] for order in taken if order.pk in rows]
    _begin(channel, [order for order in taken if order.pk not in rows], Trigger.CLICK, by, at)
    try_again(failed, channel, by, at)
    if taken:
        details = {"orders": [order.number for order in taken]}
        record(
            verb="erp_invoices.asked",
            subject=channel.name,
            by=by,
            at=at,
            seller_id=seller_id,
            details=details,
        )
        wake(channel, delay=AHEAD)
    return answers


@transaction.atomic
def pick_orders(*, channel_id: int, at: datetime) -> int:
    """Take the next orders that are to be invoiced by themselves; how many."""
    channel = Channel.objects.locked().select_related("seller").get(pk=channel_id)
    if channel.state != ChannelState.ON or not channel.automatic:
        return 0
    orders = chosen_orders(channel, limit=PICKED_AT_ONCE)
    _begin(channel, orders, Trigger.AUTOMATIC, None, at)
    if orders:
        wake(channel)
    return len(orders)


def _connected(seller: Seller) -> Channel:
    # Locked, as the rules lock it too: an order that both take at once is taken by the one that comes first.
    channel = Channel.objects.of(seller).live().locked().first()
    if channel is None:
        raise NotConnected(_("No ERP is connected. Connect one under Channels."))
    if channel.state != ChannelState.ON:
        raise NotConnected(
            _("%(channel)s refuses the token. Enter a new one under Channels.") % {"channel": channel}
        )
    return channel


def _misfit(order: Order, channel: Channel) -> str:
    """Why a seller does not invoice an order in its ERP; "" for one that it does."""
    if order.test:
        return _("Order %(order)s is a test; tests are never invoiced.") % {"order": order}
    if order.model != BusinessModel.AGENCY:
        return _(
            "Order %(order)s was sold by the marketplace; you invoice the marketplace, by its document."
        ) % {"order": order}
    if order.is_pending:
        return _(
            "Order %(order)s waits for your confirmation, and its customer is masked until then. Confirm it"
            " first."
        ) % {"order": order}
    if is_left_out(order, channel):
        return _(
            "Order %(order)s is cancelled, and by the channel's settings cancelled orders are not invoiced."
        ) % {"order": order}
    return ""


def _answer(order: Order, row: ErpInvoice | None, channel: Channel) -> Asked:
    if why := _misfit(order, channel):
        return Asked(order, "refused", why)
    told = {"erp": channel.get_provider_display()}
    if row is None or row.state == ErpState.FAILED:
        return Asked(order, "done", _("It is on its way to %(erp)s.") % told)
    if row.state == ErpState.DONE:
        return Asked(order, "unchanged", _invoiced_text(row, order))
    return Asked(order, "unchanged", _("It was on its way to %(erp)s already.") % told)


def _invoiced_text(row: ErpInvoice, order: Order) -> str:
    told = {"order": order, "number": row.number or row.external_id}
    return _("Order %(order)s is invoiced in the ERP already: %(number)s.") % told


def _begin(
    channel: Channel, orders: Sequence[Order], trigger: Trigger, by: Any, at: datetime
) -> list[ErpInvoice]:
    rows = [
        ErpInvoice(
            channel=channel,
            seller_id=channel.seller_id,
            order=order,
            trigger=trigger,
            asked_by=by if getattr(by, "pk", None) else None,
            asked_at=at,
            due_at=at,
        )
        for order in orders
    ]
    return ErpInvoice.objects.bulk_create(rows)
