"""A list, as it is narrowed, as a workbook: its own columns, amounts as numbers, the currency beside them."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from itertools import islice
from typing import IO, Any
from zoneinfo import ZoneInfo

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from marketplace.parties.models import Seller
from sellers.portal.columns import Badge, Column, Kind
from sellers.portal.listing import Listing
from settlement.exports.sheets import Book, moment_if_any, text_cell
from settlement.exports.sheets import Column as Heading
from settlement.exports.sheets import Kind as Cell

CHUNK = 500
FIRST_DAY = date(1899, 12, 30).toordinal()
CELLS: dict[Kind, Cell] = {
    Kind.COUNT: Cell.COUNT,
    Kind.MONEY: Cell.MONEY,
    Kind.MOMENT: Cell.MOMENT_IF_ANY,
    Kind.DAY: Cell.DAY_IF_ANY,
}


def write_list(
    out: IO[bytes], *, listing: Listing, rows: "QuerySet[Any]", sort: str, seller: Seller, at: datetime
) -> int:
    """Write a list's rows to a seekable file as a workbook, in the active language; how many."""
    _name, field, descending = listing.order(sort)
    sign = "-" if descending else ""
    ordered = rows.order_by(f"{sign}{field}", f"{sign}pk").iterator(CHUNK)
    prepared = (row for chunk in _chunks(ordered) for row in listing.prepare(chunk))
    return write_rows(
        out, title=str(listing.title), columns=listing.columns, rows=prepared, seller=seller, at=at
    )


def write_rows(
    out: IO[bytes],
    *,
    title: str,
    columns: Sequence[Column],
    rows: Iterable[Any],
    seller: Seller,
    at: datetime,
) -> int:
    """Write rows to a seekable file as a workbook, in the active language; how many."""
    kept = [column for column in columns if column.kind not in (Kind.TICK, Kind.LINKS)]
    zone = ZoneInfo(seller.market.zone)
    book = Book(out, at=at)
    table = book.table(title, _headings(kept))
    for chunk in _chunks(rows):
        table.write([_row(kept, row, zone, seller.market.currency) for row in chunk])
    table.finish()
    book.close()
    return table.rows


def _headings(columns: Sequence[Column]) -> list[Heading]:
    own = [Heading(str(each.title), CELLS.get(each.kind, Cell.TEXT), each.width) for each in columns]
    return [*own, Heading(_("Currency"), Cell.TEXT, 10)]


def _chunks(rows: Iterable[Any]) -> Iterator[list[Any]]:
    left = iter(rows)
    while some := list(islice(left, CHUNK)):
        yield some


def _row(columns: Sequence[Column], row: Any, zone: ZoneInfo, currency: str) -> str:
    cells = [_cell(column.value(row), column.kind, zone) for column in columns]
    return f"<row>{''.join(cells)}{Cell.TEXT.value % text_cell(currency)}</row>"


def _cell(value: Any, kind: Kind, zone: ZoneInfo) -> str:
    if kind in (Kind.MOMENT, Kind.DAY):
        return str(CELLS[kind].value % moment_if_any(_serial(value, zone)))
    if kind in (Kind.MONEY, Kind.COUNT):
        return "<c/>" if value is None else str(CELLS[kind].value % value)
    text = value.label if isinstance(value, Badge) else value
    return str(Cell.TEXT.value % text_cell("" if text is None else str(text)))


def _serial(value: date | None, zone: ZoneInfo) -> str | None:
    """A day or an instant as spreadsheets count it, in local time."""
    if value is None:
        return None
    if not isinstance(value, datetime):
        return str(value.toordinal() - FIRST_DAY)
    local = value.astimezone(zone)
    seconds = local.hour * 3600 + local.minute * 60 + local.second
    return f"{local.toordinal() - FIRST_DAY + seconds / 86400:.10f}"
