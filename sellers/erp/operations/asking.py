"""Orders that are to be invoiced in the ERP: by a click, by themselves, or once more after an error."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from marketplace.kernel.audit import record
from marketplace.kernel.jobs import enqueue
from marketplace.orders.models import Order
from marketplace.parties.models import BusinessModel, Seller
from sellers.erp.models import (
    CatalogueItem,
    Channel,
    ChannelState,
    ErpContact,
    ErpInvoice,
    ErpState,
    Kind,
    Knowledge,
    Reading,
    SkuMap,
    Trigger,
)
from sellers.erp.operations.moving import wait
from sellers.erp.queries import channel_of, chosen_orders
from sellers.erp.refusals import NotConnected, NotForErp
from sellers.erp.rules.causes import Cause

PICKED_AT_ONCE = 500


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
    _check(order, channel)
    row = ErpInvoice.objects.locked().filter(order=order).first()
    if row is None:
        (row,) = _begin(channel, [order], Trigger.CLICK, by, at)
    elif row.state == ErpState.DONE:
        raise NotForErp(
            _("Order %(order)s is invoiced in the ERP already: %(number)s.")
            % {"order": order, "number": row.number or row.external_id}
        )
    elif row.state == ErpState.FAILED:
        if row.cause in (Cause.REFUSED, Cause.BUYER):
            _forget_contacts(channel)
        _again(row, channel, by, at)
    record(verb="erp_invoice.asked", subject=order.number, by=by, at=at, seller_id=seller.pk)
    wake(channel)
    return row


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


@transaction.atomic
def try_cause_again(*, channel_id: int, cause: Cause, about: str | None = None, by: Any, at: datetime) -> int:
    """Try all orders again that failed for a cause, or for one thing it is about; how many."""
    channel = Channel.objects.locked().get(pk=channel_id)
    rows = ErpInvoice.objects.locked().filter(
        seller=channel.seller_id, state=ErpState.FAILED, cause=cause.value
    )
    if about is not None:
        rows = rows.filter(about=about)
    found = list(rows)
    if cause in (Cause.REFUSED, Cause.BUYER):
        _forget_contacts(channel)
    for row in found:
        _again(row, channel, by, at)
    if found:
        wake(channel)
    return len(found)


@transaction.atomic
def match_sku(*, channel_id: int, sku: str, external_id: str, by: Any, at: datetime) -> int:
    """Remember which item a SKU is, and try again what failed for it; how many orders that were.

    :raises NotForErp: if the catalogue has no such item.
    """
    channel = Channel.objects.locked().get(pk=channel_id)
    if not CatalogueItem.objects.filter(channel=channel, external_id=external_id, active=True).exists():
        raise NotForErp(_("The ERP has no such item any more; read its catalogue anew, then choose again."))
    told = {"external_id": external_id, "said_at": at, "said_by": by}
    SkuMap.objects.update_or_create(channel=channel, sku=sku, defaults=told)
    record(
        verb="erp_sku.matched",
        subject=sku,
        by=by,
        at=at,
        seller_id=channel.seller_id,
        details={"item": external_id},
    )
    return sum(
        try_cause_again(channel_id=channel_id, cause=cause, about=sku, by=by, at=at)
        for cause in (Cause.SKU_MISSING, Cause.SKU_TWICE, Cause.VARIANT)
    )


def wake(channel: Channel) -> None:
    """Have a channel's worker look what is due."""
    enqueue("erp.work", key=f"channel:{channel.pk}", seller_id=channel.seller_id, channel_id=channel.pk)


def _connected(seller: Seller) -> Channel:
    channel = channel_of(seller)
    if channel is None:
        raise NotConnected(_("No ERP is connected. Connect one under Channels."))
    if channel.state != ChannelState.ON:
        raise NotConnected(
            _("%(channel)s refuses the token. Enter a new one under Channels.") % {"channel": channel}
        )
    return channel


def _check(order: Order, channel: Channel) -> None:
    if order.test:
        raise NotForErp(_("Order %(order)s is a test; tests are never invoiced.") % {"order": order})
    if order.model != BusinessModel.AGENCY:
        raise NotForErp(
            _("Order %(order)s was sold by the marketplace; you invoice the marketplace, by its document.")
            % {"order": order}
        )


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


def _again(row: ErpInvoice, channel: Channel, by: Any, at: datetime) -> None:
    """Also an order that failed in an ERP of before goes to the one of today."""
    row.channel = channel
    row.save(update_fields=["channel"])
    wait(row, due_at=at, by=by, at=at)


def _forget_contacts(channel: Channel) -> None:
    """Somebody put something right in the ERP, perhaps a contact: they are read anew."""
    Reading.objects.filter(channel=channel, kind=Kind.CONTACTS).delete()
    ErpContact.objects.filter(channel=channel, state=Knowledge.KNOWN).delete()
