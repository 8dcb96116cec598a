"""A settlement killed at a point loses nothing and doubles nothing; the harness kills at every point."""

import json
import os
import signal
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from marketplace.kernel import jobs
from marketplace.kernel.books import run_checks
from marketplace.kernel.models import Job, JobState, OutgoingMail, StoredFile
from marketplace.orders.models import Billable
from settlement.claims.models import Claim
from settlement.documents.models import Document
from settlement.periods.models import Period
from tests.cast import make_market, make_seller, take
from tests.orders.telling import tell_order

ROOT = Path(__file__).resolve().parents[2]
POINTS = ("jobs.after_commit", "files.after_write")

pytestmark = [pytest.mark.faults, pytest.mark.django_db(transaction=True)]


def settle(*, kill_at: str = "") -> subprocess.CompletedProcess[str]:
    """Run ``manage.py settle`` in a process of its own, armed to die at a point."""
    command = [sys.executable, "manage.py", "settle", "--market", "CZ", "--through", "2026-10-31", "--json"]
    environment = os.environ | {"SALDO_KILL_AT": kill_at, "JOB_LEASE_SECONDS": "5"}
    return subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120, check=False
    )


def let_leases_end() -> None:
    """What the sweeper does once the dead worker's lease is over."""
    jobs.sweep(at=timezone.now() + timedelta(minutes=10))
    Job.objects.filter(state=JobState.READY).update(ready_at=timezone.now())


@pytest.mark.parametrize("point", POINTS)
def test_a_settlement_killed_at_a_named_point_goes_on_where_it_was(point: str) -> None:
    market = make_market()
    for number in ("3003", "3004"):
        make_seller(market, number, f"Seller {number}")
        take(market, tell_order(seller=number), tell_order(seller=number))

    killed = settle(kill_at=point)
    assert killed.returncode == -signal.SIGKILL
    finished = settle()
    let_leases_end()
    jobs.work_off()

    assert finished.returncode == 0, finished.stderr
    answers = json.loads(finished.stdout)
    assert [each["orders"] for each in answers] == [2, 2]
    assert sorted(Document.objects.values_list("serial", flat=True)) == [1, 2]
    assert (Claim.objects.count(), Billable.objects.count(), Period.objects.count()) == (4, 0, 2)
    assert all(document.pdf_id and document.xlsx_id for document in Document.objects.all())
    assert not Job.objects.exclude(state=JobState.DONE).exists()
    assert OutgoingMail.objects.filter(key__startswith="document:").count() == 2
    assert StoredFile.objects.count() == 4
    assert run_checks() == []
