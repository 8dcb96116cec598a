"""Looking at a zip from a stranger before anything opens it. Pure: no Django, no clock.

What is refused here is refused by a code; ``settlement.exports.wording`` has the words.
"""

import stat
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from zipfile import BadZipFile, ZipFile, ZipInfo

from settlement.exports.formats import BINARY_EXCEL, ENCRYPTED, NO_WORKBOOK, OPEN_DOCUMENT, mistaken_for

DAMAGED, SUSPICIOUS, TOO_LARGE = "damaged", "suspicious", "too_large"
_HEAD, _PROLOG = 64 * 1024, 4096
_SMALL = 64 * 1024
"""Parts up to this size may be packed as tightly as they like."""


class Refusal(Exception):
    """A workbook is not taken: the code of the reason, and where in it."""

    def __init__(self, code: str, **where: str | int) -> None:
        super().__init__(code)
        self.code, self.where = code, where


@dataclass(frozen=True, slots=True)
class Limits:
    """How large a workbook may be, and what reading it may take."""

    unpacked_bytes: int = 200 << 20
    rows: int = 1_048_575
    memory_bytes: int = 512 << 20
    cpu_seconds: int = 20
    parts: int = 2000
    ratio: int = 100


def inspect(path: Path, limits: Limits) -> None:
    """Look at a workbook's packing.

    :raises Refusal: if it is no .xlsx, or not one Excel or LibreOffice would write.
    """
    with path.open("rb") as file:
        if mistaken := mistaken_for(file.read(_HEAD)):
            raise Refusal(_told_apart(path, mistaken))
    try:
        with ZipFile(path) as archive:
            _look_at_parts(archive.infolist(), limits)
            _look_for_workbook({part.filename.lower() for part in archive.infolist()})
            _look_for_doctypes(archive)
    except (BadZipFile, EOFError, NotImplementedError, OSError, ValueError):
        raise Refusal(DAMAGED) from None


def _told_apart(path: Path, mistaken: str) -> str:
    """Old workbooks and encrypted new ones begin alike; what tells them apart may lie anywhere."""
    if mistaken == "old_excel" and "EncryptedPackage".encode("utf-16-le") in path.read_bytes():
        return ENCRYPTED
    return mistaken


def _look_at_parts(parts: list[ZipInfo], limits: Limits) -> None:
    if len(parts) > limits.parts or sum(part.file_size for part in parts) > limits.unpacked_bytes:
        raise Refusal(TOO_LARGE)
    if len({part.filename.casefold() for part in parts}) != len(parts):
        raise Refusal(SUSPICIOUS)
    for part in parts:
        if part.flag_bits & 1:
            raise Refusal(ENCRYPTED)
        if _is_odd(part) or part.file_size > max(_SMALL, limits.ratio * part.compress_size):
            raise Refusal(SUSPICIOUS)


def _is_odd(part: ZipInfo) -> bool:
    """Whether a part is a link, or its name leads out of the archive."""
    name = part.orig_filename
    outside = name.startswith("/") or "\\" in name or ":" in name or "\0" in name or ".." in name.split("/")
    return outside or stat.S_ISLNK(part.external_attr >> 16)


def _look_for_workbook(names: Iterable[str]) -> None:
    if "xl/workbook.xml" in names:
        return
    for name, code in (("xl/workbook.bin", BINARY_EXCEL), ("content.xml", OPEN_DOCUMENT)):
        if name in names:
            raise Refusal(code)
    raise Refusal(NO_WORKBOOK)


def _look_for_doctypes(archive: ZipFile) -> None:
    for part in archive.infolist():
        if part.file_size and part.filename.lower().endswith((".xml", ".rels")):
            with archive.open(part) as stream:
                if not _begins_plainly(stream.read(_PROLOG)):
                    raise Refusal(SUSPICIOUS)


def _begins_plainly(head: bytes) -> bool:
    """Whether nothing but declarations and comments stands before an XML part's root."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        head = head.decode("utf-16", "replace").encode()
    rest = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    while rest.startswith((b"<?", b"<!--")):
        _, found, rest = rest.partition(b"?>" if rest.startswith(b"<?") else b"-->")
        rest = rest.lstrip()
        if not found:
            return False
    return rest.startswith(b"<") and (rest[1:2].isalpha() or rest[1:2] == b"_")
