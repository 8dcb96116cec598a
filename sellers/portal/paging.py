"""Keyset paging: a page is found by the row it follows, so that any depth costs the same."""

import base64
import binascii
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Generic, TypeVar

from django.core.exceptions import ValidationError
from django.db.models import Model, Q, QuerySet

PAGE_ROWS = 25
COUNT_CAP = 1000
MOST_PAGES = 1000

Row = TypeVar("Row", bound=Model)


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """The rows of one page and the cursors of its neighbours; a cursor is "" where there is no neighbour."""

    rows: list[Row]
    newer: str
    older: str


def cut_page(rows: "QuerySet[Row]", *, field: str, descending: bool, asked: Mapping[str, str]) -> Page[Row]:
    """Cut one page in the order of an indexed field, ties by key, after or before the row a cursor names.

    ``asked`` is the request's query: ``after`` or ``before`` holds the cursor; one we did not write
    is ignored.
    """
    backwards = "before" in asked and "after" not in asked
    cursor = _read(asked.get("before" if backwards else "after", ""))
    down = descending != backwards
    if cursor is not None:
        try:
            rows = rows.filter(_beyond(field, cursor, down))
        except (TypeError, ValueError, ValidationError):
            cursor = None  # it names a row in the order of another column
    sign = "-" if down else ""
    found = list(rows.order_by(f"{sign}{field}", f"{sign}pk")[: PAGE_ROWS + 1])
    more, found = len(found) > PAGE_ROWS, found[:PAGE_ROWS]
    if backwards:
        found.reverse()
    before, after = (more, True) if backwards else (cursor is not None, more)
    return Page(
        rows=found,
        newer=_write(found[0], field) if found and before else "",
        older=_write(found[-1], field) if found and after else "",
    )


def page_number(asked: Mapping[str, str]) -> int:
    """The page asked for of what no key finds, since it is counted together: the first where it is none."""
    text = asked.get("page", "1")
    fine = text.isascii() and text.isdigit() and len(text) <= len(str(MOST_PAGES))
    return min(max(int(text), 1), MOST_PAGES) if fine else 1


def capped_count(rows: "QuerySet[Any]") -> int:
    """Count, but never further than one more than a thousand: a person reads "1,000+" the same."""
    return rows.order_by()[: COUNT_CAP + 1].count()


def count_text(count: int) -> str:
    """Write a capped count: ``1,000+`` beyond the cap."""
    return f"{COUNT_CAP:,}+" if count > COUNT_CAP else str(count)


def _beyond(field: str, cursor: tuple[Any, int], down: bool) -> Q:
    """The rows past a cursor, written so that the index's range is entered at it."""
    value, key = cursor
    side, edge = ("lt", "lte") if down else ("gt", "gte")
    return Q(**{f"{field}__{edge}": value}) & (Q(**{f"{field}__{side}": value}) | Q(**{f"pk__{side}": key}))


def _write(row: Model, field: str) -> str:
    value = getattr(row, field)
    if isinstance(value, datetime):
        value = {"at": value.isoformat()}
    elif isinstance(value, date):
        value = {"on": value.isoformat()}
    return base64.urlsafe_b64encode(json.dumps([value, row.pk]).encode()).decode().rstrip("=")


def _instant(text: str) -> datetime:
    value = datetime.fromisoformat(text)
    if value.tzinfo is None:
        raise ValueError("an instant without an offset names no moment")
    return value


def _read(text: str) -> tuple[Any, int] | None:
    try:
        value, key = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        if isinstance(value, dict):
            day = "on" in value
            value = date.fromisoformat(value["on"]) if day else _instant(value["at"])
        fine = isinstance(key, int) and isinstance(value, (int, date)) and abs(key) < 2**62
        return (value, key) if fine and not (isinstance(value, int) and abs(value) >= 2**62) else None
    except (ValueError, TypeError, KeyError, binascii.Error):
        return None
