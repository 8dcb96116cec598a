"""Invoices as the tax offices of Mexico, Poland and Hungary have them."""

import pytest

from marketplace.edocuments.facts import Fault, Kind, Unread
from marketplace.edocuments.reading import read
from tests.edocuments.builders import FA2, FA3, cfdi, ksef, nav, nav_part


def fault(data: bytes) -> tuple[Fault, str]:
    with pytest.raises(Unread) as refused:
        read(data)
    return refused.value.fault, refused.value.detail


def test_a_cfdi_is_read_with_what_was_withheld() -> None:
    document = read(cfdi())

    assert (document.number, document.series, document.serial) == ("A0017", "A", "0017")
    assert (document.net, document.vat, document.gross, document.payable) == (
        *(1_000_00, 160_00),
        *(1_160_00, 1_060_00),
    )
    assert [(rate.vat_bp, rate.net, rate.vat) for rate in document.rates] == [(16_00, 1_000_00, 160_00)]
    assert document.uid == "6F35D3B5-0000-5370-BC2C-14CDBE384CD7"
    assert (document.originals, document.reason_code) == (("AA-1",), "01")
    assert (document.lines[0].net, document.lines[0].sku) == (1_000_00, "S1")


def test_a_cfdi_without_a_folio_goes_by_its_stamp() -> None:
    assert read(cfdi(folio="")).number == "6F35D3B5-0000-5370-BC2C-14CDBE384CD7"


def test_a_cfdi_of_egress_is_a_credit_note() -> None:
    assert (read(cfdi(kind="E")).kind, read(cfdi(kind="E")).payable) == (Kind.CREDIT, 1_060_00)


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (cfdi(version="3.3", space="http://www.sat.gob.mx/cfd/3"), (Fault.WRONG_VERSION, "3.3")),
        (cfdi(version="3.3"), (Fault.WRONG_VERSION, "3.3")),
        (cfdi(kind="P"), (Fault.WRONG_TYPE, "P")),
        (cfdi(kind="T"), (Fault.WRONG_TYPE, "T")),
        (cfdi(kind=""), (Fault.WRONG_TYPE, "")),
        (cfdi(currency="XXX"), (Fault.BAD_CURRENCY, "XXX")),
        (cfdi(total="1160.00"), (Fault.SUM_DIFFERS, "")),
        (cfdi(total="1,060.00"), (Fault.BAD_AMOUNT, "1,060.00")),
        (cfdi(rfc="12345"), (Fault.TAX_ID_WRONG, "12345")),
        (cfdi(rfc=""), (Fault.TAX_ID_MISSING, "")),
    ],
)
def test_other_cfdis_are_refused_by_name(data: bytes, expected: tuple[Fault, str]) -> None:
    assert fault(data) == expected


@pytest.mark.parametrize(("space", "version"), [(FA2, "FA (2)"), (FA3, "FA (3)")])
def test_an_invoice_of_ksef_is_read(space: str, version: str) -> None:
    document = read(ksef(space=space))

    assert (document.version, document.kind, document.number) == (version, Kind.INVOICE, "FV/2/10/2026")
    assert (document.net, document.vat, document.gross, document.payable) == (116_00, 23_00, 139_00, 139_00)
    assert [(rate.vat_bp, rate.net, rate.vat) for rate in document.rates] == [
        *((23_00, 100_00, 23_00), (0, 16_00, 0))
    ]
    assert [line.vat_bp for line in document.lines] == [23_00, 0]
    assert document.orders == ("PL-1",)


@pytest.mark.parametrize(
    ("gross", "sign", "kind"), [("-139.00", "-", Kind.CREDIT), ("139.00", "", Kind.DEBIT)]
)
def test_a_correction_is_a_credit_or_debit_note_of_its_difference(gross: str, sign: str, kind: Kind) -> None:
    document = read(ksef(kind="KOR", gross=gross, sign=sign))

    assert (document.kind, document.originals) == (kind, ("FV/1",))
    assert (document.net, document.vat, document.gross, document.payable) == (116_00, 23_00, 139_00, 139_00)
    assert [line.net for line in document.lines] == [100_00, 16_00]


def test_lines_of_gross_prices_are_told_net() -> None:
    data = ksef().replace(b"<P_11>100.00</P_11>", b"<P_11A>123.00</P_11A>")

    assert read(data).lines[0].net == 100_00


def test_other_structures_of_ksef_are_refused_by_version() -> None:
    assert fault(ksef(space="http://crd.gov.pl/wzor/2021/11/29/11089/")) == (Fault.WRONG_VERSION, "FA (9)")
    assert fault(ksef(kind="RR")) == (Fault.WRONG_TYPE, "RR")
    assert fault(ksef(nip="526-025-02-74"))[0] == Fault.TAX_ID_WRONG


def test_an_invoice_of_nav_is_read() -> None:
    document = read(nav())

    assert (document.kind, document.number, document.currency) == (Kind.INVOICE, "SZ-4", "HUF")
    assert (document.net, document.vat, document.gross) == (1_000_00, 270_00, 1_270_00)
    assert (document.supplier.tax_id, document.customer.scheme) == ("10773381-2-44", "PRIVATE_PERSON")
    assert [(line.name, line.net, line.vat_bp) for line in document.lines] == [("Lámpa", 1_000_00, 27_00)]
    assert document.orders == ("HU-1",)


def test_a_modification_downwards_is_a_credit_note() -> None:
    document = read(nav(nav_part(original="SZ-1", net="-1000", vat="-270", gross="-1270")))

    assert (document.kind, document.originals, document.payable) == (Kind.CREDIT, ("SZ-1",), 1_270_00)
    assert document.rates[0].net == 1_000_00


def test_a_modification_upwards_is_a_debit_note() -> None:
    assert read(nav(nav_part(original="SZ-1"))).kind == Kind.DEBIT


def test_one_paper_that_modifies_several_invoices_is_their_sum() -> None:
    document = read(nav(nav_part(original="SZ-1", gross=""), nav_part(original="SZ-2", gross="")))

    assert (document.originals, document.gross, len(document.lines)) == (("SZ-1", "SZ-2"), 2_540_00, 2)


def test_a_simplified_invoice_tells_vat_as_a_part_of_its_gross_amount() -> None:
    simplified = (
        "<summarySimplified><vatRate><vatContent>0.2126</vatContent></vatRate>"
        "<vatContentGrossAmount>1270</vatContentGrossAmount></summarySimplified>"
    )

    document = read(nav(nav_part(more=simplified)))

    assert (document.net, document.vat, document.gross) == (1_000_00, 270_00, 1_270_00)
    assert document.rates[0].vat_bp == 27_00


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (nav(space="http://schemas.nav.gov.hu/OSA/2.0/"), (Fault.WRONG_VERSION, "2.0")),
        (
            b'<InvoiceAnnulment xmlns="http://schemas.nav.gov.hu/OSA/3.0/annul"/>',
            (Fault.WRONG_ROOT, "InvoiceAnnulment"),
        ),
        (b"PEludm9pY2VEYXRhLz4=", (Fault.NOT_XML, "Start tag expected, '<' not found, line 1, column 1")),
        (b'<InvoiceData xmlns="http://schemas.nav.gov.hu/OSA/3.0/data"/>', (Fault.BAD_CURRENCY, "")),
    ],
)
def test_what_is_no_invoice_of_nav_is_refused(data: bytes, expected: tuple[Fault, str]) -> None:
    assert fault(data) == expected
