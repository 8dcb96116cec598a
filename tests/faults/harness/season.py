"""A season of rounds on one ground: the reference, the faults in turn, and the controls."""

import argparse
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import cycle

from tests.faults.harness.controls import CONTROLS, Control
from tests.faults.harness.faults import FAULTS, SHORT, Fault
from tests.faults.harness.ground import Ground
from tests.faults.harness.judgement import KINDS, told
from tests.faults.harness.points import Arms
from tests.faults.harness.rounds import Arena, Round
from tests.faults.harness.seed import plant
from tests.faults.harness.stage import Stage
from tests.faults.harness.strikes import nothing
from tests.faults.harness.table import Findings
from tests.faults.harness.workers import Fleet

SELLERS = 3
IN_SHORT = 2
TRIES = 5
Tell = Callable[[str], object]


def play_season(ground: Ground, options: argparse.Namespace, *, tell: Tell) -> Findings:
    """Play the reference, then the rounds asked for, then the controls."""
    sessions = plant(IN_SHORT if options.short else SELLERS)
    ground.postgres.keep_as_template()
    arena = Arena(_stage(ground), options.seed, sessions)
    findings = Findings([arena.measure(Fault("undisturbed", nothing))], reference=arena.reference)
    tell(_line(findings.rounds[0]))
    for number, fault in _in_turn(options):
        if number > (len(SHORT) if options.short else options.rounds) and findings.kills >= options.kills:
            break
        findings.rounds.append(arena.play(fault, number))
        tell(_line(findings.rounds[-1]))
    arena.stage.fleet.end()
    for name in sorted(CONTROLS) if options.controls else ():
        findings.controls[name] = _play_control(ground, CONTROLS[name], options.seed, sessions)
        tell(_line(findings.controls[name]))
    return findings


def _in_turn(options: argparse.Namespace) -> Iterator[tuple[int, Fault]]:
    wanted = [each for each in (SHORT if options.short else FAULTS) if _is_wanted(each, options.only)]
    if not wanted:
        raise LookupError(f"no fault is called {options.only}")
    for number, fault in enumerate(cycle(wanted), start=1):
        yield number, _sized(fault, options)


def _is_wanted(fault: Fault, only: list[str] | None) -> bool:
    return not only or any(part in fault.name for part in only)


def _sized(fault: Fault, options: argparse.Namespace) -> Fault:
    if not fault.plan.requests:
        return fault
    requests, at_once = options.requests or fault.plan.requests, options.in_flight or fault.plan.in_flight
    return replace(fault, plan=replace(fault.plan, requests=requests, in_flight=at_once))


def _stage(ground: Ground, *, control: str = "") -> Stage:
    fleet = Fleet(ground.of_processes(control=control), ground.folder)
    return Stage(ground.folder, ground.postgres, ground.valkey, fleet, Arms(ground.folder / "arms"))


def _play_control(ground: Ground, control: Control, seed: int, sessions: dict[str, str]) -> Round:
    """Play rounds without a guard until one shows it; a working harness finds fault soon.

    Whether two processes really meet is the machine's luck, so one quiet round proves nothing yet.
    """
    arena = Arena(_stage(ground, control=control.name), seed, sessions)
    try:
        for number in range(TRIES):
            played = arena.play(control.fault, number, patience=control.patience)
            if getattr(played.judgement, control.finds):
                break
        return played
    finally:
        arena.stage.fleet.end()


def _line(played: Round) -> str:
    found = played.judgement
    counts = ", ".join(f"{kind} {len(getattr(found, kind))}" for kind in KINDS)
    line = f"{played.number:4} {played.fault}: {played.kills} kills, {counts}, {played.seconds:.1f} s"
    return "\n".join([line, *(f"     {kind}: {row}" for kind in KINDS for row in told(found)[kind])])
