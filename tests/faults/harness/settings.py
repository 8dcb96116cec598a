"""The settings of the processes under fault: the real ones, with a hurried beat and points that obey us."""

import os

from marketplace.config.schedule import SCHEDULE
from marketplace.config.settings import *  # noqa: F403
from marketplace.config.settings import INSTALLED_APPS as REAL_APPS
from tests.faults.harness import points

points.install()

INSTALLED_APPS = [*REAL_APPS, "tests.faults.harness.apps.Faults"]
HURRY = {"kernel.drain": 1.0, "kernel.sweep": 1.0, "kernel.seal_audit": 3.0, "runs.start_due": 2.0}
CELERY_BEAT_SCHEDULE = {
    name: each | {"schedule": HURRY.get(each["task"], each["schedule"])}
    for name, each in SCHEDULE.items()
    if each["task"] != "runs.start_due" or os.environ.get("SALDO_FAULTS_SCHEDULED")
}
"""Periods are settled by the schedule in those rounds only whose beats are told so."""
