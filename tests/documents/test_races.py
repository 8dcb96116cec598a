"""Two at once: no order on two documents, no gap or twin in the numbers."""

from collections.abc import Callable
from threading import Barrier, Thread
from typing import Any

import pytest
from django.db import connection, connections, transaction
from django.db.models import Value
from django.utils import timezone

from marketplace.kernel.books import run_checks
from marketplace.kernel.states import IllegalMove
from marketplace.orders.models import Order
from marketplace.parties.models import Market
from settlement.claims.models import Claim
from settlement.claims.operations import claim_orders
from settlement.documents.models import Document
from settlement.periods.models import Period
from settlement.review.models import State, Submission
from settlement.review.operations.deciding import approve_submission
from tests.cast import (
    AFTER_OCTOBER,
    make_accountant,
    make_market,
    make_seller,
    settle,
    take,
    work_off_but_rendering,
)
from tests.orders.telling import tell_order

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


def at_once(*acts: Callable[[], Any]) -> list[BaseException]:
    """Do all acts at the same moment, each in a thread; what was raised."""
    barrier = Barrier(len(acts))
    raised: list[BaseException] = []

    def run(act: Callable[[], Any]) -> None:
        barrier.wait()
        try:
            act()
        except Exception as error:
            raised.append(error)
        finally:
            connections.close_all()

    threads = [Thread(target=run, args=[act]) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return raised


def a_market_with_orders(sellers: int = 6, orders: int = 3, **terms: Any) -> Market:
    market = make_market()
    for place in range(sellers):
        number = str(3000 + place)
        make_seller(market, number, f"Seller {number}", **terms)
        take(market, *(tell_order(seller=number) for _ in range(orders)))
    return market


def assert_all_settled_once(market: Market, sellers: int, orders: int) -> None:
    assert sorted(Document.objects.values_list("serial", flat=True)) == list(range(1, sellers + 1))
    assert Claim.objects.count() == sellers * orders
    assert Period.objects.count() == sellers
    assert run_checks() == []


def test_four_runs_of_the_same_market_at_once_settle_each_order_once() -> None:
    market = a_market_with_orders()

    raised = at_once(*[lambda: settle(market)] * 4)
    work_off_but_rendering()

    assert raised == []
    assert_all_settled_once(market, 6, 3)


def test_two_accountants_who_approve_at_once_issue_one_document() -> None:
    market = a_market_with_orders(sellers=1, approves_clean=False)
    settle(market)
    submission = Submission.objects.get()
    carla, dan = make_accountant("carla@x.example"), make_accountant("dan@x.example")

    raised = at_once(
        *(
            lambda by=by: approve_submission(submission_id=submission.pk, by=by, at=timezone.now())
            for by in (carla, dan)
        )
    )
    work_off_but_rendering()

    assert [type(each) for each in raised] == [IllegalMove]
    submission.refresh_from_db()
    assert submission.state == State.DOCUMENTED
    assert_all_settled_once(market, 1, 3)


def test_deliveries_recorded_while_the_period_closes_are_on_this_document_or_wait_for_the_next() -> None:
    market = a_market_with_orders(sellers=1, orders=1)
    told = [tell_order(seller="3000", number=f"D{place}") for place in range(20)]

    raised = at_once(lambda: settle(market), *(lambda each=each: take(market, each) for each in told))

    assert raised == []
    assert Order.objects.filter(claim__isnull=True, billable__isnull=True).count() == 0
    assert run_checks() == []


def claim_slowly(order: Order, reference: str) -> None:
    with transaction.atomic():
        claim_orders(
            orders=Order.objects.filter(pk=order.pk), order="pk", reference=Value(reference), at=AFTER_OCTOBER
        )


def test_an_order_cannot_be_claimed_twice() -> None:
    a_market_with_orders(sellers=1, orders=1)
    order = Order.objects.get()

    raised = at_once(*(lambda place=place: claim_slowly(order, f"CZ-2026-{place}") for place in range(8)))

    assert len(raised) == 7
    assert Claim.objects.count() == 1


def test_without_the_constraint_it_would_be() -> None:
    """The control of the test above."""
    a_market_with_orders(sellers=1, orders=1)
    order = Order.objects.get()
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE claims_claim DROP CONSTRAINT claims_claim_pkey")

    raised = at_once(*(lambda place=place: claim_slowly(order, f"CZ-2026-{place}") for place in range(8)))

    assert raised == []
    assert Claim.objects.filter(order=order).count() == 8
