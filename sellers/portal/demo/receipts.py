"""The receipts of the demo's Peruvian sellers: most in time, a few late or missing, some that are refused."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from itertools import count
from random import Random

from marketplace.orders.models import Order, State
from marketplace.parties.models import Seller
from marketplace.users.models import User
from sellers.receipts.demo.making import make_receipt, receipt_name
from sellers.receipts.demo.past import Past, hand_in_now, remember

AWAY = (State.BLOCKED, State.CANCELLED)
UNLIKE = 10_00
"""What the total of a wrong receipt differs by."""


def give_receipts(seller: Seller, random: Random, now: datetime) -> None:
    """Give a seller's orders the receipts they had, and hand in some files that need a hand."""
    serials = count(1)
    orders = Order.objects.of(seller).exclude(state__in=AWAY)
    rows = list(
        orders.select_related("market", "seller").prefetch_related("lines").order_by("placed_at", "pk")
    )
    remember(seller, _past(rows, serials, random, now))
    waiting = [row for row in rows if row.receipt_at is None and row.shipped_at is None]
    _hand_in_mixed(seller, waiting, rows, serials, now)


def _past(orders: Iterable[Order], serials: Iterable[int], random: Random, now: datetime) -> Iterable[Past]:
    """Of the orders that were sent nearly all in time; of those that wait one in five already."""
    numbers = iter(serials)
    for order in orders:
        fate, hours = random.random(), random.uniform(0.5, 6)
        at = order.placed_at + timedelta(hours=hours)
        if order.shipped_at is None:
            if fate < 0.2 and at < now:
                yield Past(order, next(numbers), at)
            continue
        if fate < 0.06:
            at = order.shipped_at + timedelta(hours=12 * hours)
        if at < now and fate < 0.97:
            yield Past(order, next(numbers), min(at, order.shipped_at) if fate >= 0.06 else at)


def _hand_in_mixed(
    seller: Seller, waiting: list[Order], known: list[Order], serials: Iterable[int], now: datetime
) -> None:
    """An upload in which some receipts are fine and others are not, each for a reason of its own."""
    if len(waiting) < 3:
        return
    numbers, by = iter(serials), User.objects.filter(memberships__seller=seller).first()
    good, wrong, lonely = waiting[:3]
    files = [*_pair(good, next(numbers)), *_pair(wrong, next(numbers), total=wrong.total + UNLIKE)]
    files += _pair(lonely, next(numbers))[:1]
    files += _pair(good, next(numbers), reference="99999999999")
    registered = next(row for row in known if row.receipt_at is not None)
    files += _pair(registered, 1_000)
    files.append(("fotos del almacén.jpg", b"\xff\xd8\xff\xe0 no picture of anything"))
    hand_in_now(seller, files, by=by, at=now - timedelta(hours=5))
    _hand_in_unclear(seller, next(numbers), by, now)


def _hand_in_unclear(seller: Seller, serial: int, by: User | None, now: datetime) -> None:
    """A receipt that names no order, of a customer who ordered the same twice: a person chooses."""
    waiting = Order.objects.of(seller).filter(receipt_at=None, shipped_at=None)
    alike: dict[tuple[str, int], list[Order]] = {}
    for order in waiting.exclude(state__in=AWAY).select_related("market", "seller").order_by("number"):
        alike.setdefault((order.customer_id_number, order.total), []).append(order)
    for order, *others in alike.values():
        if others:
            files = _pair(order, serial, reference="")
            hand_in_now(seller, files, by=by, at=now - timedelta(hours=2))
            return


def _pair(
    order: Order, serial: int, *, total: int | None = None, reference: str | None = None
) -> list[tuple[str, bytes]]:
    xml, pdf = make_receipt(order, serial, total=total, reference=reference)
    name = receipt_name(order, serial)
    return [(f"{name}.xml", xml), (f"{name}.pdf", pdf)]
