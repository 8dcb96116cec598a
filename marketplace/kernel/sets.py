"""Writing rows from rows without reading them: INSERT … SELECT, which the ORM does not know."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection, models
from django.db.models import QuerySet, Value


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


def _defaults(model: type[models.Model]) -> dict[str, Value]:
    """What the fields have where nobody says otherwise; those without a default stay empty."""
    return {
        field.name: Value(field.get_default(), output_field=field)
        for field in model._meta.concrete_fields
        if not field.primary_key and field.get_default() is not None
    }
