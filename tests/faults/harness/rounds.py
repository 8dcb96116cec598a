"""Playing rounds: a fault strikes while the workload runs; then it heals, comes to rest and is judged."""

import time
from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as NotYet
from dataclasses import dataclass, field, replace
from random import Random

from django.db import connections

from tests.faults.harness.endstate import Facts, end_state
from tests.faults.harness.faults import Fault
from tests.faults.harness.judgement import Judgement, judge
from tests.faults.harness.plan import Plan, Promises
from tests.faults.harness.stage import Stage
from tests.faults.harness.workload import Workload

PATIENCE = 60.0


@dataclass
class Round:
    """What a round did, and what was found afterwards."""

    fault: str
    number: int
    judgement: Judgement
    kills: int = 0
    revived: int = 0
    reached: set[str] = field(default_factory=set)
    unreached: set[str] = field(default_factory=set)
    seconds: float = 0.0


@dataclass
class Arena:
    """A stage with the seed of its rounds and the end state each must come to."""

    stage: Stage
    seed: int
    sessions: Mapping[str, str]
    reference: Facts = field(default_factory=dict)

    def play(self, fault: Fault, number: int, *, patience: float = PATIENCE) -> Round:
        """Play one round; the same number strikes in the same way, as far as the machine lets it."""
        began, random = time.monotonic(), Random(f"{self.seed}:{fault.name}:{number}")  # noqa: S311
        stage, kills, revived = self.stage, self.stage.fleet.kills, self.stage.revived
        stage.reset()
        workload = self._workload(fault.plan, random)
        stuck = self._run(fault, workload, random)
        stuck += stage.come_to_rest(patience=patience)
        connections.close_all()
        verdict = judge(workload.promises, reference=self._wanted(fault.plan), mail=stage.folder / "mail")
        verdict.stuck[:0] = stuck
        taken = stage.arms.taken()
        if fault.plan.scheduled:
            stage.fleet.man_beats(1)
        return Round(
            fault=fault.name,
            number=number,
            judgement=verdict,
            kills=stage.fleet.kills - kills + sum(each.deed == "kill" for each in taken),
            revived=stage.revived - revived,
            reached={each.point for each in taken},
            seconds=time.monotonic() - began,
        )

    def measure(self, fault: Fault) -> Round:
        """Play the undisturbed round whose end state is every other round's."""
        played = self.play(fault, 0)
        self.stage.usual = played.seconds
        self.reference = end_state()
        connections.close_all()
        return played

    def _workload(self, plan: Plan, random: Random) -> Workload:
        return Workload(
            plan=plan,
            seed=self.seed,
            random=random,
            folder=self.stage.folder,
            port=self.stage.fleet.port,
            sessions=self.sessions,
            environment=self.stage.fleet.environment,
            taken_in=self.stage.taken_in,
        )

    def _run(self, fault: Fault, workload: Workload, random: Random) -> list[str]:
        """Let the fault strike until the workload is done; what the clients never got an answer to."""
        with ThreadPoolExecutor(1) as beside:
            driver = beside.submit(workload.run)
            strikes = fault.strikes(self.stage, random)
            for pause in strikes:
                self.stage.fleet.tend()
                if fault.to_the_end:
                    time.sleep(pause)
                elif _ended(driver, pause):
                    break
            strikes.close()
            self.stage.heal()
            while not _ended(driver, 0.25):
                self.stage.fleet.tend()
                self.stage.hasten()
        failure = driver.exception()
        return [f"the world was never answered: {failure!r}"[:3000]] if failure else []

    def _wanted(self, plan: Plan) -> Facts | None:
        """The end state of a plan that does the whole workload; others are judged by their promises."""
        usual = replace(Plan(), copies=plan.copies, shuffled=plan.shuffled, scheduled=plan.scheduled)
        return self.reference if plan == usual and self.reference else None


def _ended(driver: Future[Promises], seconds: float) -> bool:
    try:
        driver.exception(timeout=seconds)
    except NotYet:
        return False
    return True
