"""Which PDF shows which XML document, among files that came together."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from marketplace.edocuments.facts import EDocument, Syntax
from marketplace.edocuments.naming import read_name

SHORTEST = 4
SHOWN_NUMBER = re.compile(
    r"(?<![A-Z0-9])([FBE](?=[A-Z]{0,2}[0-9])[A-Z0-9]{3})\s*[-–]\s*(?:N[°º.o]*\s*)?0*(\d{1,8})(?!\d)", re.I
)
"""A receipt's number as papers print it: F001-00000012, "E001 - 170"."""


@dataclass(frozen=True, slots=True)
class Xml:
    """A document that could be read: its place among the files, its file's name, what it says."""

    key: int
    name: str
    document: EDocument


@dataclass(frozen=True, slots=True)
class Pdf:
    """A PDF: its place among the files, its name, and its text where it has any."""

    key: int
    name: str
    text: str = ""


@dataclass(slots=True)
class Pairing:
    """Which PDF goes with which document, which PDFs show another one, and what is left over.

    ``unclear``: documents and PDFs are left of which none can be told to belong to another.
    """

    pairs: dict[int, int] = field(default_factory=dict)
    differs: set[int] = field(default_factory=set)
    lone_xmls: list[int] = field(default_factory=list)
    lone_pdfs: list[int] = field(default_factory=list)
    unclear: bool = False


def pair(xmls: Sequence[Xml], pdfs: Sequence[Pdf]) -> Pairing:
    """Pair documents with PDFs: by name, else by the number in the PDF's name or text, else the last two
    left are a pair; one whose text shows another number is none.
    """
    left_xmls, left_pdfs = {each.key: each for each in xmls}, {each.key: each for each in pdfs}
    found = Pairing()
    for belongs in (_same_name, _named_after, _shows):
        while _pair_some(belongs, left_xmls, left_pdfs, found.pairs):
            pass
    if len(left_xmls) == len(left_pdfs) == 1:
        (xml,), (pdf,) = left_xmls.values(), left_pdfs.values()
        found.pairs[xml.key] = pdf.key
        left_xmls, left_pdfs = {}, {}
    found.lone_xmls, found.lone_pdfs = sorted(left_xmls), sorted(left_pdfs)
    found.unclear = bool(left_xmls and left_pdfs)
    found.differs = _differing(found.pairs, xmls, pdfs)
    return found


def _pair_some(
    belongs: Callable[[Xml, Pdf], bool], xmls: dict[int, Xml], pdfs: dict[int, Pdf], pairs: dict[int, int]
) -> bool:
    """Pair what belongs to just one; whether there was any, since what is left may be clearer now."""
    before = len(pairs)
    for xml in list(xmls.values()):
        fitting = [each for each in pdfs.values() if belongs(xml, each)]
        if len(fitting) == 1:
            pairs[xml.key] = fitting[0].key
            del xmls[xml.key], pdfs[fitting[0].key]
    return len(pairs) > before


def name_differs(name: str, document: EDocument) -> bool:
    """Whether a file is named after another document than the one it holds."""
    told = read_name(name)
    if told is None or document.syntax != Syntax.SUNAT:
        return False
    said = (told.tax_id, told.type_code, told.series, told.serial)
    return said != document.identity


def _differing(pairs: Mapping[int, int], xmls: Sequence[Xml], pdfs: Sequence[Pdf]) -> set[int]:
    texts = {each.key: each.text for each in pdfs}
    return {
        pairs[xml.key]
        for xml in xmls
        if xml.key in pairs and shows_another(texts[pairs[xml.key]], xml.document)
    }


def shows_another(text: str, document: EDocument) -> bool:
    """Whether a PDF's text shows receipts' numbers, and the document's is not among them."""
    shown = _numbers(text) if document.syntax == Syntax.SUNAT else set()
    own = (document.series.upper(), document.serial.lstrip("0"))
    # A note names its original too, so a number of another is no proof while our own is there.
    return bool(shown) and own not in shown


def _same_name(xml: Xml, pdf: Pdf) -> bool:
    return _stem(xml.name) == _stem(pdf.name) != ""


def _named_after(xml: Xml, pdf: Pdf) -> bool:
    document = xml.document
    told = read_name(pdf.name)
    if told is not None:
        return (told.tax_id, told.type_code, told.series, told.serial) == document.identity
    own = (document.series.upper(), document.serial.lstrip("0"))
    return bool(document.series) and own in _numbers(_stem(pdf.name).upper())


def _shows(xml: Xml, pdf: Pdf) -> bool:
    document = xml.document
    if not document.series:
        number = rf"(?<![0-9A-Z]){re.escape(document.number.upper())}(?![0-9A-Z])"
        return len(document.number) >= SHORTEST and re.search(number, pdf.text.upper()) is not None
    return (document.series.upper(), document.serial.lstrip("0")) in _numbers(pdf.text)


def _stem(name: str) -> str:
    plain = re.split(r"[/\\]", name)[-1].casefold().strip()
    return re.sub(r"(\.(xml|pdf))+$", "", plain)


def _numbers(text: str) -> set[tuple[str, str]]:
    return {(series.upper(), serial.lstrip("0")) for series, serial in SHOWN_NUMBER.findall(text)}
