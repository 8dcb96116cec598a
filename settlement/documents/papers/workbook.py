"""A paper as a workbook: what stands above its lists on the first sheet, then a sheet for each list.

Pure: no database, no clock.
"""

import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from pathlib import Path

from settlement.documents.papers.facts import Cell, Kind, Listing, PaperFacts, Tally, read_header, read_rows
from settlement.documents.shell import (
    Heading,
    Row,
    Styles,
    fill_first,
    list_sheet,
    party_rows,
    saved,
    styles_of,
    units,
)
from settlement.documents.workbook import fill, money_pattern, serial, text_pattern
from settlement.exports.sheets import text_cell

WIDTHS = {Kind.NUMBER: 20, Kind.TEXT: 22, Kind.LONG: 48, Kind.DAY: 13, Kind.AMOUNT: 15}
EMPTY = "<c/>"


def write_paper_workbook(source: Path, target: Path) -> None:
    """Write the workbook of the facts in a file.

    :raises RowsDiffer: if the rows of a list are not what the header says.
    """
    facts = read_header(source)
    shell, styles = _shell(facts)
    rows = {
        sheet: _rows(facts.lists[place], read_rows(source, place), styles)
        for sheet, place in sheets_of(facts).items()
    }
    fill(shell, target, rows)


def sheets_of(facts: PaperFacts) -> dict[int, int]:
    """Which sheet, counted from one, holds which list; empty lists have none."""
    filled = [place for place, listing in enumerate(facts.lists) if listing.rows]
    return dict(enumerate(filled, start=2))


def _shell(facts: PaperFacts) -> tuple[io.BytesIO, Styles]:
    from openpyxl import Workbook

    book = Workbook()
    first = book.worksheets[0]
    first.title = facts.title[:31]
    fill_first(first, _first_rows(facts))
    styles = styles_of(book.create_sheet())
    del book[book.sheetnames[-1]]
    for place in sheets_of(facts).values():
        listing = facts.lists[place]
        columns = [
            Heading(each.label, WIDTHS[each.kind], each.kind == Kind.AMOUNT) for each in listing.columns
        ]
        list_sheet(book, listing.name, columns, listing.rows)
    return saved(book, f"{facts.title} {facts.reference}", facts.parties[0].party.name), styles


def _first_rows(facts: PaperFacts) -> Iterator[Row]:
    words = facts.words
    yield [(f"{facts.title} {facts.reference}", "title")]
    yield [(f"{facts.stressed} {facts.text}", "text")]
    yield []
    yield [(words["reference"], "label"), (facts.reference, "strong")]
    yield from ([(label, "label"), (text, "text")] for label, text in facts.meta)
    yield []
    for shown in facts.parties:
        yield from party_rows(words, shown.heading, shown.party)
    yield [(facts.sums_heading, "heading")]
    for each in facts.sums:
        yield [(each.label, "label"), (units(each.amount), "money")]
    yield [(facts.result.label, "total"), (units(facts.result.amount), "total_money")]
    if facts.note:
        yield [(facts.note, "text")]
    if facts.payment:
        yield []
        yield [(facts.payment.heading, "heading")]
        yield from ([(label, "label"), (text, "text")] for label, text in facts.payment.details)


def _rows(listing: Listing, rows: Iterable[Sequence[Cell]], styles: Styles) -> Iterator[str]:
    kinds = [column.kind for column in listing.columns]
    for row in Tally(listing).counting(rows):
        cells = (_cell(kind, cell, styles) for kind, cell in zip(kinds, row, strict=True))
        yield f"<row>{''.join(cells)}</row>"
    text, money = text_pattern(styles.total), money_pattern(styles.total_money)
    totals = (text % "" if each.total is None else money % each.total for each in listing.columns[1:])
    yield f"<row>{text % text_cell(listing.closing)}{''.join(totals)}</row>"


def _cell(kind: Kind, cell: Cell, styles: Styles) -> str:
    if cell is None or cell == "":
        return EMPTY
    if kind == Kind.AMOUNT:
        return money_pattern(styles.money) % cell
    if kind == Kind.DAY:
        day = cell if isinstance(cell, date) else date.fromisoformat(str(cell))
        moment = datetime(day.year, day.month, day.day)  # noqa: DTZ001  # workbooks know no time zones
        return f'<c s="{styles.day}"><v>{serial(moment)}</v></c>'
    text: str = text_cell(str(cell))
    return text_pattern(styles.text) % text
