"""Taking orders in: the same again changes nothing, later statuses move them on, nonsense is refused by
name.
"""

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from marketplace.ledger.models import Entry
from marketplace.ledger.queries import balance
from marketplace.orders.models import Billable, Order, OrderChange, State, Tender, TenderState
from marketplace.orders.operations.intake import Outcome
from marketplace.orders.parsing.saldo import read_order
from marketplace.orders.rules.facts import Refused
from marketplace.parties.models import Market, Seller
from tests.cast import take
from tests.orders.telling import cod_fee, discount, goods, shipping, tell_order, tender

MakeOrder = Callable[..., Order]


def stand() -> tuple[Any, ...]:
    return Order.objects.count(), OrderChange.objects.count(), Entry.objects.count(), Billable.objects.count()


def test_an_order_is_taken_in_with_its_way_its_money_and_its_place_among_those_to_be_invoiced(
    market: Market, seller: Seller
) -> None:
    take(market, tell_order(number="A"))

    order = Order.objects.get(number="A")
    assert [(move.from_state, move.to_state) for move in order.changes.order_by("pk")] == [
        ("", "open"),
        ("open", "shipped"),
        ("shipped", "delivered"),
    ]
    assert (order.total, order.purchase_net, order.held_by_marketplace) == (1210_00, 850_00, 1210_00)
    assert order.billable.seller == seller
    assert balance(market_id=market.pk, kind="prepaid") == -1210_00


def test_the_same_order_again_changes_nothing(market: Market, seller: Seller) -> None:
    told = tell_order()
    take(market, told)
    before = stand()

    (again,) = take(market, told)

    assert again.outcome == Outcome.UNCHANGED
    assert stand() == before


def test_a_later_status_moves_the_order_on(market: Market, seller: Seller) -> None:
    take(market, tell_order(number="A", status="open", status_times={}))
    assert Tender.objects.get().state == TenderState.AWAITED

    (moved,) = take(market, tell_order(number="A"))

    order = Order.objects.get()
    assert moved.outcome == Outcome.MOVED
    assert (order.state, Tender.objects.get().state) == (State.DELIVERED, TenderState.CAPTURED)
    assert Billable.objects.get().delivered_at == order.delivered_at
    assert balance(market_id=market.pk, kind="bank") == 1210_00


def test_an_earlier_status_that_comes_late_changes_nothing(market: Market, seller: Seller) -> None:
    take(market, tell_order(number="A"))

    (late,) = take(market, tell_order(number="A", status="shipped"))

    assert late.outcome == Outcome.UNCHANGED
    assert Order.objects.get().state == State.DELIVERED


@pytest.mark.parametrize(
    ("change", "part"),
    [
        ({"lines": [goods("1209.00")], "tenders": [tender("card", "1209.00")]}, "lines, tenders"),
        ({"customer": {"name": "Somebody Else"}}, "customer"),
        ({"fulfilment": "marketplace_courier"}, "terms"),
    ],
)
def test_what_was_agreed_never_changes(
    market: Market, seller: Seller, change: dict[str, Any], part: str
) -> None:
    take(market, tell_order(number="A"))
    before = stand()

    (refused,) = take(market, tell_order(number="A", **change))

    assert refused.outcome == Outcome.REFUSED
    assert refused.reason.startswith(part)
    assert stand() == before


def test_a_cancelled_order_cannot_be_delivered(market: Market, seller: Seller) -> None:
    take(market, tell_order(number="A", status="cancelled"))

    (refused,) = take(market, tell_order(number="A"))

    assert refused.reason == "status: the order is cancelled; it cannot become delivered"


def test_good_orders_of_a_file_are_kept_beside_refused_ones(market: Market, seller: Seller) -> None:
    outcomes = take(
        market, tell_order(number="A"), tell_order(number="B", seller="9999"), tell_order(number="C")
    )

    assert [each.outcome for each in outcomes] == ["taken", "refused", "taken"]
    assert outcomes[1].reason == "seller: CZ has no active seller with partner number 9999"


def test_another_sellers_order_number_is_taken(market: Market, seller: Seller, rival: Seller) -> None:
    take(market, tell_order(number="A"))

    (refused,) = take(market, tell_order(number="A", seller="3004"))

    assert refused.reason == "number: this order number is taken"


