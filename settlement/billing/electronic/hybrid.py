"""A PDF for people that holds the XML for machines: Factur-X."""

import re
from datetime import UTC, datetime
from io import BytesIO

from facturx import generate_from_binary
from pypdf import PdfReader, PdfWriter
from pypdf.generic import DictionaryObject, NameObject, StreamObject, TextStringObject

PROFILE = "en16931"
CREATOR = "Saldo"

_CLAIM = re.compile(rb'pdfaid:part="3" pdfaid:conformance="([ABU])"')


class NotArchivable(ValueError):
    """A PDF does not claim to be PDF/A-3, so it may not hold files by that standard."""


def embed(pdf: bytes, xml: bytes, *, title: str, author: str, language: str, at: datetime) -> bytes:
    """A PDF/A-3 with a Cross Industry Invoice attached as ``factur-x.xml``: the same bytes for the same
    facts.

    :raises NotArchivable: if WeasyPrint did not write it as a variant of PDF/A-3 (``pdf/a-3a``).
    """
    claim = _CLAIM.search(_about(PdfReader(BytesIO(pdf))))
    if claim is None:
        raise NotArchivable(title)
    told = {"title": title, "author": author, "subject": title, "keywords": ""}
    hybrid = generate_from_binary(
        pdf, xml, flavor="factur-x", level=PROFILE, check_xsd=False, pdf_metadata=told, lang=language
    )
    return _dated(hybrid, at.astimezone(UTC), claim[1])


def _about(reader: PdfReader) -> bytes:
    metadata = reader.xmp_metadata
    return b"" if metadata is None else metadata.stream.get_data()


def _dated(pdf: bytes, at: datetime, conformance: bytes) -> bytes:
    """The PDF as of a moment, where the package that attaches takes its own clock, and with the conformance
    it had, of which that package claims the least.
    """
    writer = PdfWriter(clone_from=BytesIO(pdf))
    day = f"D:{at:%Y%m%d%H%M%S}+00'00'"
    writer.add_metadata({"/CreationDate": day, "/ModDate": day, "/Creator": CREATOR})
    names = writer.root_object["/Names"]["/EmbeddedFiles"]["/Names"]  # type: ignore[index]
    parameters: DictionaryObject = names[1]["/EF"]["/F"]["/Params"]
    parameters[NameObject("/ModDate")] = TextStringObject(day)
    about = writer.root_object["/Metadata"].get_object()
    assert isinstance(about, StreamObject)
    text = about.get_data()
    text = re.sub(rb"(<xmp:\w+Date>)[^<]*", rb"\g<1>" + f"{at:%Y-%m-%dT%H:%M:%S+00:00}".encode(), text)
    text = re.sub(rb"(<xmp:CreatorTool>)[^<]*", rb"\g<1>" + CREATOR.encode(), text)
    about.set_data(re.sub(rb"(<pdfaid:conformance>)B", rb"\g<1>" + conformance, text))
    dated = BytesIO()
    writer.write(dated)
    return dated.getvalue()
