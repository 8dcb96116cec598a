"""What the orders promise."""

from collections.abc import Iterable
from typing import Any

from django.db.models import F, Manager, OuterRef, Q, Subquery, Sum
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
    State,
    Tender,
    TenderState,
)


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
