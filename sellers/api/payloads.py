"""What is put on the wire: orders in our format or UNAS's, and what a message says around one."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import QuerySet
from django.utils import timezone

from marketplace.orders.models import Order
from marketplace.orders.sending import sent_orders
from marketplace.orders.writing.generic import generic_order
from marketplace.orders.writing.sent import SentOrder
from marketplace.orders.writing.unas import unas_orders
from sellers.api.models import Delivery, Wire
from sellers.api.receipts import receipts_on

JSON, XML = "application/json", "application/xml"
Found = Sequence[tuple[int, str]]


@dataclass(frozen=True, slots=True)
class Payload:
    """Bytes and what they are."""

    body: bytes
    content_type: str


def told_orders(rows: "QuerySet[Order]", found: Found) -> list[dict[str, Any]]:
    """Orders in our format, in the order in which they were found."""
    receipts = receipts_on(pk for pk, _number in found)
    keys = {number: pk for pk, number in found}
    return [
        generic_order(order) | {"receipt": receipts.get(keys[order.number])} for order in _sent(rows, found)
    ]


def written_orders(rows: "QuerySet[Order]", found: Found) -> bytes:
    """Orders in UNAS's format, in the order in which they were found."""
    return unas_orders(_sent(rows, found))


def _sent(rows: "QuerySet[Order]", found: Found) -> list[SentOrder]:
    """Orders of one seller, so that the number tells which is which."""
    by_number = {order.number: order for order in sent_orders(rows.filter(pk__in=[pk for pk, _n in found]))}
    return [by_number[number] for _pk, number in found if number in by_number]


def payload_of(delivery: Delivery) -> Payload:
    """The message a delivery carries, with its order as it is now."""
    orders = Order.objects.filter(pk__in=[delivery.order_id] if delivery.order_id else [])
    if delivery.webhook.wire == Wire.UNAS:
        return Payload(unas_orders(sent_orders(orders)), XML)
    zone = ZoneInfo(delivery.webhook.seller.market.zone)
    with timezone.override(zone):
        found = [(order.pk, order.number) for order in orders]
        told = {**_around(delivery), "order": next(iter(told_orders(orders, found)), None)}
    return Payload(json.dumps(told, ensure_ascii=False).encode(), JSON)


def _around(delivery: Delivery) -> dict[str, Any]:
    """Who tells what of which move; ``sequence`` rises with each."""
    move = delivery.change
    return {
        "delivery": str(delivery.public_id),
        "event": delivery.event,
        "seller": delivery.webhook.seller.partner_number,
        "sequence": move.pk if move else 0,
        "from": (move.from_state or None) if move else None,
        "to": move.to_state if move else None,
        "at": (move.at if move else delivery.created_at).isoformat(),
    }
