"""Workbooks made to harm: refused, or read within bounds."""

import struct
import time
from collections.abc import Callable
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import pytest

from settlement.review.reading import read_workbook
from tests.review.reading import refusal
from tests.review.workbooks import (
    MAIN,
    package,
    plain_parts,
    zipped,
)

Damage = Callable[[dict[str, str | bytes]], None]


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
