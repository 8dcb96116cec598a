"""What happens to an order without moving it is told to its seller's system as a move is: once."""

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any
from urllib.parse import quote

import pytest
from django.db import connection, transaction
from django.db.utils import IntegrityError
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from marketplace.kernel.books import run_checks
from marketplace.kernel.files import store
from marketplace.orders.models import Order, OrderChange, Refund, State
from marketplace.orders.operations.moves import confirm_order, receive_transfer
from marketplace.orders.operations.refunding import accept_proof, pay_refund, refuse_proof, tell_refund
from marketplace.orders.parsing.saldo import read_order
from marketplace.orders.sending import sent_orders
from marketplace.orders.writing.generic import TOLD_BESIDES
from marketplace.parties.models import Market
from marketplace.users.models import User
from sellers.api import tasks
from sellers.api.models import Webhook
from tests.api.conftest import System
from tests.api.servers import ShopServer
from tests.cast import BEFORE, MakeOrder, take
from tests.orders.telling import tell_order, tender
from tests.stories.hungary import come_back

LIST = "/api/v1/orders/"
OPEN: dict[str, Any] = {"status": "open", "status_times": {}}
CARD = [tender("card", "1210.00", paid_at="2026-10-02T09:13:00+02:00")]
TO_SELLER = [tender("transfer", "1210.00", custody="seller")]
Happening = Callable[[MakeOrder, Market, User], Callable[[], object]]


def a_confirmation(make_order: MakeOrder, market: Market, ana: User) -> Callable[[], object]:
    order = make_order(number="A", **OPEN, tenders=CARD)
    return lambda: confirm_order(order_id=order.pk, by=ana, at=timezone.now())


def a_transfer(make_order: MakeOrder, market: Market, ana: User) -> Callable[[], object]:
    order = make_order(number="A", **OPEN, tenders=TO_SELLER)
    return lambda: receive_transfer(order_id=order.pk, by=ana, at=timezone.now(), as_seller=True)


def a_return(make_order: MakeOrder, market: Market, ana: User) -> Callable[[], object]:
    make_order(number="A")
    return lambda: come_back(market, "R1", "A")


def a_refund(make_order: MakeOrder, market: Market, ana: User) -> Callable[[], object]:
    a_return(make_order, market, ana)()
    refund = Refund.objects.get()
    return lambda: pay_refund(refund_id=refund.pk, paid_at=BEFORE, by=None, at=timezone.now())


HAPPENINGS: dict[str, Happening] = {
    "order.confirmed": a_confirmation,
    "order.paid": a_transfer,
    "order.return": a_return,
    "order.refund": a_refund,
}


@pytest.mark.parametrize("event", HAPPENINGS)
def test_it_is_delivered_once_and_seen_by_since(
    event: str,
    webhook: Webhook,
    shop: ShopServer,
    system: System,
    market: Market,
    make_order: MakeOrder,
    ana: User,
    watch: Callable[[], None],
) -> None:
    happen = HAPPENINGS[event](make_order, market, ana)
    watch()
    since = quote(system.get(LIST).json()["as_of"])
    shop.received.clear()

    happen()
    watch()
    watch()

    (told,) = shop.told()
    assert told["event"] == shop.received[0].headers["Saldo-Event"] == event
    assert told["from"] == told["to"] == Order.objects.get().state
    seen = system.get(f"{LIST}?since={since}").json()["orders"]
    assert [order["number"] for order in seen] == ["A"]
    assert seen[0] == told["order"]
    assert run_checks() == []


def test_a_message_carries_what_happened(
    webhook: Webhook,
    shop: ShopServer,
    market: Market,
    make_order: MakeOrder,
    ana: User,
    watch: Callable[[], None],
) -> None:
    a_refund(make_order, market, ana)()
    watch()

    told = shop.told()[-1]["order"]
    (returned,), (refund,) = told["returns"], told["refunds"]
    assert returned["number"] == "R1"
    assert returned["lines"] == [{"line": 1, "quantity": 1}]
    assert datetime.fromisoformat(refund.pop("paid_at")) == BEFORE
    assert refund == {
        "return": "R1",
        "method": "card",
        "amount": "1210.00",
        "paid_by": "marketplace",
        "state": "paid",
    }
    assert told["status_times"]["delivered"] == "2026-10-05T11:30:00+02:00", "a return is no delivery"
    facts = read_order(json.dumps({key: told[key] for key in set(told) - TOLD_BESIDES}))
    assert facts.number == "A"


