"""The netting rule by itself: both sides equal, oldest first, nothing beyond what is owed."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from settlement.netting.calendars import holidays_of
from settlement.netting.rules import net, pairs, working_day_after

DEBTS = st.lists(
    st.integers(0, 10**9).flatmap(lambda total: st.tuples(st.just(total), st.integers(0, total))), max_size=20
)


def test_the_smaller_side_goes_in_whole_and_the_larger_keeps_its_youngest() -> None:
    netted = net([(3878_05, 0)], [(2000_00, 0), (577_30, 0)])

    assert netted.amount == 2577_30
    assert [share.remaining for share in netted.payables] == [1300_75]
    assert [share.remaining for share in netted.receivables] == [0, 0]


def test_the_oldest_debt_is_set_off_first() -> None:
    netted = net([(100, 0)], [(60, 0), (60, 0), (60, 0)])

    assert [share.netted for share in netted.receivables] == [60, 40, 0]


def test_a_disputed_part_stays_open_whatever_is_owed() -> None:
    netted = net([(100, 30)], [(100, 100), (50, 0)])

    assert [share.netted for share in netted.payables] == [50]
    assert [share.netted for share in netted.receivables] == [0, 50]


def test_a_disputed_part_larger_than_its_debt_is_refused() -> None:
    with pytest.raises(ValueError, match="disputed"):
        net([(1, 2)], [])


@given(DEBTS, DEBTS)
def test_both_sides_are_set_off_by_the_same_up_to_the_smaller(
    payables: list[tuple[int, int]], receivables: list[tuple[int, int]]
) -> None:
    netted = net(payables, receivables)

    free = [sum(total - disputed for total, disputed in side) for side in (payables, receivables)]
    assert netted.amount == min(free) == sum(share.netted for share in netted.receivables)
    for share in (*netted.payables, *netted.receivables):
        assert 0 <= share.netted <= share.total - share.disputed
        assert share.netted + share.remaining == share.total
    for side in (netted.payables, netted.receivables):
        open_before = False
        for share in side:
            assert not (open_before and share.netted)
            open_before = open_before or share.netted < share.total - share.disputed


@given(DEBTS, DEBTS)
def test_every_part_of_an_invoice_names_the_cash_that_paid_it(
    payables: list[tuple[int, int]], receivables: list[tuple[int, int]]
) -> None:
    netted = net(payables, receivables)
    mine, theirs = ([share.netted for share in side] for side in (netted.payables, netted.receivables))

    found = list(pairs(mine, theirs))

    assert all(pair.amount > 0 for pair in found)
    for place, amount in enumerate(mine):
        assert sum(pair.amount for pair in found if pair.payable == place) == amount
    for place, amount in enumerate(theirs):
        assert sum(pair.amount for pair in found if pair.receivable == place) == amount
    assert len(found) <= max(len(mine) + len(theirs) - 1, 0)


def test_working_days_pass_over_weekends_and_holidays() -> None:
    # 17 November is a holiday in Czechia, and 2026-11-14 a Saturday.
    assert working_day_after(date(2026, 11, 13), 2, holidays_of("CZ")) == date(2026, 11, 18)
    assert working_day_after(date(2026, 11, 13), 2, holidays_of("XX")) == date(2026, 11, 17)
