"""A row is the job: it is done once, whatever happens to its workers."""

from collections.abc import Iterator
from datetime import timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
from django.db import connection, connections
from django.utils import timezone

from marketplace.kernel import jobs
from marketplace.kernel.models import Job, JobState


@pytest.fixture
def ran() -> Iterator[list[Any]]:
    """A job of the test's own, and the list of what it was run with."""
    seen: list[Any] = []

    @jobs.job("test.note", attempts=2)
    def note(claimed: jobs.Claimed, *, what: str = "") -> None:
        if what == "fail":
            raise RuntimeError("it does not work")
        with claimed.effect():
            seen.append(what)

    yield seen
    del jobs.REGISTRY["test.note"]


def test_a_job_runs_once_with_its_arguments(db: None, ran: list[Any]) -> None:
    row = jobs.enqueue("test.note", key="1", what="hello")

    assert jobs.work_off() == 1

    row.refresh_from_db()
    assert (ran, row.state) == (["hello"], JobState.DONE)
    assert jobs.work_off() == 0


def test_the_same_key_is_one_job_until_it_is_finished(db: None, ran: list[Any]) -> None:
    first = jobs.enqueue("test.note", key="1", what="a")
    assert jobs.enqueue("test.note", key="1", what="b").pk == first.pk

    jobs.work_off()

    assert jobs.enqueue("test.note", key="1", what="c").pk != first.pk


def test_many_jobs_are_written_at_once_and_those_that_wait_already_are_found(
    db: None, ran: list[Any], django_assert_max_num_queries: Any
) -> None:
    waiting = jobs.enqueue("test.note", key="7", what="first")

    with django_assert_max_num_queries(2):
        jobs.enqueue_all("test.note", [jobs.Errand(str(place), {"what": str(place)}) for place in range(50)])

    assert Job.objects.get(key="7").pk == waiting.pk
    assert jobs.work_off() == 50
    assert sorted(ran) == sorted(["first", *(str(place) for place in range(50) if place != 7)])


def test_many_jobs_of_a_job_belong_to_its_group(db: None) -> None:
    @jobs.job("test.many")
    def many(claimed: jobs.Claimed, *, more: int = 0) -> None:
        jobs.enqueue_all("test.many", [jobs.Errand(f"child:{place}", {}) for place in range(more)])

    try:
        jobs.enqueue("test.many", key="parent", group="run:1", more=2)
        jobs.work_off(group="run:1")
    finally:
        del jobs.REGISTRY["test.many"]

    assert dict(Job.objects.values_list("key", "group")) == dict.fromkeys(
        ["parent", "child:0", "child:1"], "run:1"
    )


def test_of_no_jobs_none_is_written(db: None, ran: list[Any]) -> None:
    jobs.enqueue_all("test.note", [])

    assert not Job.objects.exists()


def test_a_job_nobody_declared_is_refused(db: None) -> None:
    with pytest.raises(jobs.UnknownJob):
        jobs.enqueue("test.misspelt", key="1")
    with pytest.raises(jobs.UnknownJob):
        jobs.enqueue_all("test.misspelt", [jobs.Errand("1", {})])
    assert not Job.objects.exists()


def test_a_failing_job_is_tried_again_later_and_then_is_dead_with_its_error(db: None, ran: list[Any]) -> None:
    row = jobs.enqueue("test.note", key="1", what="fail")

    jobs.work_off()
    row.refresh_from_db()
    assert (row.state, row.attempt) == (JobState.READY, 1)
    assert row.ready_at > timezone.now()

    Job.objects.update(ready_at=timezone.now())
    jobs.work_off()
    row.refresh_from_db()
    assert (row.state, row.error) == (JobState.DEAD, "RuntimeError: it does not work")


def test_a_dead_job_can_be_tried_again_but_not_twice(db: None, ran: list[Any]) -> None:
    row = jobs.enqueue("test.note", key="1", what="fail")
    Job.objects.filter(pk=row.pk).update(state=JobState.DEAD, attempt=2, args={"what": "better"})

    assert jobs.retry(job_id=row.pk, at=timezone.now())
    assert not jobs.retry(job_id=row.pk, at=timezone.now())

    jobs.work_off()
    assert ran == ["better"]


