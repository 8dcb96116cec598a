"""Orders laid out for sellers' systems, many at once in a constant number of queries."""

from collections.abc import Iterator
from functools import lru_cache
from zoneinfo import ZoneInfo

from django.db.models import Prefetch, QuerySet
from django.utils import translation

from marketplace.orders.models import (
    Order,
    OrderChange,
    OrderLine,
    Refund,
    Return,
    ReturnLine,
    Tender,
    What,
)
from marketplace.orders.rules.facts import CustomerFacts, TenderFacts
from marketplace.orders.wording import payment_text
from marketplace.orders.writing.sent import SentOrder, SentRefund, SentReturn, masked, veiled


def sent_orders(orders: QuerySet[Order]) -> Iterator[SentOrder]:
    """The orders as their sellers' systems are told of them; a page of them at a time, as a caller slices.

    Until the seller confirms an order its customer is masked but for name, phone and city.
    """
    yield from map(
        _sent,
        orders.select_related("market", "seller").prefetch_related(
            Prefetch("lines", OrderLine.objects.order_by("position")),
            Prefetch("tenders", Tender.objects.select_related("voucher").order_by("position")),
            Prefetch("changes", OrderChange.objects.filter(what=What.MOVED).order_by("pk")),
            Prefetch("returns", Return.objects.order_by("at", "number")),
            Prefetch("returns__lines", ReturnLine.objects.select_related("line").order_by("line__position")),
            Prefetch("refunds", Refund.objects.live().select_related("tender", "returned").order_by("pk")),
        ),
    )


def _sent(order: Order) -> SentOrder:
    market, zone = order.market, ZoneInfo(order.market.zone)
    tenders = tuple(_tender(each, zone) for each in order.tenders.all())
    return SentOrder(
        number=order.number,
        basket=order.basket,
        seller=order.seller.partner_number,
        status=order.state,
        placed_at=order.placed_at.astimezone(zone),
        status_times={change.to_state: change.at.astimezone(zone) for change in order.changes.all()},
        currency=order.currency,
        test=order.test,
        fulfilment=order.fulfilment,
        channel=order.channel,
        customer=_customer(order),
        lines=tuple(line.facts for line in order.lines.all()),
        tenders=tenders,
        total=order.total,
        voucher=order.voucher_amount,
        to_collect=order.to_collect,
        confirmed_at=order.confirmed_at.astimezone(zone) if order.confirmed_at else None,
        returns=tuple(_return(each, zone) for each in order.returns.all()),
        refunds=tuple(_refund(each, zone) for each in order.refunds.all()),
        payment_text=_payment_text(order.payment, market.spoken),
        language=market.locale,
    )


def _customer(order: Order) -> CustomerFacts:
    names = CustomerFacts.__dataclass_fields__
    customer = CustomerFacts(**{name: getattr(order, f"customer_{name}") for name in names})
    return customer if order.confirmed_at else masked(customer)


def _tender(tender: Tender, zone: ZoneInfo) -> TenderFacts:
    return veiled(
        TenderFacts(
            method=tender.method,
            amount=tender.amount,
            custody=tender.custody,
            paid_at=tender.paid_at.astimezone(zone) if tender.paid_at else None,
            voucher=tender.voucher.code if tender.voucher else "",
        )
    )


def _return(returned: Return, zone: ZoneInfo) -> SentReturn:
    return SentReturn(
        number=returned.number,
        at=returned.at.astimezone(zone),
        reason=returned.reason,
        lines=tuple((each.line.position, each.quantity) for each in returned.lines.all()),
    )


def _refund(refund: Refund, zone: ZoneInfo) -> SentRefund:
    return SentRefund(
        returned=refund.returned.number if refund.returned else "",
        method=refund.tender.method,
        amount=refund.amount,
        paid_by=refund.payer,
        state=refund.state,
        paid_at=refund.paid_at.astimezone(zone) if refund.paid_at else None,
    )


@lru_cache(maxsize=256)
def _payment_text(payment: str, language: str) -> str:
    with translation.override(language):
        return payment_text(payment)
