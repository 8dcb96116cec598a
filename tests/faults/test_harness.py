"""Whatever strikes, nothing is lost, doubled or stuck; and without its guards the harness sees what is."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from tests.faults.test_run import are_gone, wait_until

ROOT = Path(__file__).resolve().parents[2]
HARNESS = [sys.executable, "-m", "tests.faults.harness"]
KINDS = ("lost", "doubled", "stuck", "broken")
WORK = """
import sys, time
from pathlib import Path
from tests.faults.harness.guard import guarded
from tests.faults.harness.launch import launch

def work(folder):
    sleeper = "from tests.faults.harness.launch import launch; from pathlib import Path; import time; "
    sleeper += "launch(['sleep', '600'], log=Path('/dev/null')); time.sleep(600)"
    launch([sys.executable, "-c", sleeper], log=Path("/dev/null"))
    time.sleep(600)

guarded(work)
"""
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


def test_the_undisturbed_round_comes_to_its_end(season: dict[str, Any]) -> None:
    kinds = {name.partition(" of ")[0] for name, amount in season["reference"].items() if amount}

    assert {"invoice documents", "sellers' invoices", "set-offs", "payouts", "collections"} <= kinds


def test_whatever_strikes_nothing_is_lost_doubled_or_stuck(season: dict[str, Any]) -> None:
    wrong = [each for each in season["rounds"] if any(each[kind] for kind in KINDS)]

    assert wrong == []
    assert len(season["rounds"]) > 5
    assert season["kills"] > 5


def test_somebody_dies_at_every_named_point_of_the_source(season: dict[str, Any]) -> None:
    assert season["unreached"] == [], "lead the workload there: tests/faults/harness/office.py"


@pytest.mark.parametrize("guard", SEEN)
def test_what_a_missing_guard_lets_through_is_seen(guard: str, season: dict[str, Any]) -> None:
    assert season["controls"][guard][SEEN[guard]] != []


@pytest.fixture
def working(tmp_path: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A guard whose work has started a process, which started another in a session of its own."""
    (tmp_path / "work.py").write_text(WORK)
    environment = os.environ | {"PYTHONPATH": str(ROOT), "TMPDIR": str(tmp_path)}
    with subprocess.Popen([sys.executable, str(tmp_path / "work.py")], cwd=ROOT, env=environment) as guard:
        yield guard
        guard.kill()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_all_its_processes_end_with_it(working: subprocess.Popen[bytes], number: signal.Signals) -> None:
    main = psutil.Process(working.pid)
    wait_until(lambda: len(main.children(recursive=True)) == 3)
    family = main.children(recursive=True)

    working.send_signal(number)
    working.wait(30)

    wait_until(lambda: are_gone(family), seconds=30)
