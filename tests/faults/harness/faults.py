"""The kinds of rounds: what strikes, and what is done meanwhile."""

from dataclasses import dataclass, field

from tests.faults.harness import strikes
from tests.faults.harness.plan import Plan
from tests.faults.harness.strikes import Kind, together


@dataclass(frozen=True)
class Fault:
    """A kind of round: what strikes, and how the workload differs meanwhile."""

    name: str
    strikes: Kind
    plan: Plan = field(default_factory=Plan)
    to_the_end: bool = False
    """It goes on when the clients are done already."""


STORM = Plan(requests=300, settles=False)
FAULTS = [
    Fault("worker's child killed", strikes.kill_children),
    Fault("killed 50 times in 600 jobs", strikes.kill_often, Plan(ticks=600, orders=0), to_the_end=True),
    Fault("worker and beat killed", strikes.kill_worker),
    Fault("commands killed", strikes.kill_commands),
    Fault("killed at named points", strikes.kill_at_points, Plan(copies=2)),
    Fault("worker stopped past its lease", strikes.stop_past_lease, to_the_end=True),
    Fault("web killed while asked", strikes.kill_web),
    Fault("broker flushed and killed", strikes.forget_broker),
    Fault("PostgreSQL stopped hard", strikes.kill_postgres),
    Fault("disk full", strikes.fill_disk),
    Fault("all told 2 to 5 times", strikes.publish_twins, Plan(copies=3)),
    Fault("events and jobs out of order", strikes.mix_jobs, Plan(shuffled=True)),
    Fault("two beats", strikes.two_beats, Plan(scheduled=True), to_the_end=True),
    Fault("storm, 40 % twins", strikes.kill_web_in_storm, STORM),
    Fault("several at once", strikes.anything, Plan(copies=2)),
]
SHORT = [
    Fault(
        "killed at named points, all told twice",
        together(strikes.kill_at_points, strikes.publish_twins),
        Plan(copies=2),
    ),
    Fault("worker stopped past its lease", strikes.stop_past_lease, to_the_end=True),
    Fault(
        "processes killed, all out of order",
        together(strikes.kill_children, strikes.kill_worker, strikes.kill_commands, strikes.mix_jobs),
        Plan(shuffled=True),
    ),
    Fault("servers killed", together(strikes.forget_broker, strikes.kill_postgres)),
    Fault(
        "disk full, two beats",
        together(strikes.fill_disk, strikes.two_beats),
        Plan(scheduled=True),
        to_the_end=True,
    ),
    Fault("storm, 40 % twins", strikes.kill_web_in_storm, STORM),
]
"""Every kind once, in few rounds."""
