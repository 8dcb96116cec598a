"""Background work for sellers' systems."""

from celery import shared_task
from django.utils import timezone

from marketplace.kernel.jobs import Claimed, Errand, enqueue_all, job
from sellers.api.operations.marking import collect_moves
from sellers.api.operations.purging import purge_deliveries
from sellers.api.operations.pushing import push
from sellers.api.queries import webhooks_with_work


@shared_task(name="api.watch", ignore_result=True)
def watch() -> None:
    """Hand the moves of orders on to webhooks, and wake those that have something to send."""
    collect_moves(clock=timezone.now)
    errands = [
        Errand(f"webhook:{pk}", {"webhook_id": pk}, seller)
        for pk, seller in webhooks_with_work(at=timezone.now())
    ]
    enqueue_all("api.push", errands)


@shared_task(name="api.purge", ignore_result=True)
def purge() -> None:
    """Delete the messages of long ago."""
    purge_deliveries(at=timezone.now())


@job("api.push")
def push_messages(claimed: Claimed, *, webhook_id: int) -> None:
    """Send what is due to a webhook."""
    push(claimed, webhook_id=webhook_id, clock=timezone.now)
