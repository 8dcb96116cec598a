"""The worked examples of a resale settlement, to the cent, from intake to the books."""

from typing import Any

from marketplace.kernel.books import run_checks
from marketplace.ledger.queries import balance
from marketplace.parties.models import Market, Seller
from tests.cast import reasons, settle, take
from tests.orders.telling import cod_fee, discount, goods, shipping, tell_order, tender

CARD: dict[str, Any] = {"lines": [goods("1210.00"), shipping()], "tenders": [tender("card", "1331.00")]}
COD: dict[str, Any] = {
    "lines": [goods("2420.00"), shipping(), cod_fee()],
    "tenders": [tender("cod", "2577.30")],
}
TRANSFER: dict[str, Any] = {"lines": [goods("605.00")], "tenders": [tender("transfer", "605.00")]}


def settled(market: Market, *told: dict[str, Any]) -> dict[str, Any]:
    assert all(taken.outcome == "taken" for taken in take(market, *told))
    (answer,) = settle(market)
    assert run_checks() == []
    return answer


def test_three_orders_by_card_cash_and_transfer(market: Market, seller: Seller) -> None:
    answer = settled(market, *(tell_order(**facts) for facts in (CARD, COD, TRANSFER)))

    assert answer == {
        "seller": "3003",
        "period": ["2026-10-01", "2026-11-01"],
        "document": "CZ-2026-000001",
        "orders": 3,
        "excluded": [],
        "currency": "CZK",
        "customer_total": "4513.30",
        "purchase_net": "3205.00",
        "purchase_vat": "673.05",
        "purchase_gross": "3878.05",
        "commission_gross": "635.25",
        "held_by_seller": "2577.30",
        "held_by_marketplace": "1936.00",
        "net": {"payer": "marketplace", "payee": "seller", "amount": "1300.75"},
        "credit_document": None,
        "corrections": [],
        "carried_in": "0.00",
    }


def test_the_books_hold_the_sale_and_owe_nothing_of_it_to_customers(market: Market, seller: Seller) -> None:
    settled(market, *(tell_order(**facts) for facts in (CARD, COD, TRANSFER)))

    assert balance(market_id=market.pk, kind="bank") == 1936_00
    assert balance(market_id=market.pk, kind="prepaid") == 0
    assert balance(market_id=market.pk, kind="receivable", seller_id=seller.pk) == 2577_30
    assert balance(market_id=market.pk, kind="sales") == -3730_00
    assert balance(market_id=market.pk, kind="vat") == -783_30


def test_cash_taken_by_the_marketplaces_courier_leaves_nothing_to_set_off(
    market: Market, seller: Seller
) -> None:
    answer = settled(market, tell_order(**COD, fulfilment="marketplace_courier"))

    assert answer["held_by_seller"] == "0.00"
    assert answer["net"] == {"payer": "marketplace", "payee": "seller", "amount": "2214.30"}


def test_a_single_cash_order_makes_the_seller_the_payer(market: Market, seller: Seller) -> None:
    lines = [goods("6050.00"), shipping(), cod_fee()]

    answer = settled(market, tell_order(lines=lines, tenders=[tender("cod", "6207.30")]))

    assert answer["purchase_gross"] == "5299.80"
    assert answer["net"] == {"payer": "seller", "payee": "marketplace", "amount": "907.50"}


def test_a_line_is_rounded_once(market: Market, seller: Seller) -> None:
    answer = settled(
        market, tell_order(lines=[goods("99.99", quantity=3)], tenders=[tender("card", "299.97")])
    )

    assert answer["purchase_net"] == "210.72"


def test_a_line_of_three_is_not_three_rounded_lines(market: Market, seller: Seller) -> None:
    answer = settled(
        market, tell_order(lines=[goods("49.90", quantity=3)], tenders=[tender("card", "149.70")])
    )

    assert answer["purchase_net"] == "105.16"


def test_a_discount_takes_the_goods_vat_and_commission(market: Market, seller: Seller) -> None:
    lines = [goods("2420.00"), discount("242.00")]

    answer = settled(market, tell_order(lines=lines, tenders=[tender("card", "2178.00")]))

    assert (answer["purchase_net"], answer["purchase_vat"]) == ("1530.00", "321.30")
    assert answer["purchase_gross"] == "1851.30"


def test_a_discount_the_marketplace_funds_leaves_the_purchase_price_alone(
    market: Market, seller: Seller
) -> None:
    lines = [goods("2420.00"), discount("242.00", funded_by="marketplace")]

    answer = settled(market, tell_order(lines=lines, tenders=[tender("card", "2178.00")]))

    assert (answer["purchase_gross"], answer["customer_total"]) == ("2057.00", "2178.00")


def test_vat_is_counted_on_the_sum_and_split_back_to_the_orders(market: Market, seller: Seller) -> None:
    from settlement.documents.models import DocumentLine

    # 10.13 net at 21 % without commission is 12.2573 gross; 12.26 comes back to 10.13.
    lines = [goods("12.26", commission="0")]
    told = [
        tell_order(number=f"A{place}", lines=lines, tenders=[tender("card", "12.26")]) for place in (1, 2, 3)
    ]

    answer = settled(market, *told)

    assert (answer["purchase_net"], answer["purchase_vat"]) == ("30.39", "6.38")
    shares = DocumentLine.objects.order_by("number").values_list("purchase_vat", flat=True)
    assert list(shares) == [2_13, 2_13, 2_12]


def test_a_delivery_before_midnight_in_prague_is_of_the_old_month(market: Market, seller: Seller) -> None:
    late = tell_order(number="LATE", delivered="2026-10-31T22:30:00Z")
    later = tell_order(number="LATER", delivered="2026-10-31T23:10:00Z")

    answer = settled(market, late, later)

    assert answer["orders"] == 1
    assert reasons(answer) == {"LATER": "after_cutoff"}


def test_an_order_delivered_long_ago_comes_along_as_a_late_arrival(market: Market, seller: Seller) -> None:
    old = tell_order(placed="2026-08-01T10:00:00+02:00", delivered="2026-08-05T10:00:00+02:00")

    answer = settled(market, old, tell_order())

    assert (answer["orders"], answer["period"]) == (2, ["2026-10-01", "2026-11-01"])


def test_what_was_returned_cancelled_lost_or_only_a_test_is_never_billed(
    market: Market, seller: Seller
) -> None:
    told = [
        tell_order(number="RETURNED", status="returned"),
        tell_order(number="CANCELLED", status="cancelled"),
        tell_order(number="LOST", status="lost"),
        tell_order(number="ON-ITS-WAY", status="shipped"),
        tell_order(number="TEST", test=True),
        tell_order(number="FINE"),
    ]

    answer = settled(market, *told)

    assert answer["orders"] == 1
    assert reasons(answer) == {
        "RETURNED": "returned",
        "CANCELLED": "cancelled",
        "LOST": "lost",
        "ON-ITS-WAY": "not_delivered",
        "TEST": "test_order",
    }


def test_settling_again_changes_nothing_and_answers_the_same(market: Market, seller: Seller) -> None:
    first = settled(market, tell_order())

    (again,) = settle(market)

    assert again == first
    assert run_checks() == []
