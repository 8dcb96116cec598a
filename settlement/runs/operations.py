"""Starting a run, and closing the periods of its sellers, some at a time."""

import logging
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from marketplace.kernel.audit import record
from marketplace.kernel.jobs import Cancelled, Claimed, Fenced, enqueue
from marketplace.kernel.zones import local_date
from marketplace.orders.models import Billable, Custody, Refund, RefundState, Return
from marketplace.parties.models import Market, Seller
from settlement.documents.operations.crediting import sellers_to_credit
from settlement.periods.operations import StillRunning, close_periods
from settlement.review.models import State as SubmissionState
from settlement.review.models import Submission
from settlement.review.operations.submitting import submit_periods
from settlement.runs.models import Origin, Run

SELLERS_AT_ONCE = 200
log = logging.getLogger(__name__)


class SellersLeft(Exception):
    """Some sellers could not be closed; the run is tried again for them."""


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
    keys = _sellers_of(run)
    failed: list[int] = []
    for start in range(0, len(keys), SELLERS_AT_ONCE):
        failed += _close_batch(claimed, run, keys[start : start + SELLERS_AT_ONCE], at)
        claimed.progress(min(start + SELLERS_AT_ONCE, len(keys)), len(keys))
    if failed:
        raise SellersLeft(f"sellers {failed} could not be closed; the others are")


def _sellers_of(run: Run) -> list[int]:
    """Who sells, and also whoever left with something of before to be invoiced or credited."""
    left_over = Billable.objects.filter(seller=OuterRef("pk"))
    came_back = Return.objects.filter(order__seller=OuterRef("pk"), settled_in="")
    refunded = Refund.objects.filter(
        order__seller=OuterRef("pk"), settled_in="", payer=Custody.SELLER, state=RefundState.PAID
    )
    left = Exists(left_over) | Exists(came_back) | Exists(refunded)
    sellers = Seller.objects.filter(Q(is_active=True, contract__isnull=False) | left, market=run.market)
    return list(sellers.order_by("pk").values_list("pk", flat=True))


def _close_batch(claimed: Claimed, run: Run, batch: list[int], at: datetime) -> list[int]:
    """Close sellers together, or, where that fails, one by one; those that failed alone, too."""
    try:
        with claimed.effect():
            submit_periods(periods=close_periods(seller_ids=batch, through=run.through, at=at), at=at)
            _wake_credits(run, batch)
    except (Fenced, Cancelled):
        raise
    except Exception:
        log.exception("closing %s sellers of %s failed", len(batch), run)
        if len(batch) == 1:
            return batch
        return [failed for key in batch for failed in _close_batch(claimed, run, [key], at)]
    return []


def _wake_credits(run: Run, batch: list[int]) -> None:
    """Have credit documents issued to sellers of whose billed orders something came back; those whose
    orders are approved are credited with their documents.
    """
    approved = Submission.objects.filter(seller__in=batch, state=SubmissionState.APPROVED)
    with_documents = set(approved.values_list("seller", flat=True))
    keys = sellers_to_credit(seller_ids=[key for key in batch if key not in with_documents])
    if keys:
        enqueue("documents.credit", key=f"{run.group}:{keys[0]}", seller_ids=keys)
