"""The emulator's store: one table of JSON documents in SQLite, and the counters their ids come from."""

import json
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from tools.alegra.wire import Json

SCHEMA = """
CREATE TABLE IF NOT EXISTS document (
  account TEXT NOT NULL, kind TEXT NOT NULL, id TEXT NOT NULL, position INTEGER NOT NULL, body TEXT NOT NULL,
  PRIMARY KEY (account, kind, id)
);
CREATE INDEX IF NOT EXISTS document_position ON document (account, kind, position);
CREATE TABLE IF NOT EXISTS counter (
  account TEXT NOT NULL, name TEXT NOT NULL, value INTEGER NOT NULL, PRIMARY KEY (account, name)
);
"""
Condition = tuple[str, Sequence[Any]]
"""A piece of SQL about `body`, and its parameters."""


class Store:
    """Documents by account and kind. One connection; whoever holds the lock is alone."""

    def __init__(self, path: str = ":memory:") -> None:
        self.lock = threading.RLock()
        self._database = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._database.execute("PRAGMA journal_mode = WAL")
        self._database.execute("PRAGMA synchronous = NORMAL")
        self._database.executescript(SCHEMA)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Do all of it or none, alone."""
        with self.lock:
            self._database.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                self._database.execute("ROLLBACK")
                raise
            self._database.execute("COMMIT")

    def count_up(self, account: str, name: str, *, first: int = 1) -> int:
        """Return the next number of a counter, without gaps."""
        row = self._database.execute(
            "INSERT INTO counter VALUES (?, ?, ?)"
            " ON CONFLICT (account, name) DO UPDATE SET value = value + 1 RETURNING value",
            (account, name, first),
        ).fetchone()
        return int(row[0])

    def insert(self, account: str, kind: str, body: Json, *, key: str = "") -> Json:
        """Keep a new document, under the kind's next id unless told one."""
        position = self.count_up(account, kind)
        body = {**body, "id": key or str(position)}
        self._database.execute(
            "INSERT INTO document VALUES (?, ?, ?, ?, ?)",
            (account, kind, body["id"], position, json.dumps(body, default=str)),
        )
        return body

    def find(self, account: str, kind: str, key: str) -> Json | None:
        """Return a document, if it is there."""
        row = self._database.execute(
            "SELECT body FROM document WHERE account = ? AND kind = ? AND id = ?", (account, kind, key)
        ).fetchone()
        return json.loads(row[0]) if row else None

    def update(self, account: str, kind: str, body: Json) -> None:
        """Keep a document's new body."""
        self._database.execute(
            "UPDATE document SET body = ? WHERE account = ? AND kind = ? AND id = ?",
            (json.dumps(body, default=str), account, kind, body["id"]),
        )

    def delete(self, account: str, kind: str, key: str) -> None:
        """Forget a document."""
        self._database.execute(
            "DELETE FROM document WHERE account = ? AND kind = ? AND id = ?", (account, kind, key)
        )

    def count(self, account: str, kind: str, conditions: Sequence[Condition] = ()) -> int:
        """Return how many documents meet the conditions."""
        where, values = _where(account, kind, conditions)
        return int(
            self._database.execute(f"SELECT count(*) FROM document WHERE {where}", values).fetchone()[0]
        )

    def select(
        self,
        account: str,
        kind: str,
        conditions: Sequence[Condition] = (),
        *,
        order: str = "position",
        limit: int = -1,
        start: int = 0,
    ) -> list[Json]:
        """Return the documents that meet the conditions; `order` is SQL of our own."""
        where, values = _where(account, kind, conditions)
        query = f"SELECT body FROM document WHERE {where} ORDER BY {order} LIMIT ? OFFSET ?"
        rows = self._database.execute(query, (*values, limit, start))
        return [json.loads(row[0]) for row in rows]

    def kinds(self, account: str) -> list[str]:
        """Return the kinds of documents an account has."""
        query = "SELECT DISTINCT kind FROM document WHERE account = ? ORDER BY kind"
        return [row[0] for row in self._database.execute(query, (account,))]

    def clear(self) -> None:
        """Forget everything."""
        self._database.execute("DELETE FROM document")
        self._database.execute("DELETE FROM counter")

    def close(self) -> None:
        """Let go of the file."""
        with self.lock:
            self._database.close()


def _where(account: str, kind: str, conditions: Sequence[Condition]) -> tuple[str, list[Any]]:
    clauses, values = ["account = ?", "kind = ?"], [account, kind]
    for clause, given in conditions:
        clauses.append(clause)
        values.extend(given)
    return " AND ".join(clauses), values
