"""What a file is by its first bytes; its name only helps where those leave a doubt."""

import re
from enum import StrEnum

HEAD = 64 * 1024
"""How many of its first bytes are enough to tell."""


class Content(StrEnum):
    """What a file can be to us."""

    XML = "xml"
    PDF = "pdf"
    WORKBOOK = "workbook"
    ARCHIVE = "archive"
    IMAGE = "image"
    TEXT = "text"
    MESSAGE = "message"
    EMPTY = "empty"
    OTHER = "other"


BEGINNINGS = (
    (b"Rar!\x1a\x07", Content.ARCHIVE),
    (b"7z\xbc\xaf\x27\x1c", Content.ARCHIVE),
    (b"\x1f\x8b", Content.ARCHIVE),
    (b"BZh", Content.ARCHIVE),
    (b"\xfd7zXZ\0", Content.ARCHIVE),
    (b"\x78\x9f\x3e\x22", Content.ARCHIVE),  # Outlook's wrapping (TNEF, winmail.dat)
    (b"-----BEGIN PKCS7", Content.ARCHIVE),
    (b"-----BEGIN CMS", Content.ARCHIVE),
    (b"\x89PNG\r\n", Content.IMAGE),
    (b"\xff\xd8\xff", Content.IMAGE),
    (b"GIF8", Content.IMAGE),
    (b"II*\0", Content.IMAGE),
    (b"MM\0*", Content.IMAGE),
)
ZIP_BEGINNINGS = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
OLE_BEGINNING = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
SIGNED_DATA = b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07"
"""The object identifiers of PKCS #7, as they stand in DER."""

PDF_WITHIN = 1024
BLANKS = b" \t\r\n"

_HEADER = re.compile(rb"[A-Za-z][A-Za-z0-9-]{1,40}:[ \t][^\r\n]*\r?\n")
_MAIL_HEADERS = re.compile(
    rb"^(?:Received|Return-Path|From|To|Subject|MIME-Version|Message-ID|Date|Delivered-To):", re.M | re.I
)
_HTML = re.compile(rb"<(?:!doctype\s+html|html|head|body)\b", re.I)


def kind_of(head: bytes, name: str = "") -> Content:
    """What a file is, by its first bytes."""
    head = head[:HEAD]
    if not head.strip(BLANKS + b"\0\xef\xbb\xbf"):
        return Content.EMPTY
    for beginning, content in BEGINNINGS:
        if head.startswith(beginning):
            return content
    return _container(head, name.lower()) or _picture(head) or _written(head)


def _container(head: bytes, name: str) -> Content | None:
    if head.startswith(ZIP_BEGINNINGS):
        return Content.WORKBOOK if _is_workbook(head, name) else Content.ARCHIVE
    if head.startswith(OLE_BEGINNING):
        book = "Workbook".encode("utf-16-le") in head or name.endswith(".xls")
        return Content.WORKBOOK if book else Content.OTHER
    if head[:1] == b"\x30" and SIGNED_DATA in head[:64]:
        return Content.ARCHIVE
    return None


def _is_workbook(head: bytes, name: str) -> bool:
    if b"word/" in head or b"ppt/" in head:
        return False
    of_office = b"[Content_Types].xml" in head[:512] or b"_rels/.rels" in head[:512]
    sheets = b"xl/workbook" in head or b"xl/worksheets" in head or b"opendocument.spreadsheet" in head[:512]
    return sheets or (of_office and name.endswith((".xlsx", ".xlsm")))


def _picture(head: bytes) -> Content | None:
    webp = head[:4] == b"RIFF" and head[8:12] == b"WEBP"
    heic = head[4:8] == b"ftyp" and head[8:12] in {b"heic", b"heix", b"mif1", b"avif"}
    bitmap = head[:2] == b"BM" and head[6:10] == b"\0\0\0\0"
    return Content.IMAGE if webp or heic or bitmap else None


def _written(head: bytes) -> Content:
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip(BLANKS)
    if head[:2] in {b"\xff\xfe", b"\xfe\xff"} or head[:2] in {b"<\0", b"\0<"}:
        return Content.XML if b"<" in head[:8] else Content.TEXT
    if start[:1] == b"<" and not _HTML.match(start):
        return Content.XML if re.match(rb"<[?!A-Za-z_]", start) else Content.TEXT
    if b"%PDF-" in head[:PDF_WITHIN]:
        return Content.PDF
    if b"\0" in head:
        return Content.OTHER
    return Content.MESSAGE if _is_message(start) else Content.TEXT


def _is_message(start: bytes) -> bool:
    if start.startswith(b"From "):
        start = start.partition(b"\n")[2]
    return bool(_HEADER.match(start)) and len(_MAIL_HEADERS.findall(start[:8192])) > 1
