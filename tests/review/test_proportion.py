"""A runaway submission is looked at by a person, however automatic the seller is."""

import pytest

from marketplace.parties.models import Market
from settlement.documents.models import Document
from settlement.review.models import State, Submission
from settlement.review.rules import is_out_of_proportion
from tests.cast import MakeOrder, settle
from tests.orders.telling import goods, tender


@pytest.mark.parametrize(
    ("orders", "total", "months", "out"),
    [
        (10, 1000, 6, False),
        (1000, 1000, 6, False),
        (1001, 1000, 6, True),
        (10, 100_001, 6, True),
        (5000, 10**9, 5, False),
    ],
)
def test_out_of_proportion_is_a_hundred_times_the_usual(
    orders: int, total: int, months: int, out: bool
) -> None:
    assert is_out_of_proportion(orders=orders, total=total, earlier=[(10, 1000)] * months) is out


def test_a_runaway_waits_for_a_person(market: Market, make_order: MakeOrder) -> None:
    make_order()
    settle(market)
    document = Submission.objects.get()
    for _ in range(6):
        document.pk = None
        document.save()
    make_order(lines=[goods("999999.00")], tenders=[tender("card", "999999.00")])
    Submission.objects.filter(state=State.DOCUMENTED).update(customer_total=1_00)
    from settlement.periods.models import Period
    from settlement.review.operations.submitting import submit_periods
    from tests.cast import AFTER_OCTOBER

    (submission,) = submit_periods(periods=Period.objects.all(), at=AFTER_OCTOBER)

    assert (submission.state, bool(submission.note)) == (State.UNDER_REVIEW, True)
    assert Document.objects.count() == 1
