"""Moving a row from state to state, with the trace of the move."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from django.db import connection
from django.db.models import F, Value
from django.utils.translation import gettext as _

from marketplace.kernel.sets import insert_from


class IllegalMove(Exception):
    """A row was asked to become what it cannot become from where it is."""


class Stateful(Protocol):
    """A row with a state, the moves it allows and the trace of those made."""

    MOVES: Mapping[str, frozenset[str]]
    state: str

    @property
    def changes(self) -> Any: ...
    def save(self, *, update_fields: list[str]) -> None: ...


def move(
    row: Any, to: str, *, by: Any, at: datetime, reason: str = "", also: Mapping[str, Any] | None = None
) -> None:
    """Move a row its caller has locked, and keep the trace of the move; ``also`` sets other fields with it.

    :raises IllegalMove: if its state does not lead there.
    """
    assert connection.in_atomic_block
    check_move(row, to)
    row.changes.create(from_state=row.state, to_state=to, by=by, at=at, reason=reason)
    row.state = to
    for name, value in (also or {}).items():
        setattr(row, name, value)
    row.save(update_fields=["state", *(also or {})])


def move_all(
    rows: Sequence[Any],
    to: str,
    *,
    by: Any,
    at: datetime,
    reason: str = "",
    also: Mapping[str, Any] | None = None,
) -> None:
    """Move rows of one kind, which their caller has locked, as :func:`move` would each; none, if one
    cannot.

    :raises IllegalMove: if a row's state does not lead there.
    """
    assert connection.in_atomic_block
    if not rows:
        return
    for row in rows:
        check_move(row, to)
    whose, trace = rows[0].changes.field.name, rows[0].changes.model
    standing = type(rows[0]).objects.filter(pk__in=[row.pk for row in rows])
    told = {"to_state": Value(to), "at": Value(at), "reason": Value(reason)}
    if getattr(by, "pk", None):
        told["by"] = Value(by.pk)
    insert_from(trace, standing, {whose: F("pk"), "from_state": F("state"), **told})
    values = {"state": to, **(also or {})}
    standing.update(**values)
    for row in rows:
        for name, value in values.items():
            setattr(row, name, value)


def check_move(row: Any, to: str) -> None:
    """Refuse a move before anything else is done for it.

    :raises IllegalMove: if its state does not lead there.
    """
    if to not in row.MOVES[row.state]:
        raise IllegalMove(_("%(row)s is %(state)s; it cannot become %(to)s.") % _told(row, to))


def _told(row: Any, to: str) -> dict[str, str]:
    labels = {str(state): str(label) for state, label in row._meta.get_field("state").flatchoices}
    return {"row": str(row), "state": labels.get(row.state, row.state), "to": labels.get(to, to)}
