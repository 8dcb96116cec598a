"""Periods close by themselves, once, whoever asks and however often."""

from datetime import UTC, datetime
from threading import Barrier, Thread

import pytest
from django.db import connections

from marketplace.kernel.models import Job
from marketplace.parties.models import BusinessModel, Contract, Market, Seller
from settlement.billing.models import FeeInvoice
from settlement.documents.models import Document
from settlement.runs.models import Run
from settlement.runs.operations import start_due_run
from tests.cast import MakeOrder, make_market, make_seller, take, work_off_but_rendering
from tests.orders.telling import tell_order

LAST_MINUTE = datetime(2026, 10, 31, 22, 59, tzinfo=UTC)
MIDNIGHT = datetime(2026, 10, 31, 23, 0, tzinfo=UTC)


def test_a_market_is_settled_when_its_own_day_is_over(
    market: Market, seller: Seller, make_order: MakeOrder
) -> None:
    make_order()

    start_due_run(market=market, at=LAST_MINUTE)
    work_off_but_rendering()
    assert [run.through.isoformat() for run in Run.objects.all()] == ["2026-10-30"]
    assert not Document.objects.exists()

    start_due_run(market=market, at=MIDNIGHT)
    work_off_but_rendering()
    assert Document.objects.get().orders == 1


def test_a_days_run_is_started_once(market: Market, seller: Seller) -> None:
    for minute in (0, 10, 20):
        start_due_run(market=market, at=MIDNIGHT.replace(minute=minute))

    assert Run.objects.count() == 1
    assert Job.objects.filter(name="runs.close").count() == 1


def test_markets_close_by_their_own_clocks(market: Market) -> None:
    lima = make_market("PE", zone="America/Lima", entity_tax_id="20512333797", entity_iban="")

    for each in (market, lima):
        start_due_run(market=each, at=MIDNIGHT)

    assert dict(Run.objects.values_list("market__code", "through")) == {
        "CZ": datetime(2026, 10, 31).date(),
        "PE": datetime(2026, 10, 30).date(),
    }


def test_agency_sellers_are_settled_as_well(market: Market, seller: Seller, make_order: MakeOrder) -> None:
    Contract.objects.update(model=BusinessModel.AGENCY)
    make_order()

    start_due_run(market=market, at=MIDNIGHT)
    work_off_but_rendering()

    assert FeeInvoice.objects.get().document.model == BusinessModel.AGENCY


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_beats_and_two_workers_at_once_settle_once() -> None:
    market = make_market()
    for number in ("3003", "3004", "3005"):
        make_seller(market, number, number)
        take(market, tell_order(seller=number), tell_order(seller=number))
    barrier = Barrier(4)

    def beat() -> None:
        barrier.wait()
        start_due_run(market=market, at=MIDNIGHT)
        connections.close_all()

    def work() -> None:
        barrier.wait()
        for _ in range(5):
            work_off_but_rendering()
        connections.close_all()

    threads = [Thread(target=act) for act in (beat, beat, work, work)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    work_off_but_rendering()

    assert Run.objects.count() == 1
    assert sorted(Document.objects.values_list("serial", "orders")) == [(1, 2), (2, 2), (3, 2)]
