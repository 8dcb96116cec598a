"""Writing rows from rows without reading them: INSERT … SELECT, which the ORM does not know."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection, models, transaction
from django.db.models import QuerySet, Value

BY_INDEX = {
    "enable_seqscan": "off",
    "enable_hashjoin": "off",
    "enable_mergejoin": "off",
    "max_parallel_workers_per_gather": "0",
    "jit": "off",
    "work_mem": "64MB",
}


def go_by_indexes() -> None:
    """Have PostgreSQL go by indexes for the rest of the transaction.

    A batch touches some ten thousand rows of tables with millions. Left alone, a planner whose statistics
    lag behind a run that fills the tables, and who counts on slow disks, reads them whole each time.
    """
    assert connection.in_atomic_block
    if connection.vendor == "postgresql":
        wanted = ", ".join(["set_config(%s, %s, true)"] * len(BY_INDEX))
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {wanted}", [each for setting in BY_INDEX.items() for each in setting])


@contextmanager
def going_by_indexes() -> Iterator[None]:
    """Read with PostgreSQL going by indexes, in a transaction of one's own; SQLite does so anyway."""
    if connection.vendor != "postgresql":
        yield
        return
    with transaction.atomic():
        go_by_indexes()
        yield


def codepoints() -> str:
    """The collation that orders texts as Python does, whatever the database's own order is."""
    return {"postgresql": "C", "sqlite": "BINARY"}[connection.vendor]


def insert_from(model: type[models.Model], rows: "QuerySet[Any, Any]", columns: Mapping[str, Any]) -> int:
    """Insert a row per row of a query; how many.

    ``columns`` says, per field, which field or expression of the query fills it. What it does not name
    gets the field's default.
    """
    assert connection.in_atomic_block
    filled = {**_defaults(model), **columns}
    query = rows.values_list(*filled.values()).query
    try:
        select, values = query.get_compiler(connection=connection).as_sql()
    except EmptyResultSet:
        return 0  # known to be empty without asking
    quote = connection.ops.quote_name
    fields = {field.name: field for field in model._meta.concrete_fields}
    names = ", ".join(quote(str(fields[name].column)) for name in filled)
    with connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO {quote(model._meta.db_table)} ({names}) {select}", values)
        return int(cursor.rowcount)


def update_each(
    model: type[models.Model], columns: Sequence[str], values: Mapping[int, Sequence[int]]
) -> None:
    """Give rows, by key, each its own whole numbers in some columns; all in one statement."""
    assert connection.in_atomic_block
    if not values:
        return
    quote = connection.ops.quote_name
    table, names = quote(model._meta.db_table), [quote(name) for name in columns]
    row = "(" + ", ".join(["%s"] * (1 + len(columns))) + ")"
    rows = ", ".join([row] * len(values))
    changes = ", ".join(f"{name} = given.{name}" for name in names)
    with connection.cursor() as cursor:
        cursor.execute(
            f"WITH given (id, {', '.join(names)}) AS (VALUES {rows}) "  # noqa: S608 - our own names
            f"UPDATE {table} SET {changes} FROM given WHERE given.id = {table}.id",
            [each for key, amounts in values.items() for each in (key, *amounts)],
        )


def _defaults(model: type[models.Model]) -> dict[str, Value]:
    """What the fields have where nobody says otherwise; those without a default stay empty."""
    return {
        field.name: Value(field.get_default(), output_field=field)
        for field in model._meta.concrete_fields
        if not field.primary_key and field.get_default() is not None
    }
