"""What strikes: again and again while the workload runs, each saying how long to wait in between."""

import resource
import signal
from collections.abc import Callable, Generator
from itertools import pairwise
from random import Random

from tests.faults.harness.ground import LEASE
from tests.faults.harness.points import find_points
from tests.faults.harness.stage import Stage
from tests.faults.harness.tasks import BETWEEN
from tests.faults.harness.workers import Process

Strikes = Generator[float]
Kind = Callable[[Stage, Random], Strikes]


def nothing(stage: Stage, random: Random) -> Strikes:
    """An undisturbed run."""
    yield from ()


def kill_children(stage: Stage, random: Random) -> Strikes:
    """Kill -9 those of the worker's pool at random moments."""
    for pause in _spread(stage, random, 12):
        yield pause
        stage.fleet.kill_one_of(stage.fleet.worker, random)


def kill_often(stage: Stage, random: Random) -> Strikes:
    """Kill -9 those of the worker's pool again and again, while jobs remain."""
    for _ in range(50):
        yield random.uniform(0.05, 0.35)
        stage.fleet.kill_one_of(stage.fleet.worker, random)


def kill_worker(stage: Stage, random: Random) -> Strikes:
    """Kill -9 the worker itself, half the time without its pool, which goes on as orphans; and the beat."""
    for pause in _spread(stage, random, 3):
        yield pause
        stage.fleet.kill(stage.fleet.worker, whole=random.random() < 0.5)
        stage.fleet.kill(random.choice(stage.fleet.beats))


def kill_commands(stage: Stage, random: Random) -> Strikes:
    """Kill -9 imports, settlements and what people do, at random moments."""
    for pause in _spread(stage, random, 5):
        yield pause
        stage.fleet.kill_command(random)


def kill_at_points(stage: Stage, random: Random) -> Strikes:
    """Kill -9 whoever reaches a named point of the source first: each point, some of them twice."""
    points = find_points()
    for point in random.sample(points, len(points)) + random.sample(points, 2):
        stage.arms.arm("kill", point)
        yield random.uniform(0.0, stage.usual / 8)
    yield from until(lambda: not stage.arms.waiting())


def stop_past_lease(stage: Stage, random: Random) -> Strikes:
    """Stop whoever reaches two points, and one more; let them go on when others have their jobs."""
    for point in (BETWEEN, random.choice(find_points())):
        stage.arms.arm("stop", point)
    yield random.uniform(0.0, stage.usual / 2)
    for child in stage.fleet.worker.children()[:1]:
        stage.stop(child.pid)
    yield from until(lambda: not stage.arms.waiting())
    yield LEASE + 3.0


def mix_jobs(stage: Stage, random: Random) -> Strikes:
    """Let waiting jobs wait longer at random, as they do whose worker died or whose try failed."""
    for pause in _spread(stage, random, 60):
        stage.mix_jobs(random)
        yield pause


def kill_web(stage: Stage, random: Random) -> Strikes:
    """Kill -9 the web server, or the process of it that answers, while it is asked."""
    yield from until(stage.taken_in.is_set)
    for place in range(8):
        yield random.uniform(0.05, 0.5)
        if place % 4 == 3:
            stage.fleet.kill(stage.fleet.web)
        else:
            stage.fleet.kill_one_of(stage.fleet.web, random)


def forget_broker(stage: Stage, random: Random) -> Strikes:
    """Flush the broker, kill -9 it and start it with nothing."""
    for place, pause in enumerate(_spread(stage, random, 5)):
        yield pause
        stage.valkey.flush()
        if place % 2:
            stage.valkey.kill()
            yield random.uniform(0.2, 1.0)
            stage.valkey.start()


def kill_postgres(stage: Stage, random: Random) -> Strikes:
    """Stop the database as a power cut would, twice, and start it again."""
    for number, pause in zip((signal.SIGQUIT, signal.SIGKILL), _spread(stage, random, 2), strict=True):
        yield pause
        stage.postgres.kill(number)
        yield random.uniform(0.1, 1.0)
        stage.postgres.start()


def fill_disk(stage: Stage, random: Random) -> Strikes:
    """Let the kernel refuse every file over a few bytes for a while, to workers and web."""
    yield from until(stage.taken_in.is_set)
    yield random.uniform(0.0, 1.0)
    try:
        for _ in range(6):
            _limit_files(stage.fleet.worker, random.choice((0, 100, 3000)))
            _limit_files(stage.fleet.web, 100)
            yield 0.5
    finally:
        _limit_files(stage.fleet.worker, resource.RLIM_INFINITY)
        _limit_files(stage.fleet.web, resource.RLIM_INFINITY)


def publish_twins(stage: Stage, random: Random) -> Strikes:
    """Deliver every message up to five times more than beat does."""
    from marketplace.kernel import tasks
    from settlement.documents.tasks import wake_left

    for pause in _spread(stage, random, 15):
        for task in (tasks.drain, tasks.sweep, tasks.seal_audit, wake_left):
            for _ in range(random.randint(1, 4)):
                task.apply_async(retry=False)
        yield pause


def two_beats(stage: Stage, random: Random) -> Strikes:
    """Two beats that both settle what is due."""
    yield from until(stage.taken_in.is_set)
    stage.fleet.man_beats(2, scheduled=True)
    yield 0.5


def kill_web_in_storm(stage: Stage, random: Random) -> Strikes:
    """Kill -9 the web server's worker now and then, under a storm of requests."""
    for _ in range(3):
        yield random.uniform(1.0, 3.0)
        stage.fleet.kill_one_of(stage.fleet.web, random)


def anything(stage: Stage, random: Random) -> Strikes:
    """Several faults at once, each in its own time."""
    yield from together(*random.sample(TOGETHER, 3))(stage, random)


def together(*kinds: Kind) -> Kind:
    """Faults that strike by turns, each in its own time."""

    def strikes(stage: Stage, random: Random) -> Strikes:
        under_way = [kind(stage, random) for kind in kinds]
        while under_way:
            for one in list(under_way):
                try:
                    yield next(one)
                except StopIteration:
                    under_way.remove(one)

    return strikes


TOGETHER: list[Kind] = [
    kill_children,
    kill_worker,
    kill_commands,
    kill_at_points,
    stop_past_lease,
    kill_web,
    forget_broker,
    kill_postgres,
    fill_disk,
    publish_twins,
    mix_jobs,
]


def until(fact: Callable[[], bool], *, seconds: float = 30) -> Strikes:
    """Wait for something to happen, but not for ever."""
    for _ in range(int(seconds / 0.1)):
        if fact():
            return
        yield 0.1


def _spread(stage: Stage, random: Random, count: int) -> list[float]:
    """Pauses between so many moments at random of the time a round takes."""
    moments = [0.0, *sorted(random.uniform(0.0, stage.usual) for _ in range(count))]
    return [after - before for before, after in pairwise(moments)]


def _limit_files(process: Process, size: int) -> None:
    """Set the largest file a process and its children may write; they get the kernel's own error."""
    for each in process.family():
        try:
            resource.prlimit(each.pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))
        except ProcessLookupError:
            continue
