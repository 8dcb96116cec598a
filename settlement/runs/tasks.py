"""Background work of runs: the schedule's look at each market, and closing sellers."""

from celery import shared_task
from django.utils import timezone

from marketplace.kernel.jobs import Claimed, job
from marketplace.orders.operations.moves import cancel_unpaid
from marketplace.parties.models import Market
from settlement.runs.operations import close_sellers, start_due_run


@shared_task(name="runs.start_due", ignore_result=True)
def start_due() -> None:
    """Start the run of every market whose day is over."""
    for market in Market.objects.order_by("code"):
        start_due_run(market=market, at=timezone.now())


@shared_task(name="orders.cancel_unpaid", ignore_result=True)
def cancel_unpaid_orders() -> None:
    """Cancel the orders whose payment did not come in time."""
    for market in Market.objects.order_by("code"):
        cancel_unpaid(market=market, at=timezone.now())


@job("runs.close", lease_seconds=300)
def close(claimed: Claimed, *, run_id: int) -> None:
    """Close the due periods of a run's sellers."""
    close_sellers(claimed, run_id=run_id, at=timezone.now())
