"""What a PDF holds besides its pages: what acts on its own, what is embedded, what it says."""

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

from pypdf import PdfReader
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject, StreamObject

from marketplace.edocuments.content import PDF_WITHIN
from marketplace.edocuments.facts import EDocument, Unread
from marketplace.edocuments.reading import read
from marketplace.edocuments.xml import parse

MOST_BYTES = 25 << 20
MOST_OBJECTS = 50_000
MOST_PAGES_READ = 20
MOST_SIGNS = 100_000

INVOICE_NAMES = frozenset(
    {"factur-x.xml", "zugferd-invoice.xml", "zugferd_invoice.xml", "xrechnung.xml", "order-x.xml"}
)
"""Files by which a PDF is also an electronic invoice."""

ACTIONS = {
    "/JavaScript": "JavaScript",
    "/Launch": "Launch",
    "/ImportData": "ImportData",
    "/SubmitForm": "SubmitForm",
    "/GoToE": "GoToE",
    "/RichMediaExecute": "RichMedia",
}
_RAW = re.compile(rb"/(JavaScript|JS|Launch|EmbeddedFiles?|RichMedia)(?![A-Za-z])")
_ESCAPED = re.compile(rb"#([0-9A-Fa-f]{2})")


@dataclass(frozen=True, slots=True)
class PdfLook:
    """What a file that calls itself a PDF is; ``active`` names what in it acts or is hidden."""

    is_pdf: bool
    active: tuple[str, ...] = ()
    pages: int = 0
    encrypted: bool = False
    broken: bool = False
    text: str = field(default="", repr=False)


def look(data: bytes, *, with_text: bool = True) -> PdfLook:
    """Look through a PDF; what cannot be read is told, never raised."""
    if b"%PDF-" not in data[:PDF_WITHIN]:
        return PdfLook(is_pdf=False)
    try:
        reader = PdfReader(BytesIO(data[:MOST_BYTES]))
        if reader.is_encrypted and not reader.decrypt(""):
            return PdfLook(True, _raw(data), encrypted=True)
        active = tuple(sorted(set(_active(reader))))
        pages = len(reader.pages)
        return PdfLook(True, active, pages, reader.is_encrypted, False, _text(reader) if with_text else "")
    except Exception:  # whatever a stranger's PDF makes its reader stumble over, it is the PDF's fault
        return PdfLook(True, _raw(data), broken=True)


def read_pdf(data: bytes) -> EDocument | None:
    """The invoice embedded in a PDF, None where there is none.

    :raises Unread: if there is one that cannot be taken.
    """
    found = None
    with suppress(Exception):
        reader = PdfReader(BytesIO(data[:MOST_BYTES]))
        if not reader.is_encrypted or reader.decrypt(""):
            found = next((content for name, content in _embedded(reader) if name in INVOICE_NAMES), None)
    return None if found is None else read(found)


def _text(reader: PdfReader) -> str:
    said: list[str] = []
    for page in reader.pages[:MOST_PAGES_READ]:
        with suppress(Exception):
            said.append(page.extract_text())
    return "\n".join(said)[:MOST_SIGNS].encode("utf-8", "replace").decode()


def _active(reader: PdfReader) -> Iterator[str]:
    for thing in _objects(reader):
        yield from _acts(thing)
    for name, content in _embedded(reader):
        if name not in INVOICE_NAMES or not _is_xml(content):
            yield "EmbeddedFile"


def _acts(thing: DictionaryObject) -> Iterator[str]:
    action = thing.get("/S")
    if isinstance(action, str) and action in ACTIONS:
        yield ACTIONS[action]
    if "/JS" in thing:
        yield "JavaScript"
    if thing.get("/Subtype") in {"/RichMedia", "/3D", "/Movie", "/Screen"}:
        yield "RichMedia"
    if "/XFA" in thing:
        yield "XFA"


def _objects(reader: PdfReader) -> Iterator[DictionaryObject]:
    """Every dictionary in the file, whether or not anything points at it, and those within it."""
    numbers = [(number, generation) for generation, some in reader.xref.items() for number in some]
    numbers += [(number, 0) for number in reader.xref_objStm]
    seen = 0
    for number, generation in numbers[:MOST_OBJECTS]:
        stack: list[Any] = [_resolved(reader, number, generation)]
        while stack and seen < 20 * MOST_OBJECTS:
            thing = stack.pop()
            seen += 1
            if isinstance(thing, DictionaryObject):
                yield thing
                stack.extend(thing.values())
            elif isinstance(thing, ArrayObject):
                stack.extend(thing)


def _resolved(reader: PdfReader, number: int, generation: int) -> object:
    with suppress(Exception):
        return reader.get_object(IndirectObject(number, generation, reader))
    return None


def _embedded(reader: PdfReader) -> Iterator[tuple[str, bytes]]:
    """The names and contents of all files that are embedded, by tree, annotation or association."""
    for thing in _objects(reader):
        files = thing.get("/EF")
        files = files.get_object() if files is not None else None
        if isinstance(files, DictionaryObject):
            name = str(thing.get("/UF") or thing.get("/F") or "").rpartition("/")[2].lower()
            stream = next((files[key] for key in ("/F", "/UF") if key in files), None)
            yield name, _content(stream)


def _content(stream: object) -> bytes:
    with suppress(Exception):
        if isinstance(stream, StreamObject):
            return stream.get_data()
    return b""


def _is_xml(content: bytes) -> bool:
    try:
        parse(content)
    except Unread:
        return False
    return True


def _raw(data: bytes) -> tuple[str, ...]:
    """What the bytes themselves name, where the file cannot be opened."""
    plain = _ESCAPED.sub(lambda found: bytes([int(found[1], 16)]), data[:MOST_BYTES])
    named = {found[1].decode() for found in _RAW.finditer(plain)}
    short = {"JS": "JavaScript", "EmbeddedFiles": "EmbeddedFile"}
    return tuple(sorted({short.get(name, name) for name in named}))
