"""Workers of ERP channels as processes: started, armed, killed, and what the ERP has in the end."""

import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from random import Random

from sellers.erp.rules.marks import orders_marked
from tests.erp.emulator import Company

ROOT = Path(__file__).resolve().parents[3]


def start(
    company: Company, *, kill_at: str = "", seconds: float = 90, blind: bool = False
) -> subprocess.Popen[str]:
    """Start a worker; ``kill_at`` names the point at which it dies."""
    told = {
        "SALDO_KILL_AT": kill_at,
        "JOB_LEASE_SECONDS": "2",
        "ERP_QUIET_SECONDS": "1",
        "ALEGRA_URL": company.emulator.url,
    }
    command = [sys.executable, "-m", "tests.faults.erp.worker", str(seconds), *(["blind"] if blind else [])]
    return subprocess.Popen(
        command, cwd=ROOT, env=os.environ | told, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )


def finish(worker: subprocess.Popen[str]) -> tuple[int, str]:
    """Wait for a worker's end; its code and what it said."""
    said, _none = worker.communicate(timeout=600)
    return worker.returncode, said


def work_on_while_killed(
    company: Company, *, workers: int, kills: int, random: Random, pause: float, seconds: float
) -> int:
    """Keep workers at work while one after the other is killed at random; how many were, until all ended."""
    crew = [start(company, seconds=seconds) for _ in range(workers)]
    killed, stop_at = 0, time.monotonic() + seconds
    while any(each.poll() is None for each in crew) and time.monotonic() < stop_at:
        time.sleep(random.uniform(0, 2 * pause))
        place = random.randrange(len(crew))
        if killed < kills and crew[place].poll() is None:
            crew[place].kill()
            finish(crew[place])
            killed += 1
            crew[place] = start(company, seconds=seconds)
    assert all(finish(each)[0] == 0 for each in crew), "somebody was not done in time"
    return killed


def miscounted(company: Company, numbers: Sequence[str]) -> dict[str, int]:
    """The orders that the ERP does not have just once, with how often it has them."""
    marks = Counter(
        order.number
        for row in company.invoices()
        for order in orders_marked((row["observations"] or "", row["anotation"] or ""))
    )
    return {number: marks[number] for number in numbers if marks[number] != 1}


def buyers_twice(company: Company) -> list[str]:
    """The documents that more than one contact has."""
    found = Counter(str(row.get("identification")) for row in company.store()["contacts"])
    return [document for document, count in found.items() if count > 1]
