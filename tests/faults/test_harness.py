"""Whatever strikes, nothing is lost, doubled or stuck; and without its guards the harness sees what is."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import psutil
import pytest

from tests.faults.test_run import are_gone, wait_until

ROOT = Path(__file__).resolve().parents[2]
HARNESS = [sys.executable, "-m", "tests.faults.harness"]
KINDS = ("lost", "doubled", "stuck", "broken")
SEEN = {"no-fence": "doubled", "no-sweep": "stuck", "no-uniqueness": "doubled", "no-row": "lost"}

pytestmark = pytest.mark.faults


@pytest.fixture(scope="module")
def season() -> dict[str, Any]:
    """What a short season found: every kind of fault once, then every control."""
    command = [*HARNESS, "--short", "--controls", "--json"]
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, timeout=900, check=False)
    assert done.stdout, "it could not be played; what it said stands above"
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_whatever_strikes_nothing_is_lost_doubled_or_stuck(season: dict[str, Any]) -> None:
    wrong = [each for each in season["rounds"] if any(each[kind] for kind in KINDS)]

    assert wrong == []
    assert len(season["rounds"]) > 5
    assert season["kills"] > 10


def test_somebody_dies_at_every_named_point_of_the_source(season: dict[str, Any]) -> None:
    assert season["unreached"] == [], "lead the workload there: tests/faults/harness/office.py"


@pytest.mark.parametrize("guard", SEEN)
def test_what_a_missing_guard_lets_through_is_seen(guard: str, season: dict[str, Any]) -> None:
    assert season["controls"][guard][SEEN[guard]] != []


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_all_its_processes_end_with_it(number: signal.Signals) -> None:
    harness = subprocess.Popen([*HARNESS, "--rounds", "1"], cwd=ROOT, stderr=subprocess.DEVNULL)
    main = psutil.Process(harness.pid)
    wait_until(lambda: any("beat" in each.cmdline() for each in main.children(recursive=True)))
    family = main.children(recursive=True)

    os.kill(harness.pid, number)
    harness.wait(30)

    wait_until(lambda: are_gone(family), seconds=30)
    assert len(family) > 10, "servers, worker, beat and web"
