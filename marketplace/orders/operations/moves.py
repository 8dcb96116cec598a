"""Moving orders on: what a seller may do and what stands in the way, and what a move brings with it."""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from marketplace.kernel.audit import record
from marketplace.kernel.states import IllegalMove, move
from marketplace.ledger.operations import post_all
from marketplace.orders.models import Billable, Custody, Fulfilment, Method, Order, State, TenderState, What
from marketplace.orders.operations import news
from marketplace.orders.operations.refunding import UNDONE, undo_payment
from marketplace.orders.operations.rows import cash_draft
from marketplace.orders.operations.telling import send_transfer_details
from marketplace.parties.models import Market, Seller


class NotReadyToShip(Exception):
    """Something the parcel must wait for is missing; the text says what, and what to do."""


class ReceiptMissing(NotReadyToShip):
    """The market wants the order's receipt before the parcel leaves."""


class NotYours(Exception):
    """This move is made by somebody else; the text says by whom."""


@transaction.atomic
def confirm_order(*, order_id: int, by: Any, at: datetime) -> Order:
    """Confirm an open order: the seller will send it. From then on the customer's data is shown in full.

    Where the customer still owes a transfer to the seller's own account, its details are mailed.

    :raises IllegalMove: if it is not open.
    :raises NoAccount: if such a transfer has no account to go to.
    """
    order = Order.objects.locked().get(pk=order_id)
    if order.state != State.OPEN:
        raise IllegalMove(_("Order %(number)s is no longer open.") % {"number": order.number})
    if order.confirmed_at is None:
        order.confirmed_at = at
        order.save(update_fields=["confirmed_at"])
        record(verb="order.confirmed", subject=order.number, by=by, at=at, seller_id=order.seller_id)
        news.tell(order, What.CONFIRMED, by=by, at=at)
        send_transfer_details(order, at=at)
    return order


@transaction.atomic
def advance_order(*, order_id: int, to: str, by: Any, at: datetime) -> Order:
    """Move an order as its seller: prepare, ship, deliver, or tell that it came back, was lost or is
    cancelled.

    :raises IllegalMove: if the order's status does not lead there.
    :raises NotReadyToShip: if a receipt or a payment is missing.
    :raises NotYours: if the marketplace's courier tells this.
    :raises NoAccount: if the customer's transfer has no account to go to.
    """
    _lock_seller_of(order_id)
    order = Order.objects.locked().get(pk=order_id)
    _check_mover(order, to)
    if to == State.SHIPPED:
        _check_ready(order)
    if order.is_pending and to == State.SHIPPING:
        send_transfer_details(order, at=at)  # preparing it confirms it
    move(order, to, by=by, at=at, also=arrive(order, to, at=at))
    return order


@transaction.atomic
def receive_transfer(*, order_id: int, by: Any, at: datetime, as_seller: bool) -> Order:
    """Mark an order's bank transfer as received, by whoever has custody of it.

    :raises NotReadyToShip: if no such transfer is awaited.
    """
    _lock_seller_of(order_id)
    order = Order.objects.locked().get(pk=order_id)
    custody = Custody.SELLER if as_seller else Custody.MARKETPLACE
    awaited = list(order.tenders.filter(method=Method.TRANSFER, state=TenderState.AWAITED, custody=custody))
    if not awaited:
        raise NotReadyToShip(_("Order %(number)s awaits no bank transfer.") % {"number": order.number})
    capture(order, awaited, at, by=by)
    undo_payment(order, at=at)  # money that comes after the end of its order goes back
    record(verb="order.transfer_received", subject=order.number, by=by, at=at, seller_id=order.seller_id)
    if order.state == State.BLOCKED and not order.tenders.filter(state=TenderState.AWAITED).exists():
        move(order, State.OPEN, by=by, at=at)
    return order


