"""What the processes under fault load besides."""

import os
from importlib import import_module
from pathlib import Path
from typing import Any

from celery.signals import task_postrun, task_prerun
from django.apps import AppConfig


class Faults(AppConfig):
    """Takes away the guard a control asks for, and tells when a worker is busy."""

    name = "tests.faults.harness"
    label = "faults"

    def ready(self) -> None:
        import_module("tests.faults.harness.removals").apply(os.environ.get("SALDO_FAULTS_CONTROL", ""))
        task_prerun.connect(_begin, weak=False)
        task_postrun.connect(_end, weak=False)


def _begin(**_: Any) -> None:
    _mark().touch()


def _end(**_: Any) -> None:
    _mark().unlink(missing_ok=True)


def _mark() -> Path:
    return Path(os.environ["SALDO_FAULTS_BUSY"]) / str(os.getpid())
