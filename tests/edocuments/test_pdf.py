"""PDFs: what acts, what is embedded, and the invoice that may be within."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.edocuments.facts import Fault, Unread
from marketplace.edocuments.pdf import look, read_pdf
from tests.edocuments.builders import cii, sunat
from tests.edocuments.papers import pdf


def test_a_plain_pdf_has_pages_and_nothing_that_acts() -> None:
    seen = look(pdf())

    assert (seen.is_pdf, seen.active, seen.pages, seen.encrypted, seen.broken) == (True, (), 1, False, False)


def test_a_mark_may_stand_within_the_first_kilobyte_but_not_behind_it() -> None:
    assert look(b"\r\n" * 100 + pdf()).is_pdf
    assert not look(b" " * 1024 + pdf()).is_pdf
    assert not look(b"").is_pdf
    assert not look(sunat()).is_pdf


def test_a_script_is_seen() -> None:
    assert look(pdf(javascript="app.alert(1)")).active == ("JavaScript",)


def test_an_embedded_file_is_seen_but_an_invoices_own_xml_is_none() -> None:
    assert look(pdf(files={"virus.exe": b"MZ"})).active == ("EmbeddedFile",)
    assert look(pdf(files={"factur-x.xml": cii()})).active == ()
    assert look(pdf(files={"factur-x.xml": b"MZ, no XML"})).active == ("EmbeddedFile",)
    assert look(pdf(files={"factur-x.xml": cii(), "more.pdf": b"%PDF-"})).active == ("EmbeddedFile",)


@pytest.mark.parametrize(
    "name", ["factur-x.xml", "ZUGFeRD-invoice.xml", "zugferd-invoice.xml", "xrechnung.xml"]
)
def test_an_embedded_invoice_is_read(name: str) -> None:
    document = read_pdf(pdf(files={name: cii()}))

    assert document is not None
    assert (document.number, document.payable) == ("RE-0815", 242_00)


def test_no_embedded_invoice_is_no_fault_but_a_wrong_one_is() -> None:
    assert read_pdf(pdf()) is None
    assert read_pdf(pdf(files={"other.xml": cii()})) is None
    assert read_pdf(b"no PDF") is None
    with pytest.raises(Unread) as refused:
        read_pdf(pdf(files={"factur-x.xml": cii(due="1,00")}))
    assert refused.value.fault == Fault.BAD_AMOUNT


def test_a_pdf_that_needs_a_password_is_told_so() -> None:
    seen = look(pdf(password="secret"))

    assert (seen.is_pdf, seen.encrypted, seen.pages) == (True, True, 0)
    assert read_pdf(pdf(files={"factur-x.xml": cii()}, password="secret")) is None


def test_what_a_broken_pdf_names_is_seen_in_its_bytes() -> None:
    seen = look(b"%PDF-1.7\n1 0 obj << /S /Java#53cript /JS (x) >> endobj")

    assert (seen.is_pdf, seen.broken, seen.active) == (True, True, ("JavaScript",))


@given(st.integers(min_value=0), st.integers(min_value=0, max_value=300), st.binary(max_size=20))
def test_damaged_pdfs_are_answered(place: int, length: int, new: bytes) -> None:
    whole = pdf(javascript="x", files={"factur-x.xml": b"<a/>"})
    place %= len(whole)

    look(whole[:place] + new + whole[place + length :])
