"""Where periods begin and end, in every cadence."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import DatabaseError, transaction
from hypothesis import given
from hypothesis import strategies as st

from marketplace.kernel.books import run_checks
from marketplace.parties.models import Contract, Market, Seller
from settlement.periods.models import Period
from settlement.periods.operations import StillRunning, close_periods
from settlement.periods.queries import offered_periods
from settlement.periods.rules import NEXT_START, Span, end_after, last_ended, span_of
from tests.cast import AFTER_OCTOBER, MakeOrder

DAYS = st.dates(date(2020, 1, 1), date(2035, 12, 31))
CADENCES = st.sampled_from(sorted(NEXT_START))


@pytest.mark.parametrize(
    ("cadence", "first", "last"),
    [
        ("month", date(2026, 10, 1), date(2026, 10, 31)),
        ("half_month", date(2026, 10, 16), date(2026, 10, 31)),
        ("ten_days", date(2026, 10, 21), date(2026, 10, 31)),
        ("fortnight", date(2026, 10, 19), date(2026, 11, 1)),
        ("week", date(2026, 10, 26), date(2026, 11, 1)),
    ],
)
def test_the_period_that_the_last_of_october_lies_in(cadence: str, first: date, last: date) -> None:
    span = span_of(cadence, date(2026, 10, 31))

    assert (span.first_on, span.last_on) == (first, last)


@given(CADENCES, DAYS)
def test_every_day_lies_in_exactly_one_period_and_they_follow_one_another(cadence: str, day: date) -> None:
    span = span_of(cadence, day)

    assert span.first_on <= day < span.end_on
    assert span_of(cadence, span.end_on).first_on == span.end_on == end_after(cadence, span.first_on)


@given(CADENCES, DAYS)
def test_the_last_ended_period_is_over_and_the_next_is_not(cadence: str, through: date) -> None:
    span = last_ended(cadence, through)

    assert span.last_on <= through < end_after(cadence, span.end_on)


def test_a_first_close_takes_the_last_period_and_later_ones_leave_no_hole(seller: Seller) -> None:
    close_periods(seller_ids=[seller.pk], through=date(2026, 8, 31), at=AFTER_OCTOBER)

    close_periods(seller_ids=[seller.pk], through=date(2026, 10, 31), at=AFTER_OCTOBER)

    spans = [row.span for row in Period.objects.order_by("first_on")]
    assert spans == [
        Span(date(2026, 8, 1), date(2026, 9, 1)),
        Span(date(2026, 9, 1), date(2026, 10, 1)),
        Span(date(2026, 10, 1), date(2026, 11, 1)),
    ]
    assert close_periods(seller_ids=[seller.pk], through=date(2026, 10, 31), at=AFTER_OCTOBER) == []
    assert run_checks() == []


def test_a_running_period_cannot_be_closed(seller: Seller) -> None:
    with pytest.raises(StillRunning):
        close_periods(
            seller_ids=[seller.pk], through=date(2026, 10, 31), at=datetime(2026, 10, 31, 22, 59, tzinfo=UTC)
        )

    assert not Period.objects.exists()
    # One minute later it is November in Prague.
    at = datetime(2026, 10, 31, 23, 0, tzinfo=UTC)
    assert len(close_periods(seller_ids=[seller.pk], through=date(2026, 10, 31), at=at)) == 1


def test_another_cadence_begins_where_the_old_one_ended(seller: Seller) -> None:
    close_periods(seller_ids=[seller.pk], through=date(2026, 9, 30), at=AFTER_OCTOBER)
    Contract.objects.update(cadence="week")

    close_periods(seller_ids=[seller.pk], through=date(2026, 10, 11), at=AFTER_OCTOBER)

    spans = [(row.first_on, row.span.last_on) for row in Period.objects.order_by("first_on")]
    assert spans[1:] == [(date(2026, 10, 1), date(2026, 10, 4)), (date(2026, 10, 5), date(2026, 10, 11))]


def test_a_busy_seller_settles_every_fortnight(seller: Seller, market: Market, make_order: MakeOrder) -> None:
    Market.objects.filter(pk=market.pk).update(busy_orders=2)
    close_periods(seller_ids=[seller.pk], through=date(2026, 9, 30), at=AFTER_OCTOBER)
    for _ in range(2):
        make_order(placed="2026-09-01T10:00:00+02:00", delivered="2026-09-03T10:00:00+02:00")

    (closed,) = close_periods(seller_ids=[seller.pk], through=date(2026, 10, 10), at=AFTER_OCTOBER)

    assert (closed.cadence, closed.span.last_on) == ("fortnight", date(2026, 10, 4))


def test_a_seller_is_offered_the_running_period_and_those_not_sent(seller: Seller) -> None:
    offered = offered_periods(seller=seller, at=AFTER_OCTOBER)

    assert [(each.span.first_on, each.is_over, each.closed) for each in offered] == [
        (date(2026, 11, 1), False, None),
        (date(2026, 10, 1), True, None),
    ]


@pytest.mark.django_db(transaction=True)
def test_the_database_itself_refuses_periods_that_overlap(seller: Seller) -> None:
    (period,) = close_periods(seller_ids=[seller.pk], through=date(2026, 10, 31), at=AFTER_OCTOBER)
    period.pk = None
    period.first_on, period.end_on = date(2026, 10, 15), date(2026, 11, 15)
    period.ends_at = period.ends_at + timedelta(days=14)

    with pytest.raises(DatabaseError), transaction.atomic():
        period.save(force_insert=True)
    with pytest.raises(DatabaseError), transaction.atomic():
        Period.objects.update(end_on=date(2026, 12, 1))

    assert Period.objects.count() == 1
