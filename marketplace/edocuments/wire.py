"""What was read of one file, as a line of JSON between the process that reads and the one that asks."""

from dataclasses import dataclass
from pathlib import Path

from pydantic import TypeAdapter

from marketplace.edocuments.content import Content
from marketplace.edocuments.facts import EDocument, Fault
from marketplace.edocuments.pdf import PdfLook


@dataclass(frozen=True, slots=True)
class Read:
    """What was read of one file: what it is, what it says, and the fault for which it was not taken.

    A document with a fault is what the file says all the same; nothing may be booked by it.
    """

    path: Path
    kind: Content
    document: EDocument | None = None
    fault: Fault | None = None
    detail: str = ""
    pdf: PdfLook | None = None
    sha256: str = ""


_READ, _DOCUMENT = TypeAdapter(Read), TypeAdapter(EDocument)


def read_to_line(read: Read) -> bytes:
    """What was read, as one line."""
    return _READ.dump_json(read) + b"\n"


def line_to_read(line: bytes) -> Read:
    """What was read, from its line."""
    return _READ.validate_json(line)


def document_to_json(document: EDocument) -> str:
    """A document as text that can be stored."""
    return _DOCUMENT.dump_json(document).decode()


def json_to_document(text: str) -> EDocument:
    """A document from its stored text."""
    return _DOCUMENT.validate_json(text)
