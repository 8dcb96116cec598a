"""Columns of lists: said once, shown on a page and written into a workbook."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from sellers.door.templatetags.days import day
from sellers.door.templatetags.money import money_plain


class Kind(Enum):
    """What a column holds."""

    TEXT = "text"
    COUNT = "count"
    MONEY = "money"
    MOMENT = "moment"
    DAY = "day"
    STATE = "state"
    TICK = "tick"
    """A box to tick, worth the row's value; on the page alone."""
    LINKS = "links"
    """Pairs of a word and an address; on the page alone."""


@dataclass(frozen=True, slots=True)
class Box:
    """A box to tick: the form's name of it, what a screen reader says of a row's, and the amount in minor
    units that ticking it adds up; ``form`` is the id of the form, where the box stands outside of it.
    """

    name: str
    label: Callable[[Any], str]
    minor: Callable[[Any], int] | None = None
    form: str = ""


SHAPES = {Kind.MONEY: "num", Kind.COUNT: "num", Kind.MOMENT: "nowrap", Kind.DAY: "nowrap"}


@dataclass(frozen=True, slots=True)
class Badge:
    """A state: its word, and the name its colour goes by."""

    label: str
    name: str


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its heading, and what of a row stands in it.

    ``css`` says where a phone puts it; ``sort`` names an order of the list, with a minus where the first
    click descends. A ``quiet`` one shows no zero, and nothing at all of it on a phone. ``box`` says what the
    boxes of a column to tick are.
    """

    title: str | Promise
    value: Callable[[Any], Any]
    kind: Kind = Kind.TEXT
    css: str = ""
    url: Callable[[Any], str] | None = None
    note: Callable[[Any], str] | None = None
    sort: str = ""
    width: int = 16
    on_page: bool = True
    quiet: bool = False
    box: Box | None = None


@dataclass(frozen=True, slots=True)
class Head:
    """A heading as the page writes it."""

    title: str
    css: str
    sort: str


@dataclass(frozen=True, slots=True)
class Tick:
    """A box to tick as the page writes it; ``minor`` is digits, as no language writes them."""

    name: str
    label: str
    minor: str
    form: str


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell as the page writes it."""

    label: str
    css: str
    text: str
    url: str = ""
    note: str = ""
    state: str = ""
    tick: Tick | None = None
    links: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True, slots=True)
class Table:
    """A table as the page writes it; ``foot`` are the sums under the columns of money, if any."""

    caption: str
    heads: list[Head]
    rows: list[list[Cell]]
    foot: list[Cell]
    foot_label: str
    foot_span: int


def table_of(
    columns: Iterable[Column],
    rows: Iterable[Any],
    *,
    caption: str,
    currency: str,
    sums: Sequence[int] = (),
    sums_label: str = "",
    sortable: bool = True,
) -> Table:
    """Lay rows out; the first column of money names the currency, ``sums`` go under the columns of money."""
    shown = [column for column in columns if column.on_page]
    amounts = [column for column in shown if column.kind == Kind.MONEY]
    first = amounts[0] if amounts else None
    return Table(
        caption=caption,
        heads=[_head(column, currency if column is first else "", sortable) for column in shown],
        rows=[[_cell(column, row, currency) for column in shown] for row in rows],
        foot=[
            Cell(str(column.title), "num", money_plain(amount, currency))
            for column, amount in zip(amounts, sums, strict=False)
        ],
        foot_label=sums_label,
        foot_span=shown.index(first) if first else 0,
    )


def _head(column: Column, currency: str, sortable: bool) -> Head:
    title = _("%(title)s, %(currency)s") % {"title": column.title, "currency": currency}
    css = "num" if column.kind in (Kind.MONEY, Kind.COUNT) else ""
    return Head(title if currency else str(column.title), css, column.sort if sortable else "")


def _cell(column: Column, row: Any, currency: str) -> Cell:
    value = column.value(row)
    idle = column.quiet and not value
    return Cell(
        label=str(column.title),
        css=" ".join(filter(None, (SHAPES.get(column.kind), column.css, "at-none" if idle else ""))),
        text=text_of(None if idle else value, column.kind, currency),
        url=column.url(row) if column.url else "",
        note=column.note(row) if column.note else "",
        state=value.name if isinstance(value, Badge) else "",
        tick=_tick(column.box, row) if column.box and value else None,
        links=value if column.kind == Kind.LINKS else (),
    )


def _tick(box: Box, row: Any) -> Tick:
    return Tick(box.name, box.label(row), str(box.minor(row)) if box.minor else "", box.form)


def text_of(value: Any, kind: Kind, currency: str) -> str:
    """A value as a person reads it; what is missing is a dash, a box that cannot be ticked nothing."""
    if kind == Kind.LINKS:
        return ""
    if value is None or value == "":
        return "" if kind == Kind.TICK else "–"
    if kind == Kind.MONEY:
        return money_plain(value, currency)
    if isinstance(value, Badge):
        return value.label
    return day(value) if isinstance(value, (date, datetime)) else str(value)
