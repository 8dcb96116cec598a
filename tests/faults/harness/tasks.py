"""A job whose one effect nothing but the fence keeps single: it looks, works a while, and writes."""

import time

from celery import shared_task
from django.utils import timezone

from marketplace.kernel import faults
from marketplace.kernel.audit import record
from marketplace.kernel.jobs import Claimed, enqueue, job
from marketplace.kernel.models import AuditRecord

VERB = "faults.ticked"
BETWEEN = "ticks.between"
"""The point between its look and its effect."""


@job("faults.tick", attempts=1000)
def tick(claimed: Claimed, *, mark: str) -> None:
    """Leave one mark, however often it is run."""
    if AuditRecord.objects.filter(verb=VERB, subject=mark).exists():
        return
    time.sleep(0.03)
    faults.fault_point(BETWEEN)
    with claimed.effect():
        leave_mark(mark)


@shared_task(name="faults.tick_by_message", ignore_result=True)
def tick_by_message(name: str) -> None:
    """The same as a message alone, as one would do it without a row: what the control loses."""
    time.sleep(0.03)
    leave_mark(name)


def ask_for(name: str) -> None:
    """Enqueue a tick; once this returns, it is promised."""
    enqueue("faults.tick", key=name, mark=name)


def leave_mark(name: str) -> None:
    record(verb=VERB, subject=name, by=None, at=timezone.now())