def test_a_worker_that_slept_past_its_lease_can_do_nothing(db: None, ran: list[Any]) -> None:
    jobs.enqueue("test.note", key="1", what="x")
    sleeper = jobs.claim()
    assert sleeper is not None
    Job.objects.update(leased_until=timezone.now() - timedelta(seconds=1))

    assert jobs.sweep(at=timezone.now()) == 1
    jobs.work_off()
    jobs.run(sleeper)

    assert ran == ["x"]
    assert Job.objects.get().state == JobState.DONE


def test_without_the_fence_the_sleeper_would_do_it_again(db: None, ran: list[Any]) -> None:
    """The control: the same as above, by a handler that does not ask whether its claim still stands."""
    jobs.enqueue("test.note", key="1", what="x")
    sleeper = jobs.claim()
    assert sleeper is not None
    Job.objects.update(leased_until=timezone.now() - timedelta(seconds=1))
    jobs.sweep(at=timezone.now())
    jobs.work_off()

    sleeper.row.attempt = Job.objects.get().attempt
    Job.objects.update(state=JobState.RUNNING, leased_until=timezone.now())
    jobs.run(sleeper)

    assert ran == ["x", "x"]


def test_a_job_whose_worker_dies_each_time_ends_as_dead(db: None, ran: list[Any]) -> None:
    jobs.enqueue("test.note", key="1", what="x")
    for _ in range(2):
        assert jobs.claim() is not None
        Job.objects.update(leased_until=timezone.now() - timedelta(seconds=1))
        jobs.sweep(at=timezone.now())

    row = Job.objects.get()
    assert (row.state, ran) == (JobState.DEAD, [])


def test_a_waiting_job_is_cancelled_at_once_and_never_runs(db: None, ran: list[Any]) -> None:
    row = jobs.enqueue("test.note", key="1")

    assert jobs.request_cancel(job_id=row.pk, at=timezone.now()) == JobState.CANCELLED

    assert jobs.work_off() == 0
    assert ran == []


def test_a_running_job_stops_at_its_next_look(db: None) -> None:
    @jobs.job("test.long")
    def long(claimed: jobs.Claimed) -> None:
        jobs.request_cancel(job_id=claimed.row.pk, at=timezone.now())
        claimed.progress(1, 10)
        raise AssertionError("it went on")

    try:
        jobs.enqueue("test.long", key="1")
        jobs.work_off()
    finally:
        del jobs.REGISTRY["test.long"]

    row = Job.objects.get()
    assert (row.state, row.progress_done, row.progress_total) == (JobState.CANCELLED, 1, 10)


def test_jobs_made_by_a_job_belong_to_its_group(db: None, ran: list[Any]) -> None:
    @jobs.job("test.parent")
    def parent(claimed: jobs.Claimed) -> None:
        jobs.enqueue("test.note", key="child", what="x")

    try:
        jobs.enqueue("test.note", key="stranger", what="y")
        jobs.enqueue("test.parent", key="1", group="run:1")
        jobs.work_off(group="run:1")
    finally:
        del jobs.REGISTRY["test.parent"]

    assert ran == ["x"]


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_four_workers_share_forty_jobs_without_doing_one_twice(ran: list[Any]) -> None:
    for place in range(40):
        jobs.enqueue("test.note", key=str(place), what=str(place))
    barrier = Barrier(4)

    def work() -> None:
        barrier.wait()
        jobs.work_off()
        connections.close_all()

    workers = [Thread(target=work) for _ in range(4)]
    for each in workers:
        each.start()
    for each in workers:
        each.join()

    assert sorted(ran) == sorted(str(place) for place in range(40))
    assert Job.objects.filter(state=JobState.DONE, attempt=1).count() == 40


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_eight_that_enqueue_the_same_key_at_once_make_one_job(ran: list[Any]) -> None:
    barrier = Barrier(8)

    def enqueue() -> None:
        barrier.wait()
        jobs.enqueue("test.note", key="same")
        connections.close_all()

    threads = [Thread(target=enqueue) for _ in range(8)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()

    assert Job.objects.count() == 1


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_without_its_index_the_same_key_would_make_more_jobs(ran: list[Any]) -> None:
    """The control of the test above."""
    with connection.cursor() as cursor:
        cursor.execute("DROP INDEX one_unfinished_job_per_key")
    now = timezone.now()
    for _ in range(2):
        row = Job(name="test.note", key="same", created_at=now, ready_at=now)
        Job.objects.bulk_create([row], ignore_conflicts=True)

    assert Job.objects.count() == 2
