"""The demo seller's own system: a webhook, what was sent there, and what its server answered; nothing
leaves this machine.
"""

from datetime import datetime, timedelta

from django.db import transaction

from marketplace.orders.models import LineKind, Order, State
from marketplace.orders.operations.moves import advance_order, confirm_order
from marketplace.orders.operations.returning import register_returns
from marketplace.orders.rules.returning import ReturnFacts
from marketplace.parties.models import Seller
from marketplace.users.models import User
from sellers.api.models import Delivery, Webhook
from sellers.api.operations.marking import collect_moves
from sellers.api.operations.pushing import Outcome, note_outcome, take_next
from sellers.api.operations.webhooks import save_webhook, send_test

URL = "https://hooks.horizont.example/saldo"
NOT_THERE = Outcome(status=404, text="no such address")
BUSY = Outcome(status=503, text="maintenance, back in a minute")
WELL = Outcome(status=200, text="ok")


def connect_system(seller: Seller, *, by: User, now: datetime) -> None:
    """Make a webhook whose first test failed until it was given up; then all went well, once only at the
    second try.
    """
    made, mended = now - timedelta(hours=31), now - timedelta(hours=4)
    webhook, _secret = save_webhook(seller_id=seller.pk, url=URL, wire="saldo", by=by, clock=lambda: made)
    send_test(webhook_id=webhook.pk, by=by, at=made)
    _answer_all(webhook, NOT_THERE, at=made)
    send_test(webhook_id=webhook.pk, by=by, at=mended)
    _answer_all(webhook, WELL, at=mended)
    _work_on_orders(seller, by=by, at=now - timedelta(hours=3))
    collect_moves(clock=lambda: now - timedelta(hours=2))
    _answer_one(webhook, BUSY, at=now - timedelta(hours=2))
    _answer_all(webhook, WELL, at=now - timedelta(hours=2))


def _work_on_orders(seller: Seller, *, by: User, at: datetime) -> None:
    """Confirm some orders that wait for it, prepare some others, and have the latest delivered come back."""
    own = Order.objects.of(seller).filter(placed_at__lt=at, test=False)
    waiting = list(own.pending().order_by("number")[:5])
    for order in waiting[:3]:
        confirm_order(order_id=order.pk, by=by, at=at)
    for order in waiting[3:]:
        advance_order(order_id=order.pk, to=State.SHIPPING, by=by, at=at)
    delivered = own.filter(state=State.DELIVERED, delivered_at__lt=at, returned_at=None)
    for order in delivered.order_by("-delivered_at", "-pk")[:1]:
        lines = {line.position: line.quantity for line in order.lines.exclude(kind=LineKind.COD_FEE)}
        told = ReturnFacts(f"{order.number}-R1", order.number, at, lines, reason="Does not fit")
        register_returns(market=seller.market, told=[told], by=None, at=at)


def _answer_all(webhook: Webhook, outcome: Outcome, *, at: datetime) -> None:
    """Have each message tried, at the times at which it would be, until none is under way."""
    while Delivery.objects.unfinished().filter(webhook=webhook).exists():
        if not _answer_one(webhook, outcome, at=at):
            at += timedelta(minutes=1)


@transaction.atomic
def _answer_one(webhook: Webhook, outcome: Outcome, *, at: datetime) -> bool:
    """Note an answer to the message whose turn it is; whether there was one."""
    delivery = take_next(webhook.pk, at=at)
    if delivery is not None:
        note_outcome(delivery.pk, outcome, at=at)
    return delivery is not None
