"""Test databases are copies of a migrated template, and tests that commit are undone by copying it again.

A flush would not do: on SQLite the ledger's triggers refuse deletion, and on either engine it would take away
what migrations put in. Templates are kept between runs under the checksum of all that decides their content.
"""

import fcntl
import hashlib
import os
import sqlite3
from collections.abc import Generator, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Protocol

import pytest
from django.core.management import call_command
from django.db import connection, connections
from django.test import TransactionTestCase
from pytest_django import DjangoDbBlocker

ROOT = Path(__file__).resolve().parents[2]
KEPT = ROOT / "var" / "test"


class Engine(Protocol):
    """What each of the two engines does in its own way."""

    def make_template(self) -> None: ...
    def copy_template(self) -> None: ...
    def drop(self) -> None: ...


class Sqlite:
    """The database is a file, and so is its template."""

    def __init__(self, folder: Path, checksum: str) -> None:
        self.file = folder / "saldo.sqlite3"
        self.template = folder / "template.sqlite3"
        self.kept = KEPT / f"{checksum}.sqlite3"

    def make_template(self) -> None:
        """Migrate a fresh file, unless an earlier run did."""
        if not self.kept.exists():
            _migrate(str(self.file))
            for stale in KEPT.glob("*.sqlite3"):
                stale.unlink()
            _copy(self.file, self.kept)
        _copy(self.kept, self.template)

    def copy_template(self) -> None:
        """Put the template's content in the place of the database's, whoever else has it open."""
        _use(str(self.file))
        _copy(self.template, self.file)

    def drop(self) -> None:
        """Leave the file to the folder it lies in."""


class Postgres:
    """The database is made by CREATE DATABASE … TEMPLATE."""

    def __init__(self, worker: str, checksum: str) -> None:
        self.name = f"saldo_test_{worker}"
        self.template = f"saldo_test_{checksum}"

    def make_template(self) -> None:
        """Migrate a fresh database, unless an earlier run did."""
        if self._run("SELECT datname FROM pg_database WHERE datname = %s", self.template):
            return
        draft = f"{self.template}_draft"
        self._run(f'DROP DATABASE IF EXISTS "{draft}" WITH (FORCE)')
        self._run(f'CREATE DATABASE "{draft}"')
        _migrate(draft)
        self._run(f'ALTER DATABASE "{draft}" RENAME TO "{self.template}"')

    def copy_template(self) -> None:
        """Make the database anew; connections that tests left open are cut."""
        connections.close_all()
        self.drop()
        self._run(f'CREATE DATABASE "{self.name}" TEMPLATE "{self.template}"')
        _use(self.name)

    def drop(self) -> None:
        """Drop the database."""
        self._run(f'DROP DATABASE IF EXISTS "{self.name}" WITH (FORCE)')

    def _run(self, statement: str, *parameters: str) -> list[Any]:
        with connection._nodb_cursor() as cursor:
            cursor.execute(statement, parameters or None)
            return cursor.fetchall() if cursor.description else []


@pytest.fixture(scope="session")
def django_db_setup(django_test_environment: None, django_db_blocker: DjangoDbBlocker) -> Generator[None]:
    """Give this worker a database of its own, and put it back whenever a test has committed to it."""
    with TemporaryDirectory(prefix="saldo-db-") as folder, django_db_blocker.unblock():
        engine = _engine(Path(folder))
        with _alone():
            engine.make_template()
        engine.copy_template()
        # Where Django would flush, after a test that commits.
        TransactionTestCase._fixture_teardown = lambda self: engine.copy_template()  # type: ignore[attr-defined]
        yield
        connections.close_all()
        engine.drop()


def _engine(folder: Path) -> Engine:
    worker = f"{os.environ.get('PYTEST_XDIST_WORKER', 'alone')}_{os.getpid()}"
    if connection.vendor == "sqlite":
        return Sqlite(folder, _checksum())
    return Postgres(worker, _checksum())


def _migrate(name: str) -> None:
    _use(name)
    call_command("migrate", verbosity=0)
    call_command("createcachetable", verbosity=0)
    connections.close_all()


def _use(name: str) -> None:
    """Point this process, its threads and its children at a database."""
    connections.close_all()
    connection.settings_dict["NAME"] = name
    os.environ["DATABASE_URL"] = _url(name)


def _url(name: str) -> str:
    if connection.vendor == "sqlite":
        return f"sqlite:///{name}"
    return os.environ["DATABASE_URL"].rpartition("/")[0] + f"/{name}"


def _copy(source: Path, target: Path) -> None:
    with closing(sqlite3.connect(source)) as one, closing(sqlite3.connect(target, timeout=20)) as other:
        one.backup(other)


@contextmanager
def _alone() -> Iterator[None]:
    """Let one worker make the template while the others wait."""
    KEPT.mkdir(parents=True, exist_ok=True)
    with (KEPT / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _checksum() -> str:
    digest = hashlib.sha256((ROOT / "requirements" / "app.txt").read_bytes())
    for package in ("marketplace", "settlement", "sellers"):
        for source in sorted((ROOT / package).rglob("*.py")):
            digest.update(f"{source}\n".encode() + source.read_bytes())
    return digest.hexdigest()[:16]
