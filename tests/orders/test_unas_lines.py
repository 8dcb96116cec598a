"""Items of UNAS's orders: prices, discounts, cents that are left over."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.orders.unas import SHIPPING, item, read, tell, tenders_of


def test_discounts_and_gifts_need_no_sku_and_no_rate() -> None:
    discount = {"Id": "discount-percent", "Name": "10%", "Quantity": 1, "PriceGross": -1270}
    surcharge = {"Id": "discount-amount", "Name": "Utánvét", "Quantity": 1, "PriceGross": "635.00"}
    gift = {"Id": "gift", "Name": "Ajándék", "Quantity": 1, "PriceGross": 0}
    free = SHIPPING | {"PriceGross": 0}

    order = read(tell([item(), discount, surcharge, gift, free], 12065))

    assert [(line.kind, line.gross, line.vat_bp) for line in order.lines] == [
        ("goods", 12700_00, 2700),
        ("discount", -1270_00, None),
        ("shipping", 635_00, 2700),
        ("goods", 0, 2700),
    ]
    assert order.total == 12065_00


def test_a_price_finer_than_money_keeps_pieces_and_worth() -> None:
    order = read(tell([item("33.3333", Quantity=3)], "100"))

    assert [(line.quantity, line.unit_price) for line in order.lines] == [(2, 33_33), (1, 33_34)]
    assert order.total == 100_00


def test_a_broken_quantity_is_named_in_the_line() -> None:
    order = read(tell([item("1000.00", Quantity="2.5", Unit="m")], 2500))

    assert [(line.name, line.quantity, line.unit_price) for line in order.lines] == [
        ("2.5 m × Reef Pump", 1, 2500_00)
    ]


@pytest.mark.parametrize(("total", "kind"), [("12700.02", "shipping"), ("12699.98", "discount")])
def test_a_difference_of_cents_is_a_line_that_bears_no_commission(total: str, kind: str) -> None:
    order = read(tell(total=total))

    *_, rounding = order.lines
    assert (rounding.kind, rounding.name, abs(rounding.gross)) == (kind, "Rounding", 2)
    assert rounding.commission_bp == 0
    assert tenders_of(order) == [("transfer", int(total.replace(".", "")))]


@given(
    st.lists(st.tuples(st.integers(1, 10**9), st.integers(1, 999)), min_size=1, max_size=8),
    st.integers(-200, 200),
)
def test_whatever_the_prices_the_lines_add_to_the_sum(goods: list[tuple[int, int]], difference: int) -> None:
    total = sum(price * quantity for price, quantity in goods) + difference
    if total < 0:
        return
    items = [
        item(decimal4(price), Quantity=quantity, Id=place) for place, (price, quantity) in enumerate(goods)
    ]

    order = read(tell(items, decimal4(total)))

    assert abs(order.total * 100 - total) <= 50
    assert sum(tender.amount for tender in order.tenders) == order.total
    assert [sum(line.quantity for line in order.lines if line.kind == "goods")] == [
        sum(quantity for _, quantity in goods)
    ]


def decimal4(tenthousandths: int) -> str:
    return f"{tenthousandths // 10_000}.{tenthousandths % 10_000:04d}"