def test_test_orders_never_touch_money(market: Market, seller: Seller) -> None:
    take(market, tell_order(test=True))

    assert (Entry.objects.count(), Billable.objects.count()) == (0, 0)


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        ({"tenders": [tender("card", "1209.99")]}, "tenders: they add to 1209.99, the lines to 1210.00"),
        ({"currency": "EUR"}, "currency: EUR, but CZ sells in CZK"),
        ({"status_times": {}}, "status_times.delivered: missing; the delivery instant decides the period"),
        (
            {"lines": [goods("100.00"), discount("200.00")], "tenders": []},
            "lines: the discounts are larger than the order",
        ),
        (
            {"lines": [shipping(), discount("1.00")], "tenders": [tender("card", "120.00")]},
            "a discount without a VAT rate needs goods to be spread over",
        ),
        (
            {"lines": [{"kind": "goods", "name": "x", "unit_price": "1210.00"}]},
            "the goods line 'x' has no VAT rate",
        ),
    ],
)
def test_an_order_that_contradicts_itself_is_refused(
    market: Market, seller: Seller, facts: dict[str, Any], reason: str
) -> None:
    (refused,) = take(market, tell_order(**facts))

    assert refused.reason == reason
    assert stand() == (0, 0, 0, 0)


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        ({"colour": "red"}, "colour: unknown key"),
        (
            {"tenders": [tender("voucher", "1210.00")]},
            "tenders.1.voucher: missing; a voucher payment names its voucher's code",
        ),
        ({"tenders": [tender("card", "-1210.00")]}, "tenders.1.amount: -1210.00 is not a positive amount"),
        ({"lines": [goods("-1.00")]}, "lines.1.unit_price: -1.00 is negative"),
        ({"lines": [goods(vat="21.005")]}, "'21.005' is no rate we can keep exactly"),
        ({"lines": [goods("1.005")]}, "'1.005' is no amount we can keep exactly"),
        ({"placed_at": "2026-10-02T09:12:00"}, "placed_at: Input should have timezone info"),
        ({"status": "vanished"}, "status: Input should be 'blocked'"),
    ],
)
def test_what_the_format_does_not_allow_is_refused_by_name(facts: dict[str, Any], reason: str) -> None:
    with pytest.raises(Refused) as refusal:
        read_order(json.dumps(tell_order(**facts)))

    assert str(refusal.value).startswith(reason)


@pytest.mark.parametrize("text", ["", "[]", "{", "null", '"x"', "\xff", "[" * 5000])
def test_what_is_no_order_at_all_is_refused(text: str) -> None:
    with pytest.raises(Refused):
        read_order(text)


@pytest.mark.parametrize(
    ("method", "fulfilment", "holder"),
    [
        ("cod", "seller", "seller"),
        ("cod", "marketplace_courier", "marketplace"),
        ("cod", "marketplace_warehouse", "marketplace"),
        ("transfer", "seller", "marketplace"),
        ("card", "seller", "marketplace"),
    ],
)
def test_custody_follows_the_market_and_who_ships(
    make_order: MakeOrder, method: str, fulfilment: str, holder: str
) -> None:
    order = make_order(tenders=[tender(method, "1210.00")], fulfilment=fulfilment)

    assert order.tenders.get().custody == holder
    assert order.to_collect == (1210_00 if holder == "seller" else 0)


def test_a_tender_may_name_its_own_holder_and_a_payment_may_have_parts(make_order: MakeOrder) -> None:
    parts = [tender("card", "1000.00"), tender("cod", "210.00", custody="marketplace")]

    order = make_order(tenders=parts)

    assert (order.payment, order.cod_amount, order.held_by_seller) == ("card+cod", 210_00, 0)


def test_cash_the_seller_collects_is_not_ours_to_post(market: Market, make_order: MakeOrder) -> None:
    make_order(lines=[goods("2420.00"), shipping(), cod_fee()], tenders=[tender("cod", "2577.30")])

    assert Entry.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_the_database_itself_refuses_to_change_what_was_agreed(market: Market, make_order: MakeOrder) -> None:
    order = make_order()

    for change in ({"total": 1}, {"number": "X"}, {"delivered_at": order.placed_at}):
        with pytest.raises(DatabaseError), transaction.atomic():
            Order.objects.filter(pk=order.pk).update(**change)
    with pytest.raises(DatabaseError), transaction.atomic():
        order.lines.update(gross=1)
    with pytest.raises(DatabaseError), transaction.atomic():
        order.tenders.update(amount=1)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_postgres_refuses_an_order_whose_payment_does_not_add_up(make_order: MakeOrder) -> None:
    order = make_order()

    with pytest.raises(DatabaseError, match="do not add to its total"), transaction.atomic():
        Tender.objects.create(order=order, position=9, method="card", amount=1, custody="marketplace")
