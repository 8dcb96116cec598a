"""Database triggers that hold what constraints cannot, installed by a migration operation.

SQLite rebuilds a table to change it and drops its triggers silently, so the operation stands again
after every schema change; a test compares the database's catalogue with the lists.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from django.db.migrations.operations.base import Operation


@dataclass(frozen=True)
class Trigger:
    """A trigger of one table, in both engines' words; an empty text means the engine has none.

    ``columns`` are those it reads: a table that has not all of them yet goes without it until it has.
    """

    name: str
    table: str
    sqlite: str
    postgresql: str
    columns: tuple[str, ...] = ()


def frozen(
    table: str,
    columns: Sequence[str],
    *,
    once: Sequence[str] = (),
    until: tuple[str, str, Sequence[str]] | None = None,
    deletable: bool = False,
) -> list[Trigger]:
    """Forbid changing ``columns``, changing ``once`` columns other than from null, and deleting.

    ``until`` names a column, a value and more columns: these may change only while that column still
    has that value.
    """
    changed = [("OLD.{0} {1} NEW.{0}", name) for name in columns]
    if until is not None:
        state, value, late = until
        guard = f"(OLD.\"{state}\" <> '{value}' AND "
        changed += [(guard + "OLD.{0} {1} NEW.{0})", name) for name in late]
    changed += [("(OLD.{0} IS NOT NULL AND OLD.{0} {1} NEW.{0})", name) for name in once]
    told = f"{table} is written once"
    triggers = [
        _trigger(
            f"{table}_frozen",
            table,
            "UPDATE",
            told,
            _any(changed, "IS NOT"),
            _any(changed, "IS DISTINCT FROM"),
            columns=(*columns, *once, *(until[2] if until else ())),
        )
    ]
    if not deletable:
        triggers.append(_trigger(f"{table}_kept", table, "DELETE", f"{table} is never deleted", "1", "true"))
    return triggers


def _any(tests: Iterable[tuple[str, str]], differs: str) -> str:
    return " OR ".join(test.format(f'"{name}"', differs) for test, name in tests)


def _trigger(
    name: str,
    table: str,
    event: str,
    told: str,
    sqlite_when: str,
    postgresql_when: str,
    columns: tuple[str, ...] = (),
) -> Trigger:
    result = "OLD" if event == "DELETE" else "NEW"
    return Trigger(
        name=name,
        table=table,
        sqlite=f"CREATE TRIGGER {name} BEFORE {event} ON {table} WHEN {sqlite_when} "
        f"BEGIN SELECT RAISE(ABORT, '{told}'); END",
        postgresql=f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"IF {postgresql_when} THEN RAISE EXCEPTION '{told}' "
        "USING ERRCODE = 'integrity_constraint_violation'; "
        f"END IF; RETURN {result}; END $$; "
        f"CREATE TRIGGER {name} BEFORE {event} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()",
        columns=columns,
    )


def _fits(trigger: Trigger, connection: Any) -> bool:
    """Whether its table has all it reads; a later migration adds what is missing, and installs it again."""
    if not trigger.columns:
        return True
    with connection.cursor() as cursor:
        told = connection.introspection.get_table_description(cursor, trigger.table)
    return set(trigger.columns) <= {column.name for column in told}


class InstallTriggers(Operation):
    """Install (again) the triggers listed in a module's ``TRIGGERS``; tables not there yet are passed
    over.
    """

    reversible = True
    reduces_to_sql = True

    def __init__(self, module: str) -> None:
        self.module = module

    def state_forwards(self, app_label: str, state: Any) -> None:
        """Triggers are no part of the models' state."""

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        tables = set(schema_editor.connection.introspection.table_names())
        for trigger in import_module(self.module).TRIGGERS:
            self._drop(schema_editor, trigger, tables)
            text = getattr(trigger, schema_editor.connection.vendor)
            if text and trigger.table in tables and _fits(trigger, schema_editor.connection):
                schema_editor.execute(text, params=None)

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        tables = set(schema_editor.connection.introspection.table_names())
        for trigger in import_module(self.module).TRIGGERS:
            self._drop(schema_editor, trigger, tables)

    def describe(self) -> str:
        return f"Install the triggers of {self.module}"

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        return (self.__class__.__name__, [self.module], {})

    def _drop(self, schema_editor: Any, trigger: Trigger, tables: set[str]) -> None:
        if schema_editor.connection.vendor == "sqlite":
            schema_editor.execute(f"DROP TRIGGER IF EXISTS {trigger.name}", params=None)
        elif trigger.table in tables:
            schema_editor.execute(f"DROP TRIGGER IF EXISTS {trigger.name} ON {trigger.table}", params=None)
