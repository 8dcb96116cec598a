"""One file for people and machines: the PDF holds the XML."""

from dataclasses import replace
from datetime import UTC, datetime
from io import BytesIO

import pytest
from pypdf import PdfReader

from marketplace.edocuments.pdf import read_pdf
from settlement.billing.electronic.cii import write_cii
from settlement.billing.electronic.hybrid import NotArchivable, embed
from settlement.documents.printing import lay_out
from tests.billing.electronic import invoice

# WeasyPrint leaves the colour profile of an archive's PDF to be closed by Python.
pytestmark = pytest.mark.filterwarnings("ignore:.*sRGB2014.icc:pytest.PytestUnraisableExceptionWarning")

HEAD = "<head><meta charset='utf-8'><title>Faktura</title></head>"
PAGE = f"<html lang='cs'>{HEAD}<body><h1>Faktura</h1></body></html>"
AT = datetime(2026, 3, 29, 0, 30, tzinfo=UTC)


def paper(variant: str = "pdf/a-3a") -> bytes:
    pdf: bytes = lay_out(PAGE).write_pdf(pdf_variant=variant)
    return pdf


def hybrid(pdf: bytes, xml: bytes) -> bytes:
    return embed(pdf, xml, title="Faktura CZ-B-2026-000002", author="Marketplace a.s.", language="cs", at=AT)


def test_machines_read_in_the_pdf_what_people_see() -> None:
    told = invoice(deposits=(100_01, 33_33))
    xml = write_cii(told)
    pdf = hybrid(paper(), xml)

    assert PdfReader(BytesIO(pdf)).attachments["factur-x.xml"] == [xml]
    document = read_pdf(pdf)
    assert document is not None
    assert (document.number, document.gross) == (told.reference, 133_34)


def test_the_pdf_stays_one_for_archives_and_for_people_who_listen_to_it() -> None:
    reader = PdfReader(BytesIO(hybrid(paper(), write_cii(invoice()))))

    metadata = reader.xmp_metadata
    assert metadata is not None
    said = metadata.stream.get_data()
    assert b"<pdfaid:part>3<" in said
    assert b"<pdfaid:conformance>A<" in said
    assert b"<fx:ConformanceLevel>EN 16931<" in said
    root = reader.root_object
    assert str(root["/Lang"]) == "cs"
    assert "/StructTreeRoot" in root
    assert "/OutputIntents" in root


def test_the_same_invoice_makes_the_same_file_dated_as_it_was_issued() -> None:
    pdf, xml = paper(), write_cii(invoice())
    first = hybrid(pdf, xml)

    assert hybrid(pdf, xml) == first
    metadata = PdfReader(BytesIO(first)).metadata
    assert metadata is not None
    assert metadata.creation_date == AT
    assert hybrid(pdf, write_cii(replace(invoice(), reference="CZ-B-2026-000003"))) != first


def test_a_pdf_that_is_not_made_for_archives_is_not_called_one() -> None:
    with pytest.raises(NotArchivable):
        hybrid(paper("pdf/ua-1"), write_cii(invoice()))
