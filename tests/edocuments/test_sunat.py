"""Receipts of Peru: every fact, and one exact fault for what is wrong."""

import pytest

from marketplace.edocuments.facts import Fault, Kind, Signature, Unread
from marketplace.edocuments.reading import read
from tests.edocuments.builders import RUC, sunat


def fault(data: bytes) -> tuple[Fault, str]:
    with pytest.raises(Unread) as refused:
        read(data)
    return refused.value.fault, refused.value.detail


@pytest.mark.parametrize("encoding", ["UTF-8", "ISO-8859-1", "windows-1252", "UTF-16"])
def test_a_factura_is_read_in_any_encoding_it_may_be_written_in(encoding: str) -> None:
    document = read(sunat(encoding=encoding))

    assert (document.kind, document.type_code) == (Kind.INVOICE, "01")
    assert (document.number, document.series, document.serial) == ("F001-00000123", "F001", "123")
    assert document.identity == (RUC, "01", "F001", "123")
    assert (document.issued_on.isoformat(), document.currency) == ("2026-10-05", "PEN")
    assert (document.net, document.vat, document.gross, document.payable) == (100_00, 18_00, 118_00, 118_00)
    assert (document.supplier.name, document.supplier.tax_id) == ("Compañía S.A.", RUC)
    assert (document.customer.scheme, document.customer.tax_id) == ("6", "20131312955")
    assert document.orders == ("PE-100017",)
    assert document.notes == ("CIENTO DIECIOCHO",)
    assert document.signature == Signature.UNSIGNED
    (line,) = document.lines
    assert (line.name, line.sku, line.quantity, line.net, line.vat_bp) == (
        *("Lámpara", "LAMP-1", "2"),
        *(100_00, 18_00),
    )


def test_a_boleta_to_a_private_person_is_a_receipt() -> None:
    document = read(sunat(code="03", number="B001-7", buyer=("1", "45288569"), order=""))

    assert document.kind == Kind.RECEIPT
    assert (document.customer.scheme, document.customer.tax_id) == ("1", "45288569")
    assert document.orders == ()


def test_padded_and_short_serials_are_one_receipt() -> None:
    assert read(sunat(number="F001-1")).identity == read(sunat(number="F001-00000001")).identity


def test_a_credit_note_names_its_original_without_the_blanks_of_the_portal() -> None:
    more = (
        "<cac:DiscrepancyResponse><cbc:ResponseCode>06</cbc:ResponseCode></cac:DiscrepancyResponse>"
        "<cac:BillingReference><cac:InvoiceDocumentReference><cbc:ID>E001 - 170</cbc:ID>"
        "</cac:InvoiceDocumentReference></cac:BillingReference>"
    )

    document = read(sunat(root="CreditNote", number="E001-27", more=more))

    assert (document.kind, document.type_code) == (Kind.CREDIT, "07")
    assert (document.reason_code, document.originals) == ("06", ("E001-170",))
    assert document.payable == 118_00


def test_a_debit_note_has_its_totals_elsewhere() -> None:
    document = read(sunat(root="DebitNote", number="FF01-9"))

    assert (document.kind, document.type_code, document.payable) == (Kind.DEBIT, "08", 118_00)


@pytest.mark.parametrize(
    ("code", "number"),
    [
        *(("01", "F0A1-99999999"), ("01", "E001-17"), ("01", "0001-5")),
        *(("03", "B001-1"), ("03", "EB01-2"), ("03", "12-3")),
    ],
)
def test_every_series_of_a_type_is_known(code: str, number: str) -> None:
    assert read(sunat(code=code, number=number)).number == number


@pytest.mark.parametrize(
    ("code", "number"),
    [
        *(("01", "B001-1"), ("03", "F001-1"), ("01", "F001-000000001"), ("01", "F001"), ("01", "")),
        *(("01", "f001-1"), ("01", "F001-0"), ("01", "F001-١"), ("03", "E001-1"), ("01", "F01-1")),
    ],
)
def test_a_number_of_another_form_is_refused(code: str, number: str) -> None:
    assert fault(sunat(code=code, number=number)) == (Fault.BAD_NUMBER, number)


