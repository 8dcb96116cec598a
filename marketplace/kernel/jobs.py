"""The job table's verbs: declare, enqueue, claim, run, cancel, sweep.

A worker claims a job in one short transaction, which raises ``attempt``. Every transaction with an
effect first locks the job row and compares that number, so a worker that slept past its lease, and
whose job somebody else took over, can do nothing.
"""

import logging
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from celery import current_app
from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from marketplace.kernel.faults import fault_point
from marketplace.kernel.models import Job, JobState

log = logging.getLogger(__name__)
_group: ContextVar[str] = ContextVar("job_group", default="")


class Cancelled(Exception):
    """Somebody asked for this job to stop."""


class Fenced(Exception):
    """The job was taken over by another worker, or ended, while this one slept."""


class UnknownJob(Exception):
    """No handler is declared under this name."""


@dataclass(frozen=True)
class Handler:
    """A declared kind of job and its terms."""

    run: Callable[..., None]
    attempts: int
    lease: timedelta


@dataclass(frozen=True, slots=True)
class Errand:
    """One job among many of a name: what tells it from the others."""

    key: str
    args: Mapping[str, Any]
    seller_id: int | None = None


MOST_WOKEN = 8
"""How many workers are woken for many jobs at once; each goes on until none is left."""

AHEAD = -timedelta(hours=1)
"""A delay for what a person waits for: it comes before all that became ready within the last hour."""

ENDED_BADLY = (JobState.DEAD, JobState.CANCELLED)
REGISTRY: dict[str, Handler] = {}


def job(
    name: str, *, attempts: int = 5, lease_seconds: int = 60
) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Declare the handler of a kind of job; it is called with a :class:`Claimed` and the job's arguments."""

    def declare(run: Callable[..., None]) -> Callable[..., None]:
        assert name not in REGISTRY, f"{name} is declared twice"
        REGISTRY[name] = Handler(run, attempts, timedelta(seconds=lease_seconds))
        return run

    return declare


@dataclass
class Claimed:
    """A job as the worker that claimed it sees it."""

    row: Job
    lease: timedelta
    _told: datetime = field(default_factory=timezone.now)

    @contextmanager
    def effect(self) -> Iterator[None]:
        """One transaction with an effect, entered only while the claim still stands.

        :raises Fenced: if another worker has taken the job over.
        """
        with transaction.atomic():
            held = Job.objects.select_for_update(no_key=True, of=("self",)).filter(
                pk=self.row.pk, attempt=self.row.attempt, state=JobState.RUNNING
            )
            if not held.exists():
                raise Fenced(self.row)
            yield
            fault_point("jobs.before_commit")
        fault_point("jobs.after_commit")

    def progress(self, done: int, total: int) -> None:
        """Tell how far the work is, renew the lease, and look whether to stop. Call between transactions.

        :raises Cancelled: if the job is to stop.
        :raises Fenced: if another worker has taken the job over.
        """
        now = timezone.now()
        self._told = now
        held = Job.objects.filter(pk=self.row.pk, attempt=self.row.attempt, state=JobState.RUNNING)
        if not held.update(progress_done=done, progress_total=total, leased_until=now + self.lease):
            raise Fenced(self.row)
        if held.filter(cancel_requested_at__isnull=False).exists():
            raise Cancelled(self.row)

    def heartbeat(self) -> None:
        """Renew the lease when it is a third gone; cheap enough to call in a waiting loop.

        :raises Cancelled: if the job is to stop.
        :raises Fenced: if another worker has taken the job over.
        """
        if timezone.now() - self._told >= min(self.lease / 3, timedelta(seconds=2)):
            row = Job.objects.values("progress_done", "progress_total").get(pk=self.row.pk)
            self.progress(row["progress_done"], row["progress_total"])


def enqueue(
    name: str,
    *,
    key: str,
    seller_id: int | None = None,
    by: Any = None,
    delay: timedelta = timedelta(0),
    group: str | None = None,
    **args: Any,
) -> Job:
    """Write a job, or find the unfinished one of the same name and key; a worker is woken on commit.

    A job made by a job belongs to its group, unless another is named.

    :raises UnknownJob: if no handler has this name.
    """
    (fresh,) = _fresh(name, [Errand(key, args, seller_id)], by, delay, group)
    transaction.on_commit(wake, robust=True)
    while True:
        # The partial unique index decides between two that write the same job at once.
        Job.objects.bulk_create([fresh], ignore_conflicts=True)
        standing = Job.objects.unfinished().filter(name=name, key=key).first()
        if standing is not None:
            return standing
        fresh.pk = None  # the one that stood in the way ended in between


def enqueue_all(
    name: str,
    errands: Sequence[Errand],
    *,
    by: Any = None,
    delay: timedelta = timedelta(0),
    group: str | None = None,
) -> None:
    """Write many jobs of one name at once, each as :func:`enqueue` would.

    :raises UnknownJob: if no handler has this name.
    """
    for _ in errands[:MOST_WOKEN]:
        transaction.on_commit(wake, robust=True)
    left = list(errands)
    while left:
        Job.objects.bulk_create(_fresh(name, left, by, delay, group), ignore_conflicts=True)
        found = Job.objects.unfinished().filter(name=name, key__in=[each.key for each in left])
        standing = set(found.values_list("key", flat=True))
        left = [each for each in left if each.key not in standing]


def _fresh(name: str, errands: Sequence[Errand], by: Any, delay: timedelta, group: str | None) -> list[Job]:
    if name not in REGISTRY:
        raise UnknownJob(name)
    now = timezone.now()
    return [
        Job(
            name=name,
            key=each.key,
            args=dict(each.args),
            seller_id=each.seller_id,
            created_by=by,
            created_at=now,
            ready_at=now + delay,
            group=_group.get() if group is None else group,
            max_attempts=REGISTRY[name].attempts,
        )
        for each in errands
    ]


