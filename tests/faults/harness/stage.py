"""Where rounds are played: the servers, the processes, and how a round begins and comes to rest."""

import os
import shutil
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from random import Random
from threading import Event

from django.db import DatabaseError, connections
from django.utils import timezone
from redis import RedisError

from marketplace.kernel import jobs
from marketplace.kernel.models import Job, JobState
from tests.faults.harness.points import Arms
from tests.faults.harness.servers import Postgres, Valkey
from tests.faults.harness.workers import Fleet, wake


@dataclass
class Stage:
    """Everything a fault can strike."""

    folder: Path
    postgres: Postgres
    valkey: Valkey
    fleet: Fleet
    arms: Arms
    stopped: set[int] = field(default_factory=set)
    revived: int = 0
    usual: float = 6.0
    """Seconds an undisturbed workload takes here."""
    taken_in: Event = field(default_factory=Event)
    """Set once all orders of the round are in."""

    def reset(self) -> None:
        """Begin anew: the seeded world, an empty broker, no files."""
        self.heal()
        self.arms.clear()
        self.taken_in.clear()
        connections.close_all()
        self.postgres.make_world()
        self.valkey.flush()
        for name in ("files", "mail", "busy"):
            shutil.rmtree(self.folder / name, ignore_errors=True)
            (self.folder / name).mkdir()
        self.fleet.tend()

    def heal(self) -> None:
        """Let no fault last: servers are up, nobody is stopped, nobody will be killed."""
        self.arms.disarm()
        for pid in [*self.stopped, *(each.pid for each in self.arms.taken() if each.deed == "stop")]:
            wake(pid)
        self.stopped.clear()
        if not self.postgres.is_up():
            self.postgres.start()
        if not self.valkey.is_up():
            self.valkey.start()
        self.fleet.tend()

    def stop(self, pid: int) -> None:
        """Stop a process; :meth:`heal` lets it go on."""
        self.stopped.add(pid)
        try:
            os.kill(pid, signal.SIGSTOP)
        except ProcessLookupError:
            return

    def come_to_rest(self, *, patience: float) -> list[str]:
        """Wait until no job, message or busy worker is left, helping time along; what is left at the end."""
        deadline = time.monotonic() + patience
        while True:
            self.fleet.tend()
            left = _survey(self._left)
            if not left or time.monotonic() > deadline:
                break
            time.sleep(0.15)
        return left

    def is_done(self) -> bool:
        """Whether no job is left."""
        return not _survey(lambda: list(Job.objects.unfinished().values_list("name", flat=True)))

    def mix_jobs(self, random: Random) -> None:
        """Let some of the waiting jobs wait longer, so that later ones come before them."""
        _survey(lambda: _delay(random))

    def hasten(self) -> None:
        """Help time along: what waits to be tried again is tried now, and what was given up on, again.

        The runbook tells an accountant to do the latter once the cause is cured.
        """
        _survey(self._hasten)

    def _left(self) -> list[str]:
        self._hasten()
        unfinished = [
            f"{row} is {row.state}, attempt {row.attempt}"
            for row in Job.objects.filter(state__in=(JobState.READY, JobState.RUNNING, JobState.DEAD))
            if row.name != "audit.seal"
        ]
        return unfinished or self._silent()

    def _silent(self) -> list[str]:
        """With the beats silent for a moment: messages that wait, and workers that are at it."""
        self.fleet.pause(beats=True)
        try:
            deadline = time.monotonic() + 1
            while (left := self._stirring()) and time.monotonic() < deadline:
                time.sleep(0.02)
            return left
        finally:
            self.fleet.pause(beats=False)

    def _stirring(self) -> list[str]:
        waiting = self.valkey.waiting()
        busy = [path.name for path in (self.folder / "busy").iterdir() if _lives(int(path.name))]
        return [f"{waiting} messages wait"] * bool(waiting) + [f"worker {pid} is busy" for pid in busy]

    def _hasten(self) -> list[str]:
        now = timezone.now()
        Job.objects.filter(state=JobState.READY, ready_at__gt=now).update(ready_at=now)
        for row in Job.objects.filter(state=JobState.DEAD):
            self.revived += jobs.retry(job_id=row.pk, at=now)
        return []


def _delay(random: Random) -> list[str]:
    for row in Job.objects.filter(state=JobState.READY):
        if random.random() < 0.6:
            later = timezone.now() + timedelta(seconds=random.uniform(0.5, 5.0))
            Job.objects.filter(pk=row.pk, state=JobState.READY).update(ready_at=later)
    return []


def _survey(look: Callable[[], list[str]]) -> list[str]:
    try:
        return look()
    except (DatabaseError, RedisError, OSError) as failure:
        connections.close_all()
        return [repr(failure)]


def _lives(pid: int) -> bool:
    return Path(f"/proc/{pid}").exists()
