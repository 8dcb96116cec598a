"""What accounting would leave out is told before anything is sent."""

from datetime import datetime
from typing import Any

import pytest
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoAssertNumQueries

from marketplace.kernel.zones import start_of_day
from marketplace.parties.models import Market, Seller
from settlement.claims.models import Verdict
from settlement.claims.operations import hold_order
from settlement.exports.queries import PreReview, pre_review
from tests.cast import AFTER_OCTOBER, MakeOrder, settle, take
from tests.exports.conftest import OCTOBER
from tests.orders.telling import cod_fee, goods, shipping, tell_order, tender


def look(seller: Seller, at: datetime = AFTER_OCTOBER) -> PreReview:
    zone = seller.market.zone
    starts_at, cutoff = start_of_day(OCTOBER.first_on, zone), start_of_day(OCTOBER.end_on, zone)
    return pre_review(seller=seller, starts_at=starts_at, cutoff=cutoff, at=at)


def counts(seen: PreReview) -> dict[str, int]:
    return {group.verdict: group.count for group in seen.left_out}


def test_it_adds_up_what_goes_in(seller: Seller, make_order: MakeOrder) -> None:
    make_order(lines=[goods("1210.00"), shipping()], tenders=[tender("card", "1331.00")])
    make_order(lines=[goods("2420.00"), shipping(), cod_fee()], tenders=[tender("cod", "2577.30")])
    make_order(lines=[goods("605.00")], tenders=[tender("transfer", "605.00")])

    seen = look(seller)

    assert (seen.orders, seen.customer_total, seen.purchase_gross) == (3, 4513_30, 3878_05)
    assert (seen.held_by_seller, seen.late, seen.unfinished, seen.left_out) == (2577_30, 0, 0, ())
    assert not seen.preview


def test_it_says_what_is_left_out_and_why(seller: Seller, make_order: MakeOrder) -> None:
    make_order(number="BACK", status="returned")
    make_order(number="LATER", delivered="2026-11-01T00:10:00+01:00")
    held = make_order(number="HELD")
    hold_order(order_id=held.pk, reason="broken", by=None, at=AFTER_OCTOBER)

    seen = look(seller)

    assert {group.verdict: [each.number for each in group.samples] for group in seen.left_out} == {
        Verdict.RETURNED: ["BACK"], Verdict.AFTER_CUTOFF: ["LATER"], Verdict.DISPUTED: ["HELD"],
    }  # fmt: skip
    assert seen.orders == 0


def test_late_arrivals_are_counted_among_what_goes_in(seller: Seller, make_order: MakeOrder) -> None:
    make_order(placed="2026-08-01T10:00:00+02:00", delivered="2026-08-05T10:00:00+02:00")
    make_order()

    seen = look(seller)

    assert (seen.orders, seen.late) == (2, 1)


def test_a_disputed_order_from_before_the_period_is_told_as_well(
    seller: Seller, make_order: MakeOrder
) -> None:
    old = make_order(placed="2026-08-01T10:00:00+02:00", delivered="2026-08-05T10:00:00+02:00")
    hold_order(order_id=old.pk, reason="broken", by=None, at=AFTER_OCTOBER)

    assert counts(look(seller)) == {Verdict.DISPUTED: 1}


def test_orders_on_their_way_are_a_warning(seller: Seller, make_order: MakeOrder) -> None:
    make_order(status="shipped")
    make_order(status="open")

    seen = look(seller, at=datetime.fromisoformat("2026-10-20T12:00:00+02:00"))

    assert (seen.unfinished, seen.preview) == (2, True)


def test_an_invoiced_order_names_its_document(market: Market, seller: Seller, make_order: MakeOrder) -> None:
    make_order(number="DONE")
    settle(market)

    (group,) = look(seller).left_out

    assert (group.verdict, group.count) == (Verdict.ALREADY_INVOICED, 1)
    assert [(each.number, each.reference) for each in group.samples] == [("DONE", "CZ-2026-000001")]


def test_of_many_orders_the_first_twenty_are_named(seller: Seller) -> None:
    take(seller.market, *(tell_order(number=f"X{place:02}", status="lost") for place in range(30)))

    (group,) = look(seller).left_out

    assert group.count == 30
    assert [each.number for each in group.samples] == [f"X{place:02}" for place in range(20)]


def test_a_rivals_orders_count_nowhere(seller: Seller, rival: Seller) -> None:
    take(seller.market, tell_order(seller="3004"), tell_order(seller="3004", status="lost"))

    seen = look(seller)

    assert (seen.orders, seen.left_out) == (0, ())


@pytest.mark.parametrize("orders", [1, 12])
def test_it_takes_three_queries_however_many_orders(
    orders: int, seller: Seller, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    states: list[dict[str, Any]] = [{"status": state} for state in ("delivered", "lost", "shipped")]
    take(seller.market, *(tell_order(**facts) for facts in states for _ in range(orders)))
    assert seller.market.zone

    with django_assert_num_queries(3) as queries:
        assert isinstance(queries, CaptureQueriesContext)
        look(seller)
