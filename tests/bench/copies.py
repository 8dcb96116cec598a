"""Databases to be settled, each a fresh copy of one that is filled once; and what their server took."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil


class Copies:
    """The database DATABASE_URL names is kept as it is; beside it stand a filled one and its copies."""

    def __init__(self, url: str) -> None:
        self.url, self.engine = url, url.partition(":")[0]

    @contextmanager
    def filled(self) -> Iterator[str]:
        """The address of a database that is empty yet and will be copied."""
        self._make("filled")
        yield self._address("filled")
        self._drop("filled")

    @contextmanager
    def copy(self) -> Iterator[str]:
        """The address of a copy of the filled one."""
        self._make("copy", of="filled")
        yield self._address("copy")
        self._drop("copy")

    def server_seconds(self) -> float:
        """The processor time the server's processes have taken so far; SQLite has none."""
        if self.engine == "sqlite":
            return 0.0
        folder = Path(self.url.partition("@")[2].rpartition("/")[0].replace("//", "/"))
        server = psutil.Process(int((folder / "postmaster.pid").read_text().split()[0]))
        ended = server.cpu_times()
        alive = [child.cpu_times() for child in server.children()]
        return sum(each.user + each.system for each in [ended, *alive]) + (
            ended.children_user + ended.children_system
        )

    def _address(self, name: str) -> str:
        head = self.url.rpartition("/")[0]
        return f"{head}/{name}.sqlite3" if self.engine == "sqlite" else f"{head}/bench_{name}"

    def _make(self, name: str, of: str = "") -> None:
        if self.engine == "sqlite":
            if of:
                shutil.copy(self._file(of), self._file(name))
            return
        template = f' TEMPLATE "bench_{of}"' if of else ""
        self._run(f'CREATE DATABASE "bench_{name}"{template}')

    def _drop(self, name: str) -> None:
        if self.engine == "sqlite":
            for ending in ("", "-wal", "-shm"):
                Path(f"{self._file(name)}{ending}").unlink(missing_ok=True)
            return
        self._run(f'DROP DATABASE "bench_{name}" WITH (FORCE)')

    def _file(self, name: str) -> str:
        return self._address(name).removeprefix("sqlite:///")

    def _run(self, statement: str) -> None:
        import psycopg

        folder, _, name = self.url.partition("@")[2].replace("//", "/").rpartition("/")
        with psycopg.connect(host=folder, user="postgres", dbname=name, autocommit=True) as server:
            server.execute(statement.encode())


def environment(url: str) -> dict[str, str]:
    """What a process is started with to work on a database."""
    return {**os.environ, "DATABASE_URL": url}