@transaction.atomic
def cancel_unpaid(*, market: Market, at: datetime, limit: int = 500) -> int:
    """Cancel the blocked orders that were not paid within the market's deadline; how many."""
    due = Order.objects.filter(
        market=market, state=State.BLOCKED, placed_at__lt=at - timedelta(days=market.unpaid_days)
    )
    keys = list(due.order_by("placed_at").values_list("pk", flat=True)[:limit])
    list(Seller.objects.locked().filter(orders__in=keys))
    rows = list(due.filter(pk__in=keys).locked())
    for order in rows:
        also = arrive(order, State.CANCELLED, at=at)
        move(order, State.CANCELLED, by=None, at=at, reason="unpaid", also=also)
    return len(rows)


def arrive(order: Order, to: str, *, at: datetime) -> dict[str, Any]:
    """What reaching a status sets on the order besides; delivery also makes it billable and its cash
    received.

    The caller has locked the seller's row, so that a period does not close between a delivery's instant
    and its commit.
    """
    if to == State.SHIPPED:
        return {"shipped_at": at, "confirmed_at": order.confirmed_at or at}
    if to in UNDONE:
        undo_payment(order, to=to, at=at)
    if to == State.SHIPPING:
        return {"confirmed_at": order.confirmed_at or at}
    if to != State.DELIVERED:
        return {}
    if not order.test:
        Billable.objects.create(order=order, seller_id=order.seller_id, delivered_at=at)
    _note_received(order, list(order.tenders.filter(state=TenderState.AWAITED, voucher=None)), at)
    return {"delivered_at": at}


def capture(order: Order, tenders: list[Any], at: datetime, *, by: Any = None) -> None:
    """Note tenders as received, tell of it, and post what reached the marketplace; the caller has locked the
    order.
    """
    _note_received(order, tenders, at)
    news.tell(order, What.PAID, by=by, at=at)


def _note_received(order: Order, tenders: list[Any], at: datetime) -> None:
    for tender in tenders:
        tender.state, tender.paid_at = TenderState.CAPTURED, at
        tender.save(update_fields=["state", "paid_at"])
    post_all([draft for tender in tenders if (draft := cash_draft(order, tender))])


def _lock_seller_of(order_id: int) -> None:
    Seller.objects.locked().get(pk=Order.objects.values_list("seller_id", flat=True).get(pk=order_id))


def _check_mover(order: Order, to: str) -> None:
    if to not in order.MOVES[order.state]:
        raise IllegalMove(
            _("Order %(number)s is %(state)s and cannot become %(to)s.")
            % {"number": order.number, "state": order.get_state_display(), "to": State(to).label}
        )
    if to == State.OPEN:
        raise NotYours(_("The order opens when its payment arrives."))
    if order.fulfilment == Fulfilment.SELLER:
        return
    if order.state == State.SHIPPED:
        raise NotYours(_("The marketplace's courier ships this order and reports what becomes of it."))
    if order.state == State.OPEN and to == State.SHIPPED:
        raise NotYours(_("Prepare the parcel first: the marketplace's courier picks up prepared parcels."))


def _check_ready(order: Order) -> None:
    """The gates before a parcel leaves: the receipt, the transfer, the card."""
    if order.market.receipt_required and order.receipt_at is None:
        raise ReceiptMissing(
            _("Order %(number)s has no receipt yet; register it first.") % {"number": order.number}
        )
    awaited = order.tenders.filter(state=TenderState.AWAITED).values_list("method", "custody")
    for method, custody in awaited:
        if method == Method.TRANSFER:
            who = (
                _("mark it as received")
                if custody == Custody.SELLER
                else _("the marketplace marks it when it comes")
            )
            raise NotReadyToShip(
                _("The bank transfer for order %(number)s has not arrived; %(who)s.")
                % {"number": order.number, "who": who}
            )
        if method == Method.CARD:
            raise NotReadyToShip(
                _("The card payment of order %(number)s is not captured yet.") % {"number": order.number}
            )