def wake() -> None:
    """Wake a worker. A lost wake only costs time, so a broker that is away stops nothing."""
    try:
        current_app.tasks["kernel.drain"].apply_async(retry=False)  # by name: its module imports this one
    except Exception:
        log.warning("no worker could be woken; the next beat will", exc_info=True)


def claim(*, group: str | None = None) -> Claimed | None:
    """Take the next ready job, raising its fence; None if there is none."""
    now = timezone.now()
    with transaction.atomic():
        row = Job.objects.claimable(at=now, group=group).first()
        if row is None:
            return None
        lease = _lease(row.name)
        row.state, row.attempt, row.leased_until = JobState.RUNNING, row.attempt + 1, now + lease
        row.save(update_fields=["state", "attempt", "leased_until"])
    fault_point("jobs.after_claim")
    return Claimed(row, lease)


def run(claimed: Claimed) -> None:
    """Run a claimed job to its end: done, cancelled, ready again later, or dead."""
    row = claimed.row
    token = _group.set(row.group)
    try:
        handler = REGISTRY.get(row.name)
        if handler is None:
            raise UnknownJob(row.name)
        handler.run(claimed, **row.args)
    except Fenced:
        log.warning("%s was taken over", row)
    except Cancelled:
        _end(row, JobState.CANCELLED)
    except Exception as error:
        log.exception("%s failed", row)
        _fail(row, error)
    else:
        fault_point("jobs.before_done")
        _end(row, JobState.DONE)
    finally:
        _group.reset(token)


def work_off(*, group: str | None = None, seconds: float | None = None) -> int:
    """Claim and run ready jobs until none is left or the time is up; how many were run."""
    count, stop_at = 0, None if seconds is None else time.monotonic() + seconds
    while (stop_at is None or time.monotonic() < stop_at) and (claimed := claim(group=group)) is not None:
        run(claimed)
        count += 1
    return count


def claimable() -> bool:
    """Whether a job is ready to be claimed now."""
    return Job.objects.filter(state=JobState.READY, ready_at__lte=timezone.now()).exists()


def request_cancel(*, job_id: int, at: datetime) -> JobState:
    """Ask a job to stop: at once if it has not begun, else at its next look; the state it is then in."""
    with transaction.atomic():
        row = Job.objects.select_for_update(no_key=True, of=("self",)).get(pk=job_id)
        if row.state == JobState.READY:
            row.state, row.finished_at = JobState.CANCELLED, at
        elif row.state == JobState.RUNNING:
            row.cancel_requested_at = row.cancel_requested_at or at
        row.save(update_fields=["state", "finished_at", "cancel_requested_at"])
    return JobState(row.state)


def retry(*, job_id: int, at: datetime) -> bool:
    """Make a dead job ready again, with as many attempts as it had; False if it did not end
    badly or has a successor.
    """
    with transaction.atomic():
        row = Job.objects.select_for_update(no_key=True, of=("self",)).get(pk=job_id)
        if (
            row.state not in ENDED_BADLY
            or Job.objects.unfinished().filter(name=row.name, key=row.key).exists()
        ):
            return False
        row.state, row.ready_at, row.finished_at = JobState.READY, at, None
        row.max_attempts, row.cancel_requested_at = row.attempt + _attempts(row.name), None
        row.save(update_fields=["state", "ready_at", "finished_at", "max_attempts", "cancel_requested_at"])
        transaction.on_commit(wake, robust=True)
    return True


def sweep(*, at: datetime) -> int:
    """Free the jobs whose worker died: ready again, or dead when they have used their attempts up.

    A row that is locked is passed over: its worker is stopped in the middle of a transaction, and whoever
    waited for it would be stopped with it.
    """
    with transaction.atomic():
        lapsed = Job.objects.lapsed(at=at).filter(
            pk__in=list(Job.objects.lapsed(at=at).passing_over_locked().values_list("pk", flat=True))
        )
        dead = lapsed.filter(attempt__gte=F("max_attempts")).update(
            state=JobState.DEAD, finished_at=at, error="its worker stopped answering, every time"
        )
        freed = lapsed.update(state=JobState.READY, ready_at=at, leased_until=None)
    if dead:
        log.error("%s jobs are dead: their worker stopped answering, every time", dead)
    return freed


def _fail(row: Job, error: Exception) -> None:
    now = timezone.now()
    told = f"{type(error).__name__}: {error}"[:2000]
    if row.attempt >= row.max_attempts:
        log.error("%s is dead after %s attempts", row, row.attempt)
        _end(row, JobState.DEAD, error=told)
        return
    backoff = timedelta(seconds=min(600, 2**row.attempt))
    _mine(row).update(state=JobState.READY, ready_at=now + backoff, leased_until=None, error=told)


def _end(row: Job, state: JobState, error: str = "") -> None:
    _mine(row).update(state=state, finished_at=timezone.now(), leased_until=None, error=error)


def _mine(row: Job) -> Any:
    return Job.objects.filter(pk=row.pk, attempt=row.attempt, state=JobState.RUNNING)


def _lease(name: str) -> timedelta:
    if settings.JOB_LEASE_SECONDS:
        return timedelta(seconds=settings.JOB_LEASE_SECONDS)
    return REGISTRY[name].lease if name in REGISTRY else timedelta(seconds=60)


def _attempts(name: str) -> int:
    return REGISTRY[name].attempts if name in REGISTRY else 5
