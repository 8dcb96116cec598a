"""A click and the rules take one order at the same moment: it is taken once, and nothing fails."""

from collections.abc import Callable
from datetime import timedelta
from threading import Event, Thread
from typing import Any

import pytest
from django.db import connections, transaction
from django.utils import timezone

from marketplace.orders.models import Order
from sellers.erp.models import Channel, ErpInvoice
from sellers.erp.operations.asking import ask_for_invoice, ask_for_invoices, pick_orders
from tests.erp.colombia import make_colombia, make_condor, sell

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]

A_MOMENT = 0.5


def one_before_the_other_is_done(first: Callable[[], Any], second: Callable[[], Any]) -> list[Exception]:
    """Do the second while what the first has done is not yet committed; what was raised."""
    raised: list[Exception] = []
    is_under_way, is_blocked = Event(), Event()

    def run(act: Callable[[], None]) -> None:
        try:
            act()
        except Exception as error:
            raised.append(error)
        finally:
            connections.close_all()

    def slowly() -> None:
        with transaction.atomic():
            first()
            is_under_way.set()
            is_blocked.wait(A_MOMENT)

    def after() -> None:
        is_under_way.wait(5)
        second()

    threads = [Thread(target=run, args=[act]) for act in (slowly, after)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return raised


def click(order: Order) -> None:
    ask_for_invoice(order_id=order.pk, by=None, at=timezone.now())


def tick(order: Order) -> None:
    ask_for_invoices(seller_id=order.seller_id, order_ids=[order.pk], by=None, at=timezone.now())


def by_rules(order: Order) -> None:
    pick_orders(channel_id=Channel.objects.get(seller=order.seller_id).pk, at=timezone.now())


@pytest.mark.parametrize(
    ("first", "second"),
    [(click, by_rules), (by_rules, click), (tick, by_rules), (by_rules, tick), (click, tick)],
)
def test_an_order_is_taken_once(first: Callable[[Order], None], second: Callable[[Order], None]) -> None:
    market, now = make_colombia(), timezone.now()
    Channel.objects.create(
        seller=make_condor(market),
        name="Alegra",
        email="c@condor.example",
        token="",
        country="CO",
        connected_at=now,
        automatic=True,
        automatic_since=now - timedelta(days=1000),
    )
    order = sell(market, "890")

    raised = one_before_the_other_is_done(lambda: first(order), lambda: second(order))

    assert raised == []
    assert ErpInvoice.objects.filter(order=order).count() == 1
