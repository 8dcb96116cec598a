"""What the demo's customers sent back, and how far their refunds are."""

from datetime import datetime, timedelta
from random import Random

from django.db.models import F

from marketplace.kernel.files import store
from marketplace.orders.models import Custody, LineKind, Order, OrderLine, Refund, RefundState, State
from marketplace.orders.operations.refunding import pay_refund, reactivate_voucher, tell_refund
from marketplace.orders.operations.returning import register_returns
from marketplace.orders.rules.returning import RefundFacts, ReturnFacts
from marketplace.parties.models import Seller
from marketplace.users.models import User
from sellers.portal.demo.papers import refund_paper

SHARE = 0.06
MOST = 200
"""Returns of one seller, however large the demo."""


def bring_back(seller: Seller, random: Random, now: datetime) -> None:
    """Let some of a seller's delivered orders come back, whole or in part, within two weeks."""
    delivered = Order.objects.of(seller).filter(state=State.DELIVERED, test=False).order_by("number")
    wanted = min(MOST, int(delivered.count() * SHARE) + 1)
    keys = list(delivered.values_list("pk", flat=True))
    for place, key in enumerate(sorted(random.sample(keys, min(wanted, len(keys)))), start=1):
        order = delivered.get(pk=key)
        assert order.delivered_at is not None
        at = order.delivered_at + timedelta(days=random.uniform(1, 14))
        if at < now:
            _come_back(order, f"{seller.partner_number}-R{place:04d}", at.replace(microsecond=0), random)


def _come_back(order: Order, number: str, at: datetime, random: Random) -> None:
    lines = list(order.lines.exclude(kind="cod_fee").order_by("position"))
    told = ReturnFacts(number, order.number, at, _what(lines, random), reason=random.choice(REASONS))
    (taken,) = register_returns(market=order.market, told=[told], by=None, at=at)
    if taken.outcome == "taken":
        _give_back(told, order, random)


REASONS = ("Does not fit", "Changed my mind", "Damaged on the way", "Not as described")


def _what(lines: list[OrderLine], random: Random) -> dict[int, int]:
    """All of it half the time, else the first thing; a discount goes back with the goods."""
    if random.random() < 0.5 or any(line.kind == "discount" for line in lines):
        return {line.position: line.quantity for line in lines}
    first = lines[0]
    return {first.position: random.randint(1, first.quantity)}


def _give_back(told: ReturnFacts, order: Order, random: Random) -> None:
    """Most refunds are paid some days later; a few still wait for somebody."""
    sara = User.objects.filter(email="sara@demo.example").first()
    paid_at = told.at + timedelta(days=3)
    for refund in Refund.objects.filter(order=order, state="owed", returned__number=told.number):
        if random.random() < 0.25:
            continue
        if refund.payer == Custody.SELLER:
            given = RefundFacts(refund.tender.method, refund.amount, "seller", paid_at)
            facts = ReturnFacts(told.number, told.order, told.at, told.lines, (given,))
            register_returns(market=order.market, told=[facts], by=sara, at=paid_at)
        elif refund.tender.voucher_id is not None:
            reactivate_voucher(refund_id=refund.pk, by=sara, at=paid_at)
        else:
            pay_refund(refund_id=refund.pk, paid_at=paid_at, by=sara, at=paid_at)


def hand_in_proof(seller: Seller, now: datetime) -> None:
    """Let an order paid in cash to its seller come back; the seller's proof that it paid waits to be seen."""
    at = now - timedelta(days=2)
    cash = Order.objects.of(seller).filter(
        state=State.DELIVERED, test=False, returned_at=None, delivered_at__lt=at, held_by_seller=F("total")
    )
    for order in cash.order_by("-delivered_at", "-pk")[:1]:
        goods = {line.position: line.quantity for line in order.lines.exclude(kind=LineKind.COD_FEE)}
        told = ReturnFacts(f"{seller.partner_number}-R9001", order.number, at, goods, reason=REASONS[0])
        register_returns(market=seller.market, told=[told], by=None, at=at)
        for refund in Refund.objects.filter(order=order, state=RefundState.OWED, payer=Custody.SELLER):
            _tell(refund, seller, now)


def _tell(refund: Refund, seller: Seller, now: datetime) -> None:
    at = now - timedelta(hours=5)
    proof = store(
        name=f"refund-{refund.order.number}.pdf",
        content_type="application/pdf",
        chunks=[refund_paper(refund)],
        at=at,
        seller_id=seller.pk,
    )
    tell_refund(
        refund_id=refund.pk,
        paid_at=now - timedelta(days=1),
        proof=proof,
        note="Paid back by bank transfer.",
        by=User.objects.filter(memberships__seller=seller).order_by("pk").first(),
        at=at,
    )
