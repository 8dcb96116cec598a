"""A broker that is away stops nothing, and nobody waits for it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from marketplace.kernel import jobs
from marketplace.kernel.models import Job, JobState

ROOT = Path(__file__).resolve().parents[2]
ENQUEUE = """
import django, time; django.setup()
from marketplace.kernel import jobs
begin = time.monotonic()
for place in range(3): jobs.enqueue("audit.seal", key=str(place))
print(time.monotonic() - begin)
"""


@pytest.mark.faults
@pytest.mark.django_db(transaction=True)
def test_work_is_written_down_at_once_though_no_broker_answers() -> None:
    environment = os.environ | {"REDIS_URL": "redis://127.0.0.1:1/0", "SALDO_LOCAL": "1"}
    environment["DJANGO_SETTINGS_MODULE"] = "marketplace.config.settings"

    done = subprocess.run(
        [sys.executable, "-c", ENQUEUE], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    )

    assert Job.objects.filter(state=JobState.READY).count() == 3
    assert float(done.stdout.split()[-1]) < 10, "three times the four seconds the client library would wait"
    assert jobs.work_off() == 3
