"""What a file is by its content, and what its name says."""

import gzip
import zipfile
from io import BytesIO

import pytest
from openpyxl import Workbook

from marketplace.edocuments.content import Content, kind_of
from marketplace.edocuments.naming import FileName, read_name
from tests.edocuments.builders import sunat
from tests.edocuments.papers import pdf


def zipped(name: str) -> bytes:
    target = BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr(name, "x")
    return target.getvalue()


def workbook() -> bytes:
    target = BytesIO()
    Workbook().save(target)
    return target.getvalue()


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        *(
            (sunat(), Content.XML),
            (b"\xef\xbb\xbf" + sunat(), Content.XML),
            (sunat(encoding="UTF-16"), Content.XML),
        ),
        *((b"\n\n <a/>", Content.XML), (b"<!-- x --><a/>", Content.XML)),
        *((pdf(), Content.PDF), (b"junk before\n" + pdf(), Content.PDF)),
        *(
            (workbook(), Content.WORKBOOK),
            (zipped("a.xml"), Content.ARCHIVE),
            (zipped("word/a"), Content.ARCHIVE),
        ),
        *((gzip.compress(b"x"), Content.ARCHIVE), (b"Rar!\x1a\x07\x00", Content.ARCHIVE)),
        *((b"7z\xbc\xaf\x27\x1c", Content.ARCHIVE), (b"-----BEGIN PKCS7-----\n", Content.ARCHIVE)),
        (b"\x30\x82\x01\x00\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02", Content.ARCHIVE),
        *((b"\x89PNG\r\n\x1a\n", Content.IMAGE), (b"\xff\xd8\xff\xe0", Content.IMAGE)),
        (b"Received: from x\r\nFrom: a@b.c\r\n\r\nhi", Content.MESSAGE),
        (b"From a@b Sun May 8\nReturn-Path: <a@b>\nTo: c@d\n\nhi", Content.MESSAGE),
        *((b"Dear Sirs,", Content.TEXT), (b"<html><body>", Content.TEXT), (b"<!DOCTYPE html>", Content.TEXT)),
        *((b"", Content.EMPTY), (b" \r\n\t", Content.EMPTY), (b"\0\1\2\3binary", Content.OTHER)),
    ],
)
def test_a_file_is_known_by_its_first_bytes(head: bytes, expected: Content) -> None:
    assert kind_of(head) == expected
    assert kind_of(head, "misleading.pdf") == expected


def test_an_old_workbook_needs_its_name_where_its_first_bytes_say_little() -> None:
    ole = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 100

    assert kind_of(ole, "a.XLS") == Content.WORKBOOK
    assert kind_of(ole, "a.msg") == Content.OTHER


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("20606433094-01-F001-1.XML", FileName("20606433094", "01", "F001", "1")),
        ("20606433094-03-B001-00000012.pdf", FileName("20606433094", "03", "B001", "12")),
        ("C:\\mail\\20606433094-07-fc01-3 (1).xml", FileName("20606433094", "07", "FC01", "3")),
        ("20606433094-01-0001-5", FileName("20606433094", "01", "0001", "5")),
        *(
            (name, None)
            for name in ("R-20606433094-01-F001-1.xml", "20606433094-09-T001-1.xml", "factura.xml", "")
        ),
        *((name, None) for name in ("20606433094-RC-20260101-1.xml", "20606433094-01-F001-0.xml")),
    ],
)
def test_the_name_of_a_receipts_file_says_what_is_within(name: str, expected: FileName | None) -> None:
    assert read_name(name) == expected
