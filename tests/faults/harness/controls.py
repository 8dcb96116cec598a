"""Rounds without a guard, each with the fault that the guard holds off: the harness must see it."""

from dataclasses import dataclass
from random import Random

from tests.faults.harness import removals
from tests.faults.harness.faults import Fault
from tests.faults.harness.ground import LEASE
from tests.faults.harness.plan import Plan
from tests.faults.harness.stage import Stage
from tests.faults.harness.strikes import Strikes, until
from tests.faults.harness.tasks import BETWEEN


@dataclass(frozen=True)
class Control:
    """A guard's removal, the round that is played without it, and what must be found then."""

    name: str
    finds: str
    fault: Fault
    patience: float = 30.0


def stop_between(stage: Stage, random: Random) -> Strikes:
    """Stop a worker between its look and its effect, until another has done the work."""
    stage.arms.arm("stop", BETWEEN)
    yield from until(lambda: not stage.arms.waiting())
    yield LEASE + 1.0
    yield from until(stage.is_done)


def kill_after_claim(stage: Stage, random: Random) -> Strikes:
    """Kill a worker that has just claimed a job."""
    stage.arms.arm("kill", "jobs.after_claim")
    yield from until(lambda: not stage.arms.waiting())


def flush(stage: Stage, random: Random) -> Strikes:
    """Flush the broker while messages wait in it."""
    for _ in range(20):
        stage.valkey.flush()
        yield 0.05


def loosen(stage: Stage, random: Random) -> Strikes:
    """Drop what keeps orders and entries single from the database."""
    removals.drop_uniqueness()
    yield 0.0


WITHOUT_ORDERS = Plan(orders=0)
ORDERS_ALONE = Plan(ticks=0, orders=240, copies=3, settles=False)
CONTROLS = {
    each.name: each
    for each in (
        Control(
            "no-fence",
            "doubled",
            Fault("without the fence", stop_between, WITHOUT_ORDERS, to_the_end=True),
        ),
        Control(
            "no-sweep",
            "stuck",
            Fault("without the sweep", kill_after_claim, WITHOUT_ORDERS, to_the_end=True),
            patience=LEASE + 8.0,
        ),
        Control(
            "no-uniqueness",
            "doubled",
            Fault("without unique numbers and locks", loosen, ORDERS_ALONE),
        ),
        Control(
            "no-row",
            "lost",
            Fault("with the message as the job", flush, Plan(orders=0, by_message=True)),
        ),
    )
}
