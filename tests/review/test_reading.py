"""Reading workbooks people send: all rows or a reason, never a crash, a hang or a row lost."""

import struct
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import pytest
from django.utils import translation
from openpyxl import Workbook, load_workbook

from settlement.exports.wording import export_words
from settlement.exports.workbook import Workbook as ExportWorkbook
from settlement.review.reading import Unreadable, read_workbook
from settlement.review.rules import Row
from tests.cast import BEFORE
from tests.review.workbooks import (
    MAIN,
    TITLES,
    order_row,
    package,
    plain_parts,
    saved_by_excel,
    saved_by_libreoffice,
    zipped,
)

Damage = Callable[[dict[str, str | bytes]], None]


def quiet() -> None:
    """A heartbeat nobody listens to."""


def read(path: Path, **how: Any) -> list[Row]:
    with translation.override("en"):
        return read_workbook(path, quiet, **how)


def refusal(path: Path) -> str:
    with pytest.raises(Unreadable) as refused:
        read(path)
    return str(refused.value)


@pytest.fixture
def export(tmp_path: Path) -> Path:
    """A workbook as we write it, of three orders."""
    path = tmp_path / "export.xlsx"
    with path.open("wb") as out, translation.override("cs"):
        book = ExportWorkbook(out, words=export_words(), currency="CZK", at=BEFORE)
        book.add_orders(
            [
                ("10085339302", 0, "Eva", "46297.38", "46300.48", 1331_00, "card", 0, 1149_50, 0, 1, 0),
                ("00012", 2577_30, "=Jan", "46297.38", "46300.48", 2577_30, "cod", 2577_30, 2214_30, 0, 2, 0),
                ("-C", 0, "Petr", "46297.38", "46300.48", 605_00, "transfer", 0, 514_25, 1, 3, 0),
            ]
        )
        book.add_left_out([("GONE", "46297.38", None, "lost", 100_00, "lost", "")])
        book.close([])
    return path


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


@pytest.mark.parametrize(
    ("cell", "number"),
    [
        (10085339302, "10085339302"),
        (10085339302.0, "10085339302"),
        (" 42 ", "42"),
        ("'42", "42"),
        ("A-1", "A-1"),
    ],
)
def test_an_order_number_survives_what_spreadsheets_do_to_it(
    cell: object, number: str, tmp_path: Path
) -> None:
    path = saved_by_excel(tmp_path / "numbers.xlsx", order_row(cell))

    assert [row.number for row in read(path)] == [number]


@pytest.mark.parametrize(
    ("cell", "minor"),
    [
        (2577.3, 2577_30), (0.1 + 0.2, 30), (1234.5, 1234_50), (0, 0), (-12.01, -12_01), (None, None),
        ("1.234,50", 1234_50), ("1,234.50", 1234_50), ("1\u00a0234,5", 1234_50), ("1 234,50", 1234_50),
        ("-12", -12_00), ("12345,67", 12345_67), (999999999.99, 999999999_99),
    ],
)  # fmt: skip
def test_an_amount_is_read_exactly(cell: object, minor: int | None, tmp_path: Path) -> None:
    path = saved_by_excel(tmp_path / "amounts.xlsx", order_row("A", total=cell))

    assert [row.total for row in read(path)] == [minor]


@pytest.mark.parametrize(
    ("row", "told"),
    [
        (order_row("A", total=1.005), "row 3, column F: the amount has more than two decimals"),
        (order_row("A", to_pay="soon"), "row 3, column H: this is no amount"),
        (order_row("A", voucher=True), "row 3, column G: this is no amount"),
        (order_row(None), "row 3: the order number (column A) is missing"),
        (order_row(123456789012345678), "row 3: the order number was turned into a rounded number"),
        (order_row(datetime(2026, 10, 1)), "row 3: column A holds no order number"),
        (order_row(1.5), "row 3: column A holds no order number"),
    ],
)
def test_a_row_that_cannot_be_understood_is_named(row: list[Any], told: str, tmp_path: Path) -> None:
    path = saved_by_excel(tmp_path / "row.xlsx", order_row("FINE"), row)

    assert told in refusal(path)