def test_two_different_numbers_are_no_number() -> None:
    data = sunat().replace(b"<cbc:IssueDate>", b"<cbc:ID>F001-2</cbc:ID><cbc:IssueDate>")

    assert fault(data)[0] == Fault.BAD_NUMBER


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"version": "2.0"}, (Fault.WRONG_VERSION, "2.0")),
        ({"version": ""}, (Fault.WRONG_VERSION, "")),
        ({"code": "09"}, (Fault.WRONG_TYPE, "09")),
        ({"day": "2026-02-30"}, (Fault.BAD_DATE, "2026-02-30")),
        ({"day": "05/10/2026"}, (Fault.BAD_DATE, "05/10/2026")),
        ({"currency": "SOLES"}, (Fault.BAD_CURRENCY, "SOLES")),
        ({"payable": "118,00"}, (Fault.BAD_AMOUNT, "118,00")),
        ({"payable": "118.005"}, (Fault.BAD_AMOUNT, "118.005")),
        ({"payable": "-118.00"}, (Fault.BAD_AMOUNT, "-118.00")),
        ({"payable": "1e999999"}, (Fault.BAD_AMOUNT, "1e999999")),
        ({"payable": "NaN"}, (Fault.BAD_AMOUNT, "NaN")),
        ({"payable": ""}, (Fault.BAD_AMOUNT, "")),
        ({"payable": "120.01"}, (Fault.SUM_DIFFERS, "")),
        ({"ruc": "20100070971"}, (Fault.TAX_ID_WRONG, "20100070971")),
        ({"ruc": "12345678"}, (Fault.TAX_ID_WRONG, "12345678")),
        ({"ruc": ""}, (Fault.TAX_ID_MISSING, "")),
    ],
)
def test_what_is_wrong_is_one_exact_fault(change: dict[str, str], expected: tuple[Fault, str]) -> None:
    assert fault(sunat(**change)) == expected  # type: ignore[arg-type]


@pytest.mark.parametrize("payable", ["118", "118.0", "118.0000000000", "+118.00", "\n 118.00\n", "119.00"])
def test_the_amount_to_pay_has_any_number_of_idle_decimals_and_a_tolerance_of_one(payable: str) -> None:
    assert read(sunat(payable=payable)).payable == (119_00 if "119" in payable else 118_00)


def test_what_was_paid_ahead_and_taken_off_is_accounted_for() -> None:
    totals = (
        '<cbc:LineExtensionAmount currencyID="PEN">100.00</cbc:LineExtensionAmount>'
        '<cbc:TaxInclusiveAmount currencyID="PEN">118.00</cbc:TaxInclusiveAmount>'
        '<cbc:AllowanceTotalAmount currencyID="PEN">10.00</cbc:AllowanceTotalAmount>'
        '<cbc:PrepaidAmount currencyID="PEN">50.00</cbc:PrepaidAmount>'
    )

    document = read(sunat(totals=totals, payable="58.00"))

    assert (document.gross, document.payable) == (108_00, 58_00)


def test_amounts_of_another_currency_are_refused_but_a_deduction_in_soles_is_none_of_them() -> None:
    terms = '<cac:PaymentTerms><cbc:Amount currencyID="PEN">9</cbc:Amount></cac:PaymentTerms>'
    totals = '<cbc:TaxInclusiveAmount currencyID="PEN">118.00</cbc:TaxInclusiveAmount>'

    assert read(sunat(currency="USD", more=terms)).currency == "USD"
    assert fault(sunat(currency="USD", totals=totals)) == (Fault.MIXED_CURRENCY, "PEN / USD")


def test_a_document_with_a_wrong_tax_id_still_tells_what_it_says() -> None:
    with pytest.raises(Unread) as refused:
        read(sunat(ruc="20100070971"))

    assert refused.value.document is not None
    assert refused.value.document.number == "F001-00000123"


def test_of_several_ids_the_ruc_is_the_suppliers() -> None:
    other = b'<cac:PartyIdentification><cbc:ID schemeID="0">X</cbc:ID></cac:PartyIdentification>'
    data = sunat().replace(b"<cac:PartyIdentification>", other + b"<cac:PartyIdentification>", 1)

    assert read(data).supplier.tax_id == RUC


def test_an_order_may_be_named_among_the_other_papers() -> None:
    more = (
        "<cac:AdditionalDocumentReference><cbc:ID>PE-9</cbc:ID><cbc:DocumentTypeCode>99</cbc:DocumentTypeCode>"
        "</cac:AdditionalDocumentReference><cac:AdditionalDocumentReference><cbc:ID>F001-3</cbc:ID>"
        "<cbc:DocumentTypeCode>02</cbc:DocumentTypeCode></cac:AdditionalDocumentReference>"
    )

    assert read(sunat(order="", more=more)).orders == ("PE-9",)


def test_a_comment_within_a_value_does_not_cut_it_short() -> None:
    data = sunat().replace(b">118.00</cbc:PayableAmount>", b">118<!-- 9 -->.00</cbc:PayableAmount>")

    assert read(data).payable == 118_00


def test_elements_of_other_namespaces_are_not_facts() -> None:
    data = sunat().replace(
        b"<cbc:PayableAmount", b'<PayableAmount xmlns="urn:x">1.00</PayableAmount><cbc:PayableAmount'
    )

    assert read(data).payable == 118_00


@pytest.mark.parametrize(
    "root", ["SummaryDocuments", "VoidedDocuments", "ApplicationResponse", "DespatchAdvice"]
)
def test_papers_that_are_no_receipts_are_refused_by_name(root: str) -> None:
    assert fault(f'<x:{root} xmlns:x="urn:sunat:names"/>'.encode()) == (Fault.WRONG_ROOT, root)


def test_a_receipts_root_without_its_namespace_is_no_receipt() -> None:
    assert fault(b"<Invoice/>") == (Fault.WRONG_ROOT, "Invoice")