def test_every_step_of_a_refund_the_seller_pays_is_told(
    webhook: Webhook, shop: ShopServer, market: Market, make_order: MakeOrder, watch: Callable[[], None]
) -> None:
    make_order(number="A", tenders=[tender("cod", "1210.00")])
    come_back(market, "R1", "A")
    now, refund = timezone.now(), Refund.objects.get()
    proof = store(name="slip.pdf", content_type="application/pdf", chunks=[b"%PDF-"], at=now)
    watch()
    shop.received.clear()

    for finish in (refuse_proof, accept_proof):
        tell_refund(refund_id=refund.pk, paid_at=BEFORE, proof=proof, note="", by=None, at=now)
        watch()
        told = {"reason": "Another customer's slip."} if finish is refuse_proof else {}
        finish(refund_id=refund.pk, by=None, at=now, **told)
        watch()

    assert [each["event"] for each in shop.told()] == ["order.refund"] * 4
    assert [each["order"]["refunds"][0]["state"] for each in shop.told()] == ["told", "owed", "told", "paid"]


def test_what_happens_twice_is_news_once(market: Market, make_order: MakeOrder, ana: User) -> None:
    order = make_order(number="A", **OPEN, tenders=CARD)
    for _ in range(2):
        confirm_order(order_id=order.pk, by=ana, at=timezone.now())
    make_order(number="B")
    for _ in range(2):
        come_back(market, "R1", "B")

    news = OrderChange.objects.exclude(what="moved").order_by("pk")
    assert list(news.values_list("order__number", "what")) == [("A", "confirmed"), ("B", "return")]


def test_a_payment_the_shop_tells_of_is_news(
    webhook: Webhook, shop: ShopServer, market: Market, watch: Callable[[], None]
) -> None:
    told = tell_order(number="A", status="open", status_times={}, tenders=TO_SELLER)
    take(market, told)
    watch()

    take(market, told | {"tenders": [TO_SELLER[0] | {"paid_at": "2026-10-03T10:00:00+02:00"}]})
    watch()

    assert [each["event"] for each in shop.told()] == ["order.new", "order.paid"]


def test_a_refused_return_is_no_news(market: Market, make_order: MakeOrder) -> None:
    make_order(number="A", **OPEN)

    assert come_back(market, "R1", "A").outcome == "refused"
    assert not OrderChange.objects.exclude(what="moved").exists()


def test_news_cannot_move_an_order(make_order: MakeOrder) -> None:
    order = make_order(**OPEN)

    with pytest.raises(IntegrityError), transaction.atomic():
        order.changes.create(
            from_state=State.OPEN, to_state=State.SHIPPED, what="confirmed", at=timezone.now()
        )


def test_orders_with_returns_are_laid_out_in_as_many_queries_however_many_they_are(
    market: Market, make_order: MakeOrder
) -> None:
    counts = []
    for place in range(3):
        make_order(number=f"N{place}")
        come_back(market, f"R{place}", f"N{place}")
        with CaptureQueriesContext(connection) as queries:
            list(sent_orders(Order.objects.all()))
        counts.append(len(queries))

    assert len(set(counts)) == 1


def test_the_log_names_what_was_told(
    webhook: Webhook, make_order: MakeOrder, market: Market, ana: User, ana_client: Client
) -> None:
    a_return(make_order, market, ana)()
    tasks.watch()

    rows = ana_client.get("/settings/api/deliveries/?state=order.return").context["table"].rows

    assert [[cell.text for cell in row][1:3] for row in rows] == [["A", "Return"]]