def sum_row(total: int) -> list[Any]:
    return [None, 0, "Total:", None, None, total, 0, total]


def test_a_sum_added_below_is_no_order(tmp_path: Path) -> None:
    path = saved_by_excel(tmp_path / "sum.xlsx", order_row("A"), order_row("B"), [], sum_row(2420))

    assert [row.number for row in read(path)] == ["A", "B"]


def test_a_row_without_a_number_that_is_no_sum_is_not_dropped(tmp_path: Path) -> None:
    path = saved_by_excel(tmp_path / "no-sum.xlsx", order_row("A"), order_row("B"), sum_row(2419))

    assert "row 4" in refusal(path)


def test_orders_below_a_sum_are_not_dropped(tmp_path: Path) -> None:
    path = saved_by_excel(tmp_path / "below.xlsx", order_row("A"), sum_row(1210), order_row("B"))

    assert "row 3" in refusal(path)


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


class TestHostile:
    """What nobody saved with a spreadsheet."""

    def test_an_old_workbook_gets_advice(self, tmp_path: Path) -> None:
        (tmp_path / "old.xlsx").write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(5000))

        assert ".xls format" in refusal(tmp_path / "old.xlsx")

    def test_an_encrypted_workbook_is_told_apart(self, tmp_path: Path) -> None:
        content = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(90_000) + "EncryptedPackage".encode("utf-16-le")
        (tmp_path / "locked.xlsx").write_bytes(content)

        assert "password" in refusal(tmp_path / "locked.xlsx")

    @pytest.mark.parametrize(
        ("name", "told"),
        [("xl/workbook.bin", ".xlsb"), ("content.xml", ".ods"), ("word/document.xml", "no Excel workbook")],
    )
    def test_other_zips_are_told_apart(self, name: str, told: str, tmp_path: Path) -> None:
        assert told in refusal(zipped(tmp_path / "other.xlsx", {name: "<a/>"}))

    def test_a_text_file_gets_advice(self, tmp_path: Path) -> None:
        (tmp_path / "orders.xlsx").write_text("number;total\n1;2\n")

        assert "CSV" in refusal(tmp_path / "orders.xlsx")

    def test_a_truncated_workbook_is_refused(self, export: Path) -> None:
        export.write_bytes(export.read_bytes()[:-200])

        assert "damaged" in refusal(export)

    def test_a_damaged_sheet_is_refused(self, export: Path) -> None:
        content = bytearray(export.read_bytes())
        place = content.index(b"xl/worksheets/sheet1.xml") + 200
        content[place : place + 40] = bytes(40)
        export.write_bytes(content)

        assert "damaged" in refusal(export)

    def test_a_zip_bomb_is_not_unpacked(self, tmp_path: Path) -> None:
        parts = plain_parts(tmp_path) | {"xl/media/image1.bin": bytes(150 << 20)}
        path = zipped(tmp_path / "bomb.xlsx", parts)

        started = time.monotonic()
        assert "not one Excel or LibreOffice writes" in refusal(path)
        assert time.monotonic() - started < 10

    def test_a_workbook_larger_than_allowed_is_refused(self, tmp_path: Path) -> None:
        noise = (
            b"".join(struct.pack("<Q", place * 0x9E3779B97F4A7C15 % 2**64) for place in range(40_000)) * 90
        )
        parts = plain_parts(tmp_path) | {f"xl/media/image{place}.bin": noise for place in range(8)}
        path = tmp_path / "large.xlsx"
        with ZipFile(path, "w", ZIP_DEFLATED, compresslevel=1) as archive:
            for name, content in parts.items():
                archive.writestr(name, content)

        assert "too large" in refusal(path)

    def test_a_size_that_lies_does_not_fill_the_memory(self, tmp_path: Path) -> None:
        rows = f'<worksheet xmlns="{MAIN}"><sheetData>' + "<row><c><v>1</v></c></row>" * 12_000_000
        path = zipped(tmp_path / "lying.xlsx", package(rows))
        content = path.read_bytes()
        real = struct.pack("<I", len(rows))
        path.write_bytes(content.replace(real, struct.pack("<I", 5_000_000)))

        assert refusal(path)

    @pytest.mark.parametrize(
        "name", ["../../etc/cron.d/x", "/etc/passwd", "xl\\..\\..\\x", "C:/x", "xl/../../x"]
    )
    def test_names_that_lead_out_of_the_archive_are_refused(self, name: str, tmp_path: Path) -> None:
        path = zipped(tmp_path / "names.xlsx", plain_parts(tmp_path) | {name: "x"})

        assert "not one Excel or LibreOffice writes" in refusal(path)

    def test_two_parts_of_one_name_are_refused(self, tmp_path: Path) -> None:
        parts = plain_parts(tmp_path)
        path = zipped(tmp_path / "twins.xlsx", parts | {"XL/Workbook.xml": parts["xl/workbook.xml"]})

        assert "not one Excel or LibreOffice writes" in refusal(path)

    def test_a_link_is_refused(self, tmp_path: Path) -> None:
        path = zipped(tmp_path / "link.xlsx", plain_parts(tmp_path))
        link = ZipInfo("xl/link")
        link.external_attr = 0o120777 << 16
        with ZipFile(path, "a") as archive:
            archive.writestr(link, "/etc/passwd")

        assert "not one Excel or LibreOffice writes" in refusal(path)

    def test_thousands_of_parts_are_refused(self, tmp_path: Path) -> None:
        parts = plain_parts(tmp_path) | {f"xl/media/{place}": "x" for place in range(2001)}

        assert "too large" in refusal(zipped(tmp_path / "parts.xlsx", parts))

    @pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
    @pytest.mark.parametrize("before", ["", "<!-- " + "x" * 300 + " -->", "<!-- " + "x" * 9000 + " -->"])
    def test_a_document_type_is_refused(self, before: str, encoding: str, tmp_path: Path) -> None:
        entity = '<!DOCTYPE sst [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
        words = f'<sst xmlns="{MAIN}"><si><t>&a;</t></si></sst>'
        text = f'<?xml version="1.0" encoding="{encoding}"?>{before}{entity}{words}'
        parts = plain_parts(tmp_path) | {"xl/sharedStrings.xml": text.encode(encoding)}

        assert "not one Excel or LibreOffice writes" in refusal(zipped(tmp_path / "dtd.xlsx", parts))

    def test_a_cell_at_the_end_of_the_world_does_not_fill_the_memory(self, tmp_path: Path) -> None:
        sheet = (
            f'<worksheet xmlns="{MAIN}"><sheetData><row r="1"><c r="A1"><v>1</v></c></row>'
            '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData></worksheet>'
        )

        assert refusal(zipped(tmp_path / "far.xlsx", package(sheet)))

    def test_nothing_at_all_is_refused(self, tmp_path: Path) -> None:
        (tmp_path / "empty.xlsx").write_bytes(b"")

        assert "no Excel workbook" in refusal(tmp_path / "empty.xlsx")


def test_what_the_heartbeat_raises_ends_the_reading(export: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("marketplace.kernel.sandbox.LOOK_SECONDS", 0.01)

    def stop() -> None:
        raise InterruptedError

    with pytest.raises(InterruptedError):
        read_workbook(export, stop)


def test_a_reader_that_hangs_is_ended(export: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("settlement.review.reading.UPLOADED_SECONDS", 0)
    monkeypatch.setattr("marketplace.kernel.sandbox.LOOK_SECONDS", 0.01)

    assert "too large" in refusal(export)
