"""Whoever sends orders to an ERP and dies on the way: each order is there once, and so is each buyer."""

import os
import signal
from collections.abc import Iterator
from random import Random

import pytest
from pytest_django import Settings

from marketplace.kernel.books import run_checks
from marketplace.parties.models import Market, Seller
from sellers.erp.models import ErpInvoice, ErpState
from tests.erp.colombia import SKUS, click, connect, make_colombia, make_condor, row_of, sell
from tests.erp.emulator import Company, Emulator, run_emulator
from tests.faults.erp.crew import buyers_twice, finish, miscounted, start, work_on_while_killed

POINTS = (
    "jobs.after_claim",
    "jobs.before_commit",
    "jobs.after_commit",
    "jobs.before_done",
    "erp.after_page",
    "erp.before_contact",
    "erp.after_contact",
    "erp.before_speaking",
    "erp.after_speaking",
)

ORDERS = int(os.environ.get("ERP_ORDERS", "60"))
KILLS = int(os.environ.get("ERP_KILLS", "8"))
SECONDS = 240 + ORDERS
"""More of them on demand: ``ERP_ORDERS=2000 ERP_KILLS=100 make test ARGS="tests/faults/test_erp.py"``."""

pytestmark = [pytest.mark.faults, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def alegra() -> Iterator[Emulator]:
    with run_emulator() as emulator:
        yield emulator
        emulator.close_clients()


@pytest.fixture
def colombia(transactional_db: None) -> Market:
    return make_colombia()


@pytest.fixture
def condor(colombia: Market) -> Seller:
    return make_condor(colombia)


@pytest.fixture
def company(alegra: Emulator, condor: Seller, settings: Settings) -> Company:
    settings.ALEGRA_URL = alegra.url
    alegra.limit(100_000)
    company = alegra.company("colombia", skus=SKUS)
    connect(condor, company)
    return company


@pytest.mark.parametrize("point", POINTS)
def test_an_order_whose_worker_was_killed_is_in_the_erp_once(
    point: str, colombia: Market, company: Company
) -> None:
    orders = [sell(colombia, f"90{place}") for place in range(3)]
    click(*orders)

    killed = finish(start(company, kill_at=point))
    done = finish(start(company))

    assert killed[0] == -signal.SIGKILL, killed[1]
    assert done[0] == 0, done[1]
    assert {row_of(each).state for each in orders} == {ErpState.DONE}
    assert miscounted(company, [each.number for each in orders]) == {}
    assert buyers_twice(company) == []
    assert run_checks() == []


def test_without_the_look_up_the_killed_workers_order_is_there_twice(
    colombia: Market, company: Company
) -> None:
    order = sell(colombia, "910")
    click(order)

    finish(start(company, kill_at="erp.after_speaking"))
    finish(start(company, blind=True))

    assert miscounted(company, [order.number]) == {order.number: 2}


def test_orders_survive_kills_lost_answers_and_a_narrow_rate_limit_each_once(
    colombia: Market, company: Company, alegra: Emulator
) -> None:
    orders = [sell(colombia, f"92{place:05}") for place in range(ORDERS)]
    click(*orders)
    alegra.limit(150, window=3)
    for kind in ("lost", "error_after", "truncated", "error_before", "unavailable"):
        alegra.fail(kind, method="POST", times=None, probability=0.06)
    alegra.fail("too_many", times=None, probability=0.02, seconds=1)

    dice = Random(7)  # noqa: S311
    kills = work_on_while_killed(company, workers=2, kills=KILLS, random=dice, pause=1.0, seconds=SECONDS)

    assert kills > KILLS // 3
    assert not ErpInvoice.objects.exclude(state=ErpState.DONE).exists()
    assert miscounted(company, [each.number for each in orders]) == {}
    assert buyers_twice(company) == []
    assert run_checks() == []
