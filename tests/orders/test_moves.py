"""What a seller may do with an order, and what stands in the way."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from marketplace.kernel.states import IllegalMove
from marketplace.ledger.queries import balance
from marketplace.orders.models import Billable, Order, State, TenderState
from marketplace.orders.operations import moves
from marketplace.parties.models import Market
from marketplace.users.models import User
from tests.orders.telling import tender

MakeOrder = Callable[..., Order]
NOW = datetime(2026, 10, 7, 9, tzinfo=UTC)
PAID = {"tenders": [tender("card", "1210.00", paid_at="2026-10-02T10:00:00+02:00")]}
COD = {"tenders": [tender("cod", "1210.00")]}


def open_order(make_order: MakeOrder, **facts: object) -> Order:
    return make_order(status="open", status_times={}, **facts)


def test_a_seller_prepares_ships_and_delivers_a_paid_order(make_order: MakeOrder, ana: User) -> None:
    order = open_order(make_order, **PAID)

    for to in (State.SHIPPING, State.SHIPPED, State.DELIVERED):
        moves.advance_order(order_id=order.pk, to=to, by=ana, at=NOW)

    order.refresh_from_db()
    assert (order.state, order.confirmed_at, order.delivered_at) == (State.DELIVERED, NOW, NOW)
    assert Billable.objects.get().order == order
    assert {change.by for change in order.changes.exclude(from_state="")} == {ana}


@pytest.mark.parametrize("method", ["card", "transfer"])
def test_a_parcel_waits_for_its_payment(make_order: MakeOrder, ana: User, method: str) -> None:
    order = open_order(make_order, tenders=[tender(method, "1210.00")])

    with pytest.raises(moves.NotReadyToShip, match=order.number):
        moves.advance_order(order_id=order.pk, to=State.SHIPPED, by=ana, at=NOW)

    order.refresh_from_db()
    assert (order.state, order.changes.count()) == (State.OPEN, 1)


def test_a_parcel_waits_for_its_receipt_where_the_market_requires_one(
    make_order: MakeOrder, ana: User, market: Market
) -> None:
    Market.objects.filter(pk=market.pk).update(receipt_required=True)
    order = open_order(make_order, **COD)

    with pytest.raises(moves.NotReadyToShip, match="receipt"):
        moves.advance_order(order_id=order.pk, to=State.SHIPPED, by=ana, at=NOW)

    assert not order.changes.filter(to_state=State.SHIPPED).exists()


def test_the_marketplaces_courier_tells_what_becomes_of_its_parcels(make_order: MakeOrder, ana: User) -> None:
    order = open_order(make_order, fulfilment="marketplace_courier", **COD)

    with pytest.raises(moves.NotYours, match="Prepare"):
        moves.advance_order(order_id=order.pk, to=State.SHIPPED, by=ana, at=NOW)
    moves.advance_order(order_id=order.pk, to=State.SHIPPING, by=ana, at=NOW)
    moves.advance_order(order_id=order.pk, to=State.SHIPPED, by=ana, at=NOW)
    with pytest.raises(moves.NotYours, match="courier"):
        moves.advance_order(order_id=order.pk, to=State.DELIVERED, by=ana, at=NOW)

    order.refresh_from_db()
    assert order.state == State.SHIPPED


def test_delivered_is_final(make_order: MakeOrder, ana: User) -> None:
    order = make_order()

    for to in State.values:
        with pytest.raises(IllegalMove):
            moves.advance_order(order_id=order.pk, to=to, by=ana, at=NOW)


def test_a_transfer_that_arrives_opens_the_order_and_is_in_the_books(
    make_order: MakeOrder, carla: User, market: Market
) -> None:
    order = make_order(status="blocked", status_times={}, tenders=[tender("transfer", "1210.00")])

    with pytest.raises(moves.NotReadyToShip):
        moves.receive_transfer(order_id=order.pk, by=carla, at=NOW, as_seller=True)
    moves.receive_transfer(order_id=order.pk, by=carla, at=NOW, as_seller=False)

    order.refresh_from_db()
    assert (order.state, order.tenders.get().state) == (State.OPEN, TenderState.CAPTURED)
    assert balance(market_id=market.pk, kind="bank") == 1210_00


def test_an_order_is_pending_until_its_seller_confirms_it(make_order: MakeOrder, ana: User) -> None:
    order = open_order(make_order, **PAID)
    assert order.is_pending

    confirmed = moves.confirm_order(order_id=order.pk, by=ana, at=NOW)
    moves.confirm_order(order_id=order.pk, by=ana, at=NOW + timedelta(days=1))

    order.refresh_from_db()
    assert (order.confirmed_at, confirmed.is_pending, order.state) == (NOW, False, State.OPEN)


def test_orders_nobody_paid_are_cancelled_after_the_markets_deadline(
    make_order: MakeOrder, market: Market
) -> None:
    unpaid = {"status": "blocked", "status_times": {}, "tenders": [tender("transfer", "1210.00")]}
    old = make_order(placed="2026-10-01T10:00:00+02:00", **unpaid)
    young = make_order(placed="2026-10-06T10:00:00+02:00", **unpaid)

    at = datetime(2026, 10, 12, tzinfo=UTC)
    assert moves.cancel_unpaid(market=market, at=at) == 1

    old.refresh_from_db()
    young.refresh_from_db()
    assert (old.state, young.state) == (State.CANCELLED, State.BLOCKED)
