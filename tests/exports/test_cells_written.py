"""Texts in cells: whatever they hold, they come back, and never as a formula."""

from datetime import UTC, datetime
from io import BytesIO
from xml.sax.saxutils import unescape

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from openpyxl import load_workbook
from python_calamine import CalamineWorkbook

from settlement.exports.cells import order_number
from settlement.exports.sheets import Book, Column, Kind, text_cell

AT = datetime(2026, 11, 2, tzinfo=UTC)
SIGNS = st.characters(min_codepoint=0x20, max_codepoint=0xD7FF)
NUMBERS = st.text(SIGNS, min_size=1, max_size=32).filter(str.strip)


def written(*texts: str) -> BytesIO:
    """A workbook with one column of texts."""
    out = BytesIO()
    book = Book(out, at=AT)
    table = book.table("Texts", [Column("Text", Kind.NUMBER, 20)])
    table.write([table.template % text_cell(text) for text in texts])
    table.finish()
    book.close()
    out.seek(0)
    return out


@given(NUMBERS)
@example("=1+1")
@example("'quoted")
@example('a&b<c>"d"')
@example("-5")
@example("_x0041_")
def test_an_order_number_is_read_back_as_it_was(number: str) -> None:
    sheet = CalamineWorkbook.from_filelike(written("first", number)).get_sheet_by_index(0)

    cell = sheet.to_python()[-1][0]
    assert order_number(cell) == number.strip()


@given(st.text(max_size=40))
@example("\tx")
@example("\x00=1")
@example("\r\n@x")
def test_no_text_begins_like_a_formula_or_breaks_the_sheet(text: str) -> None:
    cell = text_cell(text)

    assert not unescape(cell).startswith(("=", "+", "-", "@", "\t", "\r"))
    assert len(load_workbook(written(text)).worksheets) == 1


@pytest.mark.parametrize(
    ("wanted", "given_name"),
    [
        ("Orders", "Orders"),
        ("a/b:c*d?[e]", "a b c d  e"),
        ("x" * 40, "x" * 31),
        ("", "1"),
        ("ORDERS'", "ORDERS"),
    ],
)
def test_sheets_get_names_they_may_have(wanted: str, given_name: str) -> None:
    out = BytesIO()
    book = Book(out, at=AT)
    book.table(wanted, [Column("Text", Kind.TEXT, 20)]).finish()
    book.close()

    assert load_workbook(out).sheetnames == [given_name]


def test_two_sheets_never_share_a_name() -> None:
    out = BytesIO()
    book = Book(out, at=AT)
    for name in ("Orders", "orders", "ORDERS"):
        book.table(name, [Column("Text", Kind.TEXT, 20)]).finish()
    book.close()

    assert len({name.casefold() for name in load_workbook(out).sheetnames}) == 3
