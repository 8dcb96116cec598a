"""Freeing the jobs of dead workers does not wait for those that are stopped."""

from collections.abc import Iterator
from datetime import timedelta
from threading import Event, Thread

import pytest
from django.db import connections, transaction
from django.utils import timezone

from marketplace.kernel import jobs
from marketplace.kernel.models import Job, JobState

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def stopped() -> Iterator[Job]:
    """A job whose worker holds its row in a transaction, and goes no further."""
    row = claimed("held")
    holding, go_on = Event(), Event()

    def hold() -> None:
        with transaction.atomic():
            Job.objects.select_for_update(no_key=True).get(pk=row.pk)
            holding.set()
            go_on.wait(30)
        connections.close_all()

    worker = Thread(target=hold)
    worker.start()
    assert holding.wait(10)
    yield row
    go_on.set()
    worker.join(30)


def claimed(key: str) -> Job:
    jobs.enqueue("audit.seal", key=key)
    found = jobs.claim()
    assert found
    return found.row


def test_the_jobs_of_the_dead_are_freed_while_another_worker_is_stopped_in_its_transaction(
    stopped: Job,
) -> None:
    dead = claimed("left")
    with transaction.atomic(), connections["default"].cursor() as cursor:
        cursor.execute("SET LOCAL lock_timeout = '2s'")

        assert jobs.sweep(at=timezone.now() + timedelta(hours=1)) == 1

    assert Job.objects.get(pk=dead.pk).state == JobState.READY
    assert Job.objects.get(pk=stopped.pk).state == JobState.RUNNING
