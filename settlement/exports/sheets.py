"""Writing an .xlsx as a stream: sheets as XML, one template a row. Pure: no Django, no clock.

Texts are inline, so that nothing grows with the rows; only words that repeat (a currency, a way of paying)
are shared. Rows and cells come without their addresses, which every reader counts by itself.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import IO
from xml.sax.saxutils import escape

from settlement.exports import package
from settlement.exports.archive import Archive, Part

MOST_ROWS = 1_048_575
"""What a sheet holds below its heading."""

is_safe = re.compile(r"[^\x00-\x20&<>_='+@\ufffe\uffff-][^\x00-\x1f&<>_\ufffe\uffff]*").fullmatch
_FORBIDDEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]+")
_LIKE_AN_ESCAPE = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")


class Kind(Enum):
    """What a cell holds, as its template."""

    NUMBER = '<c s="5" t="inlineStr"><is><t>%s</t></is></c>'
    """A name made of digits: a text, so that nothing of it is lost."""
    TEXT = '<c t="inlineStr"><is><t>%s</t></is></c>'
    TITLE = '<c s="1" t="inlineStr"><is><t>%s</t></is></c>'
    WORD = '<c t="s"><v>%d</v></c>'
    """One of few texts: its place among the shared ones."""
    MONEY = '<c s="3"><v>%dE-2</v></c>'
    """Minor units, written as the hundredths they are: no rounding anywhere."""
    COUNT = '<c s="4"><v>%d</v></c>'
    MOMENT = '<c s="2"><v>%s</v></c>'
    """Days since 1899-12-30 in local time, as a text."""
    MOMENT_IF_ANY = '<c s="2">%s</c>'
    DAY_IF_ANY = '<c s="6">%s</c>'


@dataclass(frozen=True, slots=True)
class Column:
    """A column's title, what it holds, and its width in signs."""

    title: str
    kind: Kind
    width: int


def text_cell(text: str) -> str:
    """A text as a cell may hold it: no markup, no control signs, nothing one would take for a formula."""
    return text if is_safe(text) else clean(text)


def moment_if_any(serial: str | None) -> str:
    """The inside of a cell whose moment may be missing."""
    return f"<v>{serial}</v>" if serial else ""


def clean(text: str) -> str:
    plain = _FORBIDDEN.sub("", text).replace("\r", " ").strip()
    if plain[:1] in tuple("=+-@'") or text[:1] in ("\t", "\r"):
        plain = f"'{plain}"
    return escape(_LIKE_AN_ESCAPE.sub("_x005F_", plain))


class Table:
    """Rows of one kind, on as many sheets as they need; the second is called "… 2"."""

    def __init__(self, book: "Book", name: str, columns: Sequence[Column]) -> None:
        self._book, self._name, self._columns = book, name, columns
        self.template = f"<row>{''.join(column.kind.value for column in columns)}</row>"
        self.rows = self._sheets = 0
        self._open()

    def write(self, rows: Sequence[str]) -> None:
        """Add rows made with the template."""
        while rows:
            room = self._book.most_rows - self._in_sheet
            if room == 0:
                self._close()
                self._open()
                continue
            some, rows = rows[:room], rows[room:]
            self._part.write("".join(some).encode())
            self._in_sheet += len(some)
            self.rows += len(some)

    def finish(self) -> None:
        """End the table, before the next begins."""
        self._close()

    def _open(self) -> None:
        self._sheets += 1
        self._in_sheet = 0
        self._part = self._book.begin_sheet(
            self._name if self._sheets == 1 else f"{self._name} {self._sheets}"
        )
        titles = "".join(Kind.TITLE.value % text_cell(column.title) for column in self._columns)
        self._part.write(package.sheet_head([column.width for column in self._columns], titles).encode())

    def _close(self) -> None:
        self._part.write(package.sheet_foot(columns=len(self._columns), rows=self._in_sheet + 1).encode())
        self._part.finish()


class Book:
    """A workbook being written: its tables one after the other, then ``close``."""

    def __init__(self, out: IO[bytes], *, at: datetime, most_rows: int = MOST_ROWS) -> None:
        self.most_rows = most_rows
        self._archive = Archive(out, at=at)
        self._words: dict[str, int] = {}
        self._names: list[str] = []
        for name, text in package.FIXED.items():
            self._put(name, text)

    def table(self, name: str, columns: Sequence[Column]) -> Table:
        """Begin a table; the one before must be finished."""
        return Table(self, name, columns)

    def word(self, text: str) -> int:
        """The place of a shared text."""
        return self._words.setdefault(text, len(self._words))

    def begin_sheet(self, name: str) -> Part:
        """Begin the part of a new sheet."""
        self._names.append(package.sheet_name(name, taken=self._names))
        return self._archive.begin(f"xl/worksheets/sheet{len(self._names)}.xml")

    def close(self) -> None:
        """Write the shared words and the list of sheets, and complete the archive."""
        for name, text in package.lists(self._names, [text_cell(word) for word in self._words]).items():
            self._put(name, text)
        self._archive.close()

    def _put(self, name: str, text: str) -> None:
        part = self._archive.begin(name)
        part.write(text.encode())
        part.finish()
