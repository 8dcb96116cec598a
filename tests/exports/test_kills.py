"""A worker killed while it writes an export leaves nothing half-done, and the next one does it."""

import os
import signal
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from marketplace.kernel import files, jobs
from marketplace.kernel.models import Job, JobState, StoredFile
from settlement.exports.models import Export
from settlement.exports.operations import request_export
from tests.cast import AFTER_OCTOBER, make_market, make_seller, take
from tests.exports.conftest import OCTOBER, sheets_of
from tests.orders.telling import tell_order

ROOT = Path(__file__).resolve().parents[2]
WORKER = "import django; django.setup(); from marketplace.kernel import jobs; jobs.work_off()"

pytestmark = [pytest.mark.faults, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize(
    "point",
    ["jobs.after_claim", "files.after_write", "jobs.before_commit", "jobs.after_commit", "jobs.before_done"],
)
def test_an_export_killed_at_a_named_point_is_written_once(point: str) -> None:
    seller = make_seller(make_market(), "3003", "Horizont s.r.o.")
    take(seller.market, *(tell_order(number=f"N{place}") for place in range(5)))
    request_export(seller_id=seller.pk, span=OCTOBER, by=None, at=AFTER_OCTOBER)

    environment = os.environ | {"SALDO_KILL_AT": point}
    killed = subprocess.run(
        [sys.executable, "-c", WORKER], cwd=ROOT, env=environment, timeout=60, check=False
    )
    half_way = Export.objects.get()
    jobs.sweep(at=timezone.now() + timedelta(minutes=10))
    Job.objects.filter(state=JobState.READY).update(ready_at=timezone.now())
    jobs.work_off()

    assert killed.returncode == -signal.SIGKILL
    assert (half_way.file_id is None) == (half_way.rows == 0), "all at once or not at all"
    export = Export.objects.select_related("file", "market").get()
    orders, _, _ = sheets_of(export)
    assert [row[0] for row in orders] == [f"N{place}" for place in range(5)]
    assert StoredFile.objects.count() == 1
    assert files.sha256_on_disk(StoredFile.objects.get()) == StoredFile.objects.get().sha256
    assert not Job.objects.exclude(state=JobState.DONE).exists()
