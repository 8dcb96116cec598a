"""Starting a run, and closing the periods of its sellers, some at a time."""

from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction

from marketplace.kernel.audit import record
from marketplace.kernel.jobs import Claimed, enqueue
from marketplace.kernel.zones import local_date
from marketplace.parties.models import BusinessModel, Market, Seller
from settlement.periods.operations import StillRunning, close_periods
from settlement.review.operations.submitting import submit_periods
from settlement.runs.models import Origin, Run

SELLERS_AT_ONCE = 200


@transaction.atomic
def start_run(*, market: Market, through: date, origin: Origin, by: Any, at: datetime) -> Run:
    """Start a run over a market's sellers; a day's scheduled run is started once, whoever asks.

    :raises StillRunning: if ``through`` is not over yet in the market.
    """
    if local_date(at, market.zone) <= through:
        raise StillRunning(through)
    if origin == Origin.SCHEDULE:
        Run.objects.bulk_create(
            [Run(market=market, through=through, origin=origin, started_at=at)], ignore_conflicts=True
        )
        run = Run.objects.get(market=market, through=through, origin=origin)
        if run.started_at != at:
            return run
    else:
        run = Run.objects.create(market=market, through=through, origin=origin, started_by=by, started_at=at)
    record(
        verb="run.started", subject=f"{market.code} {through}", by=by, at=at, details={"origin": str(origin)}
    )
    enqueue("runs.close", key=run.group, group=run.group, run_id=run.pk)
    return run


def start_due_run(*, market: Market, at: datetime) -> Run | None:
    """Start the scheduled run of the day that is over in a market, if it was not started yet."""
    yesterday = local_date(at, market.zone) - timedelta(days=1)
    if Run.objects.filter(market=market, through=yesterday, origin=Origin.SCHEDULE).exists():
        return None
    return start_run(market=market, through=yesterday, origin=Origin.SCHEDULE, by=None, at=at)


def close_sellers(claimed: Claimed, *, run_id: int, at: datetime) -> None:
    """Close the due periods of a run's sellers and hand them in, a batch to a transaction.

    A batch that was done before, by this attempt or one that died, has nothing due any more.
    """
    run = Run.objects.select_related("market").get(pk=run_id)
    sellers = Seller.objects.filter(market=run.market, is_active=True, contract__model=BusinessModel.RESALE)
    keys = list(sellers.order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(keys), SELLERS_AT_ONCE):
        with claimed.effect():
            batch = keys[start : start + SELLERS_AT_ONCE]
            submit_periods(periods=close_periods(seller_ids=batch, through=run.through, at=at), at=at)
        claimed.progress(min(start + SELLERS_AT_ONCE, len(keys)), len(keys))
