"""The workbook of an ageing: numbers as numbers, texts as texts. Pure: no Django, no clock."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import IO

from settlement.exports.sheets import Book, Column, Kind, text_cell


@dataclass(frozen=True, slots=True)
class Aged:
    """What is open on one side of a seller, in minor units: in all, then by how long it has been due."""

    partner_number: str
    seller: str
    side: str
    amounts: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Titles:
    """The words of the workbook; ``amounts`` stand above the figures."""

    sheet: str
    partner_number: str
    seller: str
    side: str
    amounts: Sequence[str]
    currency: str


def write_ageing(
    out: IO[bytes], rows: Iterable[Aged], *, titles: Titles, currency: str, at: datetime
) -> None:
    """Write an ageing as an .xlsx, one row a seller and side."""
    book = Book(out, at=at)
    columns = [
        Column(titles.partner_number, Kind.NUMBER, 16),
        Column(titles.seller, Kind.TEXT, 34),
        Column(titles.side, Kind.TEXT, 22),
        *(Column(title, Kind.MONEY, 16) for title in titles.amounts),
        Column(titles.currency, Kind.WORD, 10),
    ]
    table = book.table(titles.sheet, columns)
    word = book.word(currency)
    table.write(
        [
            table.template
            % (
                text_cell(row.partner_number),
                text_cell(row.seller),
                text_cell(row.side),
                *row.amounts,
                word,
            )
            for row in rows
        ]
    )
    table.finish()
    book.close()
