"""Many at once on one voucher: it is never overdrawn. The guard is shown to be needed."""

from typing import Any

import pytest
from django.db import connection

from marketplace.kernel.books import run_checks
from marketplace.orders.models import Order, Refund
from marketplace.orders.operations.refunding import reactivate_voucher
from marketplace.parties.models import Market
from marketplace.vouchers.models import Voucher, VoucherQuerySet
from tests.cast import take
from tests.documents.test_races import at_once
from tests.stories.hungary import (
    AFTER_MIDDLE,
    by_voucher,
    come_back,
    give_voucher,
    hungarian,
    make_agent,
    make_hungary,
)

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
THREADS = 16


def a_market() -> Market:
    """Sixteen sellers, so that no seller's lock makes their orders wait for each other."""
    market = make_hungary()
    for place in range(THREADS):
        make_agent(market, f"{4000 + place}")
    return market


def told(place: int) -> dict[str, Any]:
    return hungarian(f"V{place}", "1000.00", by_voucher("CODE", "1000.00"), seller=f"{4000 + place}")


def test_sixteen_orders_at_once_use_a_voucher_as_far_as_it_goes() -> None:
    market = a_market()
    give_voucher(market, "CODE", "5000.00")

    raised = at_once(*(lambda place=place: take(market, told(place)) for place in range(THREADS)))

    assert raised == []
    assert Voucher.objects.get().balance == 0
    assert Order.objects.count() == 5
    assert run_checks() == []


def test_without_its_lock_a_voucher_is_used_more_often_than_it_pays(monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: neither a lock nor the constraint that stands behind it."""
    market = a_market()
    give_voucher(market, "CODE", "5000.00")
    monkeypatch.setattr(VoucherQuerySet, "locked", lambda rows: rows.order_by("pk"))
    with connection.cursor() as cursor:
        for name in ("voucher_is_not_overdrawn", "expired_voucher_is_empty"):
            cursor.execute(f"ALTER TABLE vouchers_voucher DROP CONSTRAINT {name}")
    try:
        for attempt in range(5):
            at_once(*(lambda place=place: take(market, told(place)) for place in range(THREADS)))
            if Order.objects.count() > 5:
                break
            assert attempt < 4, "they never met"
        assert "vouchers: a balance is" in " ".join(broken.check for broken in run_checks())
    finally:
        Voucher.objects.update(balance=0)
        with connection.cursor() as cursor:
            cursor.execute(
                "ALTER TABLE vouchers_voucher ADD CONSTRAINT voucher_is_not_overdrawn "
                "CHECK (balance >= 0 AND balance <= amount)"
            )
            cursor.execute(
                "ALTER TABLE vouchers_voucher ADD CONSTRAINT expired_voucher_is_empty "
                "CHECK (NOT (state = 'expired') OR balance = 0)"
            )


def test_a_refund_reactivated_eight_times_at_once_comes_back_once() -> None:
    market = a_market()
    give_voucher(market, "CODE", "1000.00")
    take(market, told(0))
    come_back(market, "R1", "V0")
    refund = Refund.objects.get()

    raised = at_once(*[lambda: reactivate_voucher(refund_id=refund.pk, by=None, at=AFTER_MIDDLE)] * 8)

    assert len(raised) == 7
    assert Voucher.objects.get().balance == 1000_00
    assert run_checks() == []


def test_one_return_told_eight_times_at_once_is_registered_once() -> None:
    market = a_market()
    give_voucher(market, "CODE", "1000.00")
    take(market, told(0))

    raised = at_once(*[lambda: come_back(market, "R1", "V0")] * 8)

    assert raised == []
    assert Refund.objects.get().amount == 1000_00
    assert run_checks() == []


def test_two_returns_of_the_same_goods_at_once_bring_them_back_once() -> None:
    market = a_market()
    give_voucher(market, "CODE", "1000.00")
    take(market, told(0))

    at_once(*(lambda place=place: come_back(market, f"R{place}", "V0") for place in range(8)))

    assert Refund.objects.count() == 1
    assert run_checks() == []
