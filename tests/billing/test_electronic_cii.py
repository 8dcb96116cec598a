"""Invoices of European markets as XML: what EN 16931 asks for, and the same cents as on paper."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from settlement.billing.electronic.checking import bundled_rules, check_rules, check_xsd
from settlement.billing.electronic.cii import write_cii
from settlement.billing.electronic.facts import (
    ElectronicInvoice,
    Incomplete,
    Kind,
    Line,
    Party,
    Preceding,
    Unbalanced,
)
from settlement.billing.electronic.reading_back import check_read_back
from settlement.billing.electronic.tax_ids import vat_id
from tests.billing.electronic import TAX_IDS, invoice, party, said, unpaid

EUROPE = sorted(set(TAX_IDS) - {"MX"})
CASES = [
    *((country, Kind.INVOICE, -1) for country in EUROPE),
    *(("HU", kind, rate) for kind in (Kind.CORRECTED, Kind.CREDIT_NOTE) for rate in (-1, 0)),
]


@pytest.mark.parametrize(("country", "kind", "vat_bp"), CASES)
def test_invoices_of_every_market_keep_the_rules_of_the_standard(
    country: str, kind: Kind, vat_bp: int
) -> None:
    deposits = (100_01, 33_33, 1, 99_999_99)
    xml = write_cii(unpaid(invoice(country, kind, deposits=deposits, vat_bp=vat_bp)))

    check_xsd(xml)
    check_rules(xml, rules=bundled_rules())


@given(
    country=st.sampled_from(EUROPE),
    kind=st.sampled_from(Kind),
    deposits=st.lists(st.integers(1, 10**11), min_size=1, max_size=40),
)
@settings(max_examples=60, deadline=None)
def test_whatever_the_deposits_every_cent_reads_back(country: str, kind: Kind, deposits: list[int]) -> None:
    told = invoice(country, kind, deposits=deposits)
    xml = write_cii(told)

    check_xsd(xml)
    check_read_back(xml, told)


@given(name=st.text(min_size=1), text=st.text())
@settings(max_examples=60, deadline=None)
def test_whatever_a_name_holds_the_xml_is_sound(name: str, text: str) -> None:
    told = invoice()
    told = replace(
        told,
        customer=party("CZ", f"N {name}"),
        lines=tuple(replace(line, text=f"D {text}") for line in told.lines),
        reason=text,
    )
    xml = write_cii(told)

    check_xsd(xml)
    check_read_back(xml, told)


def test_names_with_signs_of_markup_stay_what_they_are() -> None:
    told = replace(invoice(), customer=party("CZ", 'Žluťoučký <kůň> & "syn"\x00\x0b s.r.o.'))

    assert said(write_cii(told), "BuyerTradeParty/Name") == ['Žluťoučký <kůň> & "syn" s.r.o.']


def test_deposits_are_paid_before_and_leave_nothing_to_pay() -> None:
    xml = write_cii(invoice(deposits=(1210_00,)))

    assert said(xml, "TotalPrepaidAmount") == ["1210.00"]
    assert said(xml, "DuePayableAmount") == ["0.00"]


def test_what_is_left_to_pay_says_how_and_until_when() -> None:
    xml = write_cii(replace(unpaid(invoice()), due_on=date(2026, 4, 12)))

    assert said(xml, "DuePayableAmount") == ["1210.00"]
    assert said(xml, "SpecifiedTradePaymentTerms/Description") == ["Set off against the next payout"]
    assert said(xml, "DueDateDateTime/DateTimeString") == ["20260412"]


def test_an_invoice_to_pay_that_does_not_say_how_is_not_written() -> None:
    with pytest.raises(Incomplete) as refused:
        write_cii(replace(invoice(), paid=0))

    assert refused.value.missing == ("terms",)


def test_all_that_is_missing_is_named_at_once() -> None:
    nobody = Party("\x00", "", "", "", "", "", "")

    with pytest.raises(Incomplete) as refused:
        write_cii(replace(invoice(), customer=nobody, reference=" "))

    assert refused.value.missing == ("reference", "customer.name", "customer.country")


def test_a_credit_note_is_positive_and_names_every_invoice_it_credits_and_why() -> None:
    preceding = (Preceding("CZ-B-2026-000001", date(2026, 1, 31)), Preceding("A & B", date(2026, 2, 28)))
    told = replace(
        invoice(kind=Kind.CREDIT_NOTE), preceding=preceding, reason="Wrong tax id", reason_code="01"
    )
    xml = write_cii(told)

    assert said(xml, "ExchangedDocument/TypeCode") == ["381"]
    assert said(xml, "InvoiceReferencedDocument/IssuerAssignedID") == ["CZ-B-2026-000001", "A & B"]
    assert said(xml, "FormattedIssueDateTime/DateTimeString") == ["20260131", "20260228"]
    assert said(xml, "IncludedNote/Content") == ["01: Wrong tax id"]
    assert said(xml, "GrandTotalAmount") == ["1210.00"]


def test_a_corrected_invoice_says_that_it_is_one() -> None:
    assert said(write_cii(invoice(kind=Kind.CORRECTED)), "ExchangedDocument/TypeCode") == ["384"]


def test_an_invoice_is_dated_in_the_markets_own_time() -> None:
    assert said(write_cii(invoice()), "IssueDateTime/DateTimeString") == ["20260329"]


def test_what_is_taken_off_within_an_invoice_is_minus_one_piece() -> None:
    lines = (
        Line(1, "Deposit", 1000_00, 210_00, 1210_00),
        Line(2, "Part invoiced before", -100_00, -21_00, -121_00),
    )
    told = replace(invoice(), lines=lines, net=900_00, vat=189_00, gross=1089_00, paid=1089_00)
    xml = write_cii(told)

    check_rules(xml, rules=bundled_rules())
    check_read_back(xml, told)


@pytest.mark.parametrize(
    ("country", "tax_id", "vat"),
    [
        ("HU", "12345676-2-41", "HU12345676"),
        ("HU", "12345676241", "HU12345676"),
        ("CZ", "CZ 255 96 641", "CZ25596641"),
        ("PL", "526-000-12-46", "PL5260001246"),
        ("RO", "14399840", "RO14399840"),
        ("GR", "094259216", "EL094259216"),
        ("DE", "DE136695976", "DE136695976"),
        ("DE", "12/345/67890", ""),
        ("MX", "EKU9003173C9", ""),
        ("CZ", "", ""),
    ],
)
def test_a_national_tax_id_becomes_the_unions_where_it_is_one(country: str, tax_id: str, vat: str) -> None:
    assert vat_id(tax_id, country=country) == vat


def test_a_hungarian_tax_number_is_told_in_full_beside_the_vat_id() -> None:
    xml = write_cii(invoice("HU"))

    assert said(xml, "SellerTradeParty/SpecifiedTaxRegistration/ID") == ["HU12345676", "12345676-2-41"]
    assert said(xml, "BuyerTradeParty/SpecifiedTaxRegistration/ID") == ["HU12345676"]


def test_a_company_without_a_vat_id_is_known_by_its_national_number() -> None:
    small = replace(party("DE"), tax_id="12/345/67890")
    told = replace(invoice("DE"), supplier=small, customer=small)
    xml = write_cii(told)

    check_rules(xml, rules=bundled_rules())
    check_read_back(xml, told)


def zero(**changes: object) -> ElectronicInvoice:
    return replace(invoice(vat_bp=0), **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("told", "category"),
    [
        (invoice(), "S"),
        (zero(), "Z"),
        (zero(exemption="§ 51 of the VAT act"), "E"),
        (zero(customer=party("SK")), "AE"),
        (zero(customer=party("MX")), "Z"),
    ],
)
def test_where_there_is_no_vat_the_invoice_says_why(told: ElectronicInvoice, category: str) -> None:
    xml = write_cii(told)

    assert set(said(xml, "ApplicableTradeTax/CategoryCode")) == {category}
    check_rules(xml, rules=bundled_rules())


def test_lines_that_do_not_make_the_totals_are_no_invoice() -> None:
    with pytest.raises(Unbalanced):
        replace(invoice(), net=1, gross=1 + invoice().vat)
    with pytest.raises(Unbalanced):
        replace(invoice(), paid=1210_01)


def test_the_same_facts_make_the_same_bytes() -> None:
    assert write_cii(invoice()) == write_cii(invoice())
