"""What the orders promise."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Exists, F, Manager, OuterRef, Q, Subquery, Sum
from django.db.models.functions import Coalesce

from marketplace.kernel.books import book_check
from marketplace.kernel.money import decimal_text
from marketplace.ledger.models import Posting
from marketplace.orders.models import (
    Billable,
    Order,
    OrderChange,
    OrderLine,
    OrderRate,
    Refund,
    RefundState,
    Return,
    ReturnLine,
    State,
    Tender,
    TenderState,
)
from marketplace.vouchers.models import MovementKind, VoucherMovement


def _sum_of(rows: Manager[Any], field: str) -> Coalesce:
    total = rows.filter(order=OuterRef("pk")).order_by().values("order").annotate(total=Sum(field))
    return Coalesce(Subquery(total.values("total")), 0)


@book_check("orders: tenders and lines add up to the order's total")
def unbalanced_orders() -> Iterable[str]:
    sums = Order.objects.annotate(
        paid=_sum_of(Tender.objects, "amount"),
        billed=_sum_of(OrderLine.objects, "gross"),
        rated=_sum_of(OrderRate.objects, "gross"),
        priced=_sum_of(OrderRate.objects, "purchase_net"),
    )
    off = sums.exclude(paid=F("total"), billed=F("total"), rated=F("total"), priced=F("purchase_net"))
    for number, paid, total in off.values_list("number", "paid", "total"):
        yield f"order {number}: paid {decimal_text(paid)} of {decimal_text(total)}"


@book_check("orders: only delivered orders wait to be invoiced, with their delivery's instant")
def strange_billables() -> Iterable[str]:
    strange = Billable.objects.exclude(order__state=State.DELIVERED, order__test=False)
    strange |= Billable.objects.exclude(order__delivered_at=F("delivered_at"))
    strange |= Billable.objects.exclude(order__seller=F("seller"))
    yield from strange.values_list("order__number", flat=True)


@book_check("orders: each order is where its last move brought it")
def lost_orders() -> Iterable[str]:
    last = OrderChange.objects.filter(order=OuterRef("pk")).order_by("-pk").values("to_state")[:1]
    moved = Order.objects.annotate(last=Subquery(last))
    for number, state, last_state in moved.exclude(last=F("state")).values_list("number", "state", "last"):
        yield f"order {number}: {state}, moved to {last_state}"


@book_check("orders: each lies in its seller's market and currency")
def strayed_orders() -> Iterable[str]:
    fine = Q(seller__market=F("market")) & Q(currency=F("market__currency"))
    yield from Order.objects.exclude(fine).values_list("number", flat=True)


@book_check("orders: customer money the marketplace received is in the books")
def unposted_cash() -> Iterable[str]:
    held = Tender.objects.filter(
        custody="marketplace", state=TenderState.CAPTURED, order__test=False, voucher=None
    )
    by_market = held.values("order__market", "order__market__code").annotate(total=Sum("amount"))
    for row in by_market.order_by("order__market"):
        booked = Posting.objects.filter(
            account__market=row["order__market"], account__kind="bank", entry__key__startswith="tender:"
        ).aggregate(total=Sum("amount"))["total"]
        if booked != row["total"]:
            yield f"{row['order__market__code']}: received {row['total']}, posted {booked}"


@book_check("orders: what a tender gives back is the sum of its refunds")
def misrefunded_tenders() -> Iterable[str]:
    live = Refund.objects.live().filter(tender=OuterRef("pk")).order_by().values("tender")
    total = Coalesce(Subquery(live.annotate(total=Sum("amount")).values("total")), 0)
    off = Tender.objects.filter(Q(refunded__gt=0) | Exists(live)).annotate(back=total)
    for number, told, found in off.exclude(back=F("refunded")).values_list(
        "order__number", "refunded", "back"
    ):
        yield f"order {number}: {decimal_text(told)} refunded, refunds of {decimal_text(found)}"


@book_check("orders: a return brings back no more than was ordered, and what it says is left is left")
def overdrawn_returns() -> Iterable[str]:
    back = ReturnLine.objects.filter(line=OuterRef("pk")).order_by().values("line")
    total = Subquery(back.annotate(total=Sum("quantity")).values("total"))
    returned = OrderLine.objects.filter(order__returned_at__isnull=False)
    for number in (
        returned.annotate(back=total).filter(back__gt=F("quantity")).values_list("order__number", flat=True)
    ):
        yield f"order {number}: more came back than was ordered"
    last = Return.objects.filter(order=OuterRef("pk")).order_by("-at", "-number").values("left_total")[:1]
    gross = Return.objects.filter(order=OuterRef("pk")).order_by().values("order")
    sums = Order.objects.filter(Exists(gross)).annotate(
        left=Subquery(last), gone=Subquery(gross.annotate(total=Sum("gross")).values("total"))
    )
    for number in sums.exclude(total=F("left") + F("gone")).values_list("number", flat=True):
        yield f"order {number}: what came back and what is left do not add to it"


@book_check("orders: vouchers gave and got back exactly what orders say")
def misused_vouchers() -> Iterable[str]:
    paid = Tender.objects.filter(voucher__isnull=False, state=TenderState.CAPTURED, order__test=False)
    back = Refund.objects.filter(tender__voucher__isnull=False, state=RefundState.PAID)
    for kind, rows, way in (
        (MovementKind.REDEEMED, paid, "voucher"),
        (MovementKind.REACTIVATED, back, "tender__voucher"),
    ):
        told = dict(rows.order_by().values_list(way).annotate(Sum("amount")))
        moved = VoucherMovement.objects.filter(kind=kind).order_by()
        found = dict(moved.values_list("voucher").annotate(Sum("amount")))
        for key in sorted(told.keys() | found.keys()):
            if told.get(key) != found.get(key):
                yield f"voucher {key}: {kind} {found.get(key, 0)}, by orders {told.get(key, 0)}"


@book_check("orders: what the marketplace paid back is in the books")
def unposted_refunds() -> Iterable[str]:
    paid = Refund.objects.filter(payer="marketplace", state=RefundState.PAID, tender__voucher=None).order_by()
    told = dict(paid.values_list("order__market__code").annotate(Sum("amount")))
    posted = Posting.objects.filter(account__kind="bank", entry__key__startswith="refund:").order_by()
    found = dict(posted.values_list("account__market__code").annotate(total=-Sum("amount")))
    for code in sorted(told.keys() | found.keys()):
        if told.get(code) != found.get(code):
            yield f"{code}: {told.get(code, 0)} paid back, {found.get(code, 0)} posted"


@book_check("orders: what was paid for an order that came to nothing is owed back")
def kept_payments() -> Iterable[str]:
    ended = Q(order__state__in=[State.CANCELLED, State.LOST, State.RETURNED])
    paid = Tender.objects.filter(ended, state=TenderState.CAPTURED, order__test=False)
    yield from paid.filter(refunded__lt=F("amount")).values_list("order__number", flat=True).distinct()


@book_check("orders: no refund a document took into account was replaced")
def replaced_refunds() -> Iterable[str]:
    gone = Refund.objects.filter(state=RefundState.DROPPED).exclude(settled_in="")
    yield from gone.values_list("order__number", flat=True)
