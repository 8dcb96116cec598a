"""Background work of runs: the schedule's look at each market, and closing sellers."""

import logging
from collections.abc import Callable

from celery import shared_task
from django.utils import timezone

from marketplace.kernel.jobs import Claimed, job
from marketplace.orders.operations.moves import cancel_unpaid
from marketplace.parties.models import Market
from settlement.runs.operations import close_sellers, start_due_run

log = logging.getLogger(__name__)


@shared_task(name="runs.start_due", ignore_result=True)
def start_due() -> None:
    """Start the run of every market whose day is over."""
    _in_each_market(lambda market: start_due_run(market=market, at=timezone.now()))


@shared_task(name="orders.cancel_unpaid", ignore_result=True)
def cancel_unpaid_orders() -> None:
    """Cancel the orders whose payment did not come in time."""
    _in_each_market(lambda market: cancel_unpaid(market=market, at=timezone.now()))


def _in_each_market(act: Callable[[Market], object]) -> None:
    """Do something in every market; one that fails is told of and stops no other."""
    for market in Market.objects.order_by("code"):
        try:
            act(market)
        except Exception:
            log.exception("%s failed", market)


@job("runs.close", lease_seconds=300)
def close(claimed: Claimed, *, run_id: int) -> None:
    """Close the due periods of a run's sellers."""
    close_sellers(claimed, run_id=run_id, at=timezone.now())
