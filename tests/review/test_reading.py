"""Reading workbooks people send: all rows or a reason, never a crash, a hang or a row lost."""

from pathlib import Path
from typing import Any

import pytest
from django.utils import translation
from openpyxl import Workbook, load_workbook

from settlement.exports.wording import export_words
from settlement.exports.workbook import Workbook as ExportWorkbook
from settlement.review.rules import Row
from tests.cast import BEFORE
from tests.review.reading import read, refusal
from tests.review.workbooks import (
    TITLES,
    order_row,
    saved_by_excel,
    saved_by_libreoffice,
)


def test_what_we_wrote_is_read_back_to_the_cent(export: Path) -> None:
    assert read(export) == [
        Row(2, "10085339302", 1331_00, 0, 1331_00, "Karta"),
        Row(3, "00012", 2577_30, 0, 2577_30, "Dobírka"),
        Row(4, "-C", 605_00, 0, 605_00, "Bankovní převod"),
    ]


def test_a_workbook_shortened_and_saved_again_gives_exactly_its_rows(export: Path, tmp_path: Path) -> None:
    book = load_workbook(export)
    book.worksheets[0].delete_rows(3)
    book.save(tmp_path / "shorter.xlsx")

    assert read(tmp_path / "shorter.xlsx") == [
        Row(2, "10085339302", 1331_00, 0, 1331_00, "Karta"),
        Row(3, "-C", 605_00, 0, 605_00, "Bankovní převod"),
    ]


def test_rows_hidden_or_emptied_between_others_lose_nothing(tmp_path: Path) -> None:
    path = saved_by_excel(tmp_path / "gaps.xlsx", order_row("A"), [], [None, " "], order_row("B"), [], [])

    assert [(row.position, row.number) for row in read(path)] == [(2, "A"), (5, "B")]


def test_a_workbook_saved_by_libreoffice_is_read(tmp_path: Path) -> None:
    path = saved_by_libreoffice(tmp_path / "lo.xlsx", order_row("A", 2577.3, 0, 2577.3), order_row("B"))

    assert read(path) == [Row(2, "A", 2577_30, 0, 2577_30, "Card"), Row(3, "B", 1210_00, 0, 1210_00, "Card")]


@pytest.mark.parametrize("dimension", ["A1", "A1:N2", "A1:XFD1048576", "B7:C9"])
def test_a_dimension_that_lies_loses_no_row(dimension: str, tmp_path: Path) -> None:
    rows = [order_row(f"N{place}") for place in range(500)]

    path = saved_by_libreoffice(tmp_path / "lies.xlsx", *rows, dimension=dimension)

    assert [row.number for row in read(path)] == [f"N{place}" for place in range(500)]


def test_two_hundred_thousand_rows_are_all_read(tmp_path: Path) -> None:
    path = tmp_path / "long.xlsx"
    with path.open("wb") as out, translation.override("en"):
        book = ExportWorkbook(out, words=export_words(), currency="CZK", at=BEFORE)
        for start in range(0, 200_000, 10_000):
            book.add_orders(
                [
                    (
                        f"{place:011}",
                        0,
                        "Eva Nováková",
                        "46297.38",
                        "46300.48",
                        place,
                        "card",
                        0,
                        place,
                        0,
                        place,
                        0,
                    )
                    for place in range(start, start + 10_000)
                ]
            )
        book.close([])

    rows = read(path)

    assert len(rows) == 200_000
    assert sum(row.total or 0 for row in rows) == sum(range(200_000))


def test_an_export_over_several_sheets_is_read_as_one(tmp_path: Path) -> None:
    path = tmp_path / "two.xlsx"
    with path.open("wb") as out, translation.override("en"):
        book = ExportWorkbook(out, words=export_words(), currency="CZK", at=BEFORE, most_rows=2)
        book.add_orders(
            [(f"N{place}", 0, "x", "1", "1", 100, "card", 0, 85, 0, place, 0) for place in range(5)]
        )
        book.close([])

    rows = read(path)

    assert [row.number for row in rows] == ["N0", "N1", "N2", "N3", "N4"]
    assert len({row.position for row in rows}) == 5, "each place is one row's"


def test_notes_above_the_heading_and_titles_in_another_language_do_not_matter(tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.worksheets[0]
    for row in (["Please invoice these:"], [], [f"název {place}" for place in range(14)], order_row("A")):
        sheet.append(row)
    book.save(tmp_path / "notes.xlsx")

    assert [(row.position, row.number) for row in read(tmp_path / "notes.xlsx")] == [(4, "A")]


def test_the_orders_are_found_whatever_sheet_comes_first(tmp_path: Path) -> None:
    book = Workbook()
    book.worksheets[0].append(["my notes"])
    left_out = book.create_sheet("Not included")
    left_out.append(list(TITLES[:9]))
    left_out.append(["GONE", 1, None, "Lost", 100, "CZK", "Lost", "lost", ""])
    orders = book.create_sheet("Orders")
    orders.append(list(TITLES))
    orders.append(order_row("A"))
    book.save(tmp_path / "mixed.xlsx")

    assert [row.number for row in read(tmp_path / "mixed.xlsx")] == ["A"]


def test_columns_right_of_the_amounts_may_be_gone(tmp_path: Path) -> None:
    path = saved_by_excel(tmp_path / "narrow.xlsx", order_row("A")[:8], titles=TITLES[:8])

    assert read(path) == [Row(2, "A", 1210_00, 0, 1210_00)]


def test_an_export_without_orders_is_read_as_empty(tmp_path: Path) -> None:
    assert read(saved_by_excel(tmp_path / "empty.xlsx")) == []


@pytest.mark.parametrize(
    "rows",
    [
        [["just", "a", "few", "words"]],
        [["Month", "Sales"], ["October", 12]],
        [list(TITLES[:9]), ["GONE", 1, None, "Lost", 100, "CZK", "Lost", "lost", ""]],
        [],
    ],
)
def test_another_workbook_is_refused_with_what_is_expected(rows: list[list[Any]], tmp_path: Path) -> None:
    book = Workbook()
    for row in rows:
        book.worksheets[0].append(row)
    book.save(tmp_path / "other.xlsx")

    assert "A order number, B COD amount" in refusal(tmp_path / "other.xlsx")
