"""Rows written from rows, and many rows moved at once."""

from typing import Any

import pytest
from django.db import transaction
from django.db.models import F, Value
from django.db.models.functions import Concat

from marketplace.kernel.sets import insert_from, update_each
from marketplace.kernel.states import IllegalMove, move_all
from marketplace.orders.models import Billable, Order, OrderChange, State
from marketplace.parties.models import Contract, Seller
from settlement.claims.models import Hold
from tests.cast import BEFORE, MakeOrder


def test_a_row_is_written_per_row_of_a_query_and_the_rest_takes_its_default(
    seller: Seller, make_order: MakeOrder, django_assert_num_queries: Any
) -> None:
    for number in ("A", "B", "C"):
        make_order(number=number)

    with transaction.atomic(), django_assert_num_queries(1):
        written = insert_from(
            Hold,
            Billable.objects.filter(order__number__in=["A", "C"]),
            {
                "order": F("order_id"),
                "reason": Concat(Value("of "), "order__number"),
                "placed_at": Value(BEFORE),
            },
        )

    assert written == 2
    rows = Hold.objects.order_by("order__number").values_list("reason", "placed_at", "released_at")
    assert list(rows) == [("of A", BEFORE, None), ("of C", BEFORE, None)]


def test_an_empty_query_writes_nothing(seller: Seller) -> None:
    with transaction.atomic():
        columns = {"order": F("order_id"), "reason": Value("x"), "placed_at": Value(BEFORE)}
        assert insert_from(Hold, Billable.objects.none(), columns) == 0
        assert insert_from(Hold, Billable.objects.all(), columns) == 0


def test_rows_get_each_its_own_numbers_in_one_statement(
    seller: Seller, rival: Seller, django_assert_num_queries: Any
) -> None:
    contracts = [seller.contract, rival.contract]
    terms = {row.pk: (100 * place, 7 + place) for place, row in enumerate(contracts)}

    with transaction.atomic(), django_assert_num_queries(1):
        update_each(Contract, ["commission_bp", "confirmation_days"], terms)
        update_each(Contract, ["commission_bp", "confirmation_days"], {})

    rows = Contract.objects.values_list("pk", "commission_bp", "confirmation_days")
    assert {pk: tuple(given) for pk, *given in rows} == terms


def test_many_rows_move_at_once_and_each_keeps_its_trace(
    make_order: MakeOrder, django_assert_num_queries: Any
) -> None:
    orders = [make_order(status="open") for _ in range(5)]

    with transaction.atomic(), django_assert_num_queries(2):
        move_all(orders, State.SHIPPED, by=None, at=BEFORE, reason="van", also={"shipped_at": BEFORE})

    assert set(Order.objects.values_list("state", "shipped_at")) == {(State.SHIPPED, BEFORE)}
    assert {(order.state, order.shipped_at) for order in orders} == {(State.SHIPPED, BEFORE)}
    trace = OrderChange.objects.filter(from_state=State.OPEN, to_state=State.SHIPPED, reason="van")
    assert sorted(row.order_id for row in trace) == sorted(order.pk for order in orders)


def test_none_of_many_moves_where_one_cannot(make_order: MakeOrder) -> None:
    orders = [make_order(status="open"), make_order(status="cancelled")]

    with pytest.raises(IllegalMove), transaction.atomic():
        move_all(orders, State.SHIPPED, by=None, at=BEFORE)

    assert sorted(Order.objects.values_list("state", flat=True)) == [State.CANCELLED, State.OPEN]
    assert not OrderChange.objects.filter(to_state=State.SHIPPED).exists()
