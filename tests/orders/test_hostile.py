"""Orders made to break the intake are refused one by one; the good ones beside them are kept."""

from typing import Any

import pytest

from marketplace.ledger.models import Entry
from marketplace.orders.models import Order, Tender, TenderState
from marketplace.orders.operations.intake import Outcome, take_orders
from marketplace.orders.parsing import mall
from marketplace.orders.rules.facts import LineFacts
from marketplace.orders.rules.pricing import price_lines
from marketplace.parties.models import Market, Seller
from settlement.documents.rules import OrderAmounts, RateAmount, add_rates, vat_of, vat_per_order
from tests.cast import BEFORE, take
from tests.orders.telling import discount, goods, tell_order, tender


@pytest.mark.parametrize(
    "facts",
    [
        {
            "lines": [
                goods("9000000000000.00", quantity=1_000_000),
                discount("9000000000000.00", quantity=1_000_000),
            ],
            "tenders": [],
        },
        {"placed_at": "0001-01-01T00:00:00+14:00"},
        {"tenders": [tender("card", "1210.00", paid_at="9999-12-31T23:59:59-12:00")]},
    ],
)
def test_a_monstrous_order_is_refused_beside_a_good_one(
    market: Market, seller: Seller, facts: dict[str, Any]
) -> None:
    outcomes = take(market, tell_order(number="GOOD"), tell_order(number="BAD", **facts))

    assert [each.outcome for each in outcomes] == [Outcome.TAKEN, Outcome.REFUSED]
    assert list(Order.objects.values_list("number", flat=True)) == ["GOOD"]


def test_signs_no_database_takes_are_dropped_from_malls_texts(market: Market, seller: Seller) -> None:
    import json

    from tests.orders.test_mall import tell

    told = tell(address={"name": "Eva\x00 Nov\ud800áková", "city": "Praha"})
    facts = mall.read_order(json.dumps(told), seller="3003", standard_vat_bp=2100)

    (taken,) = take_orders(market=market, told=[facts], at=BEFORE)

    assert taken.outcome == Outcome.TAKEN
    assert Order.objects.get().customer_name == "Eva Nováková"


def test_a_payment_told_later_is_noted(market: Market, seller: Seller) -> None:
    waiting = tell_order(number="A", status="open", status_times={})
    take(market, waiting)
    paid = tender("card", "1210.00", paid_at="2026-10-02T10:00:00+02:00")

    (moved,) = take(market, waiting | {"tenders": [paid]})

    assert moved.outcome == Outcome.MOVED
    assert Tender.objects.get().state == TenderState.CAPTURED


def test_a_payment_told_with_a_refused_status_is_not_noted(market: Market, seller: Seller) -> None:
    take(market, tell_order(number="A", status="open", status_times={}))
    paid = tender("card", "1210.00", paid_at="2026-10-02T10:00:00+02:00")

    (refused,) = take(market, tell_order(number="A", status_times={}, tenders=[paid]))

    assert refused.outcome == Outcome.REFUSED
    assert Tender.objects.get().state == TenderState.AWAITED
    assert not Entry.objects.exists()


def test_a_payment_in_an_impossible_year_is_refused_on_an_order_we_hold(
    market: Market, seller: Seller
) -> None:
    waiting = tell_order(number="A", status="open", status_times={})
    take(market, waiting)

    (refused,) = take(
        market, waiting | {"tenders": [tender("card", "1210.00", paid_at="9000-01-01T00:00:00Z")]}
    )

    assert refused.outcome == Outcome.REFUSED
    assert Tender.objects.get().state == TenderState.AWAITED


def test_a_discount_over_like_goods_is_rounded_once() -> None:
    line = LineFacts("goods", "x", 1, 100_00, 2100, 1500)
    cut = LineFacts("discount", "y", 1, 10_00, None, None)

    *_, priced = price_lines([line, line, line, cut], model="resale")

    assert priced.purchase_net == -7_02


def test_vat_of_orders_with_mixed_signs_stays_by_each_orders_own_amount() -> None:
    orders = [
        OrderAmounts("A", (RateAmount(2100, 10_000_00, 0),)),
        OrderAmounts("B", (RateAmount(2100, -9_999_98, 0),)),
    ]

    shares = vat_per_order(orders)

    assert sum(shares.values()) == vat_of(add_rates(orders)[0])
    assert abs(shares["A"] - 2100_00) <= 1
    assert abs(shares["B"] + 2100_00) <= 1
