"""The ground a season is played on: a folder, two servers, and what every process is told of them."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import django

from tests.faults.harness.servers import Postgres, Valkey

KEPT = ("PATH", "HOME", "LANG", "LC_ALL", "LD_LIBRARY_PATH")
LEASE = 4
"""Seconds a worker holds a job without a sign of life."""


@dataclass(frozen=True)
class Ground:
    """Servers with an empty world, in a folder."""

    folder: Path
    postgres: Postgres
    valkey: Valkey

    @classmethod
    def prepare(cls, folder: Path) -> "Ground":
        """Start the servers and make this process one of the marketplace, too."""
        for name in ("var", "tmp", "arms"):
            (folder / name).mkdir()
        ground = cls(folder, Postgres(folder), Valkey(folder))
        ground.postgres.start()
        ground.valkey.start()
        ground.postgres.make_world(template="template0")
        _enter(ground.environment())
        return ground

    def environment(self) -> dict[str, str]:
        """What every process is told, and nothing of what this machine's owner has set."""
        kept = {name: os.environ[name] for name in KEPT if name in os.environ}
        return kept | {
            "DJANGO_SETTINGS_MODULE": "tests.faults.harness.settings",
            "SALDO_LOCAL": "1",
            "DATABASE_URL": self.postgres.url,
            "REDIS_URL": self.valkey.url,
            "VAR_DIR": str(self.folder / "var"),
            "TMPDIR": str(self.folder / "tmp"),
            "FILES_ROOT": str(self.folder / "files"),
            "EMAIL_URL": f"filemail:///{self.folder / 'mail'}",
            "JOB_LEASE_SECONDS": str(LEASE),
            "PYTHONUNBUFFERED": "1",
            "PYTHONWARNINGS": "ignore:You're running the worker with superuser privileges",
        }

    def of_processes(self, *, control: str = "") -> dict[str, str]:
        """What the processes under fault are told besides."""
        return self.environment() | {
            "SALDO_FAULTS_ARMS": str(self.folder / "arms"),
            "SALDO_FAULTS_BUSY": str(self.folder / "busy"),
            "SALDO_FAULTS_CONTROL": control,
        }


def _enter(environment: Mapping[str, str]) -> None:
    for name in [name for name in os.environ if name not in KEPT]:
        del os.environ[name]
    os.environ.update(environment)
    django.setup()
