"""UBL and CII invoices of everybody else."""

import pytest

from marketplace.edocuments.facts import Fault, Kind, Syntax, Unread
from marketplace.edocuments.reading import read
from tests.edocuments.builders import cii, tax_total, ubl


def fault(data: bytes) -> tuple[Fault, str]:
    with pytest.raises(Unread) as refused:
        read(data)
    return refused.value.fault, refused.value.detail


def ubl_sums(currency: str = "EUR", **amounts: str) -> str:
    return "".join(f'<cbc:{n} currencyID="{currency}">{a}</cbc:{n}>' for n, a in amounts.items())


def cii_sums(**amounts: str) -> str:
    return "".join(f"<r:{name}>{amount}</r:{name}>" for name, amount in amounts.items())


def test_an_invoice_of_ubl_is_read_with_its_prepaid_amount_and_all_its_orders() -> None:
    document = read(ubl())

    assert (document.number, document.issued_on.isoformat()) == ("2026/0815", "2026-10-05")
    assert (document.net, document.vat, document.gross, document.payable) == (200_00, 42_00, 242_00, 192_00)
    assert [(rate.vat_bp, rate.net, rate.vat) for rate in document.rates] == [(21_00, 200_00, 42_00)]
    assert (document.supplier.name, document.supplier.tax_id) == ("Bohemia & syn", "CZ25596641")
    assert document.orders == ("PO-7", "CZ-1", "CZ-2")
    assert (document.lines[0].quantity, document.lines[0].vat_bp, document.lines[0].order) == (
        *("4.5", 21_00),
        "CZ-2",
    )
    assert document.identity == ("CZ25596641", "2026/0815")


@pytest.mark.parametrize(
    ("root", "code", "kind"),
    [
        *(
            ("Invoice", "380", Kind.INVOICE),
            ("Invoice", "384", Kind.INVOICE),
            ("Invoice", "389", Kind.INVOICE),
        ),
        *(
            ("CreditNote", "381", Kind.CREDIT),
            ("CreditNote", "", Kind.CREDIT),
            ("Invoice", "381", Kind.CREDIT),
        ),
        *(("Invoice", "383", Kind.DEBIT), ("CreditNote", "261", Kind.CREDIT)),
    ],
)
def test_what_a_document_is_follows_from_its_code_and_root(root: str, code: str, kind: Kind) -> None:
    assert read(ubl(root=root, code=code)).kind == kind


def test_vat_told_again_in_another_currency_is_not_counted() -> None:
    taxes = tax_total("EUR", "42.00", ("200", "42", "S", "21")) + tax_total("CZK", "1050.00")

    assert read(ubl(taxes=taxes)).vat == 42_00


def test_vat_told_twice_in_the_same_currency_is_counted_once() -> None:
    taxes = tax_total("EUR", "42.00", ("200", "42", "S", "21")) + tax_total("EUR", "42.00")

    assert read(ubl(taxes=taxes)).vat == 42_00


def test_one_total_for_each_tax_is_added_up() -> None:
    taxes = tax_total("EUR", "40.00", ("200", "40", "S", "20")) + tax_total(
        "EUR", "2", ("200", "2", "S", "1")
    )

    assert read(ubl(taxes=taxes)).vat == 42_00


@pytest.mark.parametrize("category", ["Z", "E", "AE", "K", "G", "O"])
def test_categories_without_vat_are_of_rate_zero_whatever_percent_they_name(category: str) -> None:
    taxes = tax_total("EUR", "0.00", ("200", "0.00", category, "21" if category == "E" else ""))
    totals = ubl_sums(TaxExclusiveAmount="200", TaxInclusiveAmount="200", PayableAmount="200")

    document = read(ubl(taxes=taxes, totals=totals))

    assert [(rate.vat_bp, rate.net, rate.vat) for rate in document.rates] == [(0, 200_00, 0)]


def test_a_rate_that_is_not_told_follows_from_its_amounts() -> None:
    taxes = tax_total("EUR", "42.00", ("200", "42", "S", ""))

    assert read(ubl(taxes=taxes)).rates[0].vat_bp == 21_00


def test_amounts_of_a_credit_note_stay_as_they_are_told() -> None:
    totals = ubl_sums(TaxExclusiveAmount="-200", TaxInclusiveAmount="-242", PayableAmount="-242.00")
    taxes = tax_total("EUR", "-42.00", ("-200", "-42", "S", "21"))

    document = read(ubl(root="CreditNote", code="381", totals=totals, taxes=taxes))

    assert (document.net, document.vat, document.payable) == (-200_00, -42_00, -242_00)


@pytest.mark.parametrize(("currency", "payable", "minor"), [("JPY", "242", 242_00), ("HUF", "242.0", 242_00)])
def test_currencies_without_coins_are_kept_in_hundredths_too(currency: str, payable: str, minor: int) -> None:
    totals = ubl_sums(currency, PayableAmount=payable)

    assert read(ubl(currency=currency, totals=totals)).payable == minor


def test_thousandths_of_a_dinar_are_refused_unless_they_are_idle() -> None:
    assert read(ubl(currency="KWD", totals=ubl_sums("KWD", PayableAmount="242.340"))).payable == 242_34
    assert fault(ubl(currency="KWD", totals=ubl_sums("KWD", PayableAmount="242.345"))) == (
        Fault.BAD_AMOUNT,
        "242.345",
    )


def test_totals_that_do_not_add_up_are_refused() -> None:
    totals = ubl_sums(TaxExclusiveAmount="200", TaxInclusiveAmount="250", PayableAmount="250")

    assert fault(ubl(totals=totals)) == (Fault.SUM_DIFFERS, "")


def test_what_is_payable_in_another_currency_instead_is_not_looked_at() -> None:
    totals = ubl_sums(PayableAmount="242.00") + ubl_sums("CZK", PayableAlternativeAmount="6050.00")

    assert read(ubl(totals=totals)).payable == 242_00


def test_what_is_missing_is_worked_out_from_what_is_told() -> None:
    document = read(ubl(totals=ubl_sums(PayableAmount="242.00")))

    assert (document.net, document.vat, document.gross) == (200_00, 42_00, 242_00)


def test_totals_in_another_currency_are_refused() -> None:
    totals = ubl_sums("CZK", PayableAmount="242.00")

    assert fault(ubl(totals=totals)) == (Fault.MIXED_CURRENCY, "CZK / EUR")


def test_an_invoice_of_colombia_is_none_of_perus_and_its_exempt_lines_count() -> None:
    totals = ubl_sums(LineExtensionAmount="300", TaxExclusiveAmount="200", PayableAmount="342.00")
    data = ubl(code="01", totals=totals, more="<cbc:ProfileID>DIAN 2.1: Factura</cbc:ProfileID>")

    document = read(data)

    assert (document.syntax, document.net, document.vat, document.gross) == (
        *(Syntax.UBL, 300_00),
        *(42_00, 342_00),
    )


def test_an_invoice_of_cii_is_read() -> None:
    document = read(cii())

    assert (document.kind, document.number, document.issued_on.isoformat()) == (
        *(Kind.INVOICE, "RE-0815"),
        "2026-10-05",
    )
    assert (document.net, document.vat, document.gross, document.payable) == (200_00, 42_00, 242_00, 242_00)
    assert (document.supplier.tax_id, document.supplier.scheme) == ("CZ25596641", "VA")
    assert (document.orders, document.originals, document.notes) == (
        *(("CZ-1", "CZ-2"), ("RE-0700",)),
        ("Thank you",),
    )
    assert [(line.name, line.quantity, line.net, line.vat_bp) for line in document.lines] == [
        ("Lamp", "2", 200_00, 21_00)
    ]


def test_a_credit_note_of_cii_is_told_by_its_code() -> None:
    assert read(cii(code="381")).kind == Kind.CREDIT


def test_what_was_paid_ahead_is_not_payable() -> None:
    sums = cii_sums(
        TaxBasisTotalAmount="200", GrandTotalAmount="242", TotalPrepaidAmount="42", DuePayableAmount="200"
    )

    document = read(cii(sums=sums))

    assert (document.vat, document.gross, document.payable) == (42_00, 242_00, 200_00)


def test_a_rounded_amount_to_pay_is_as_the_invoice_says() -> None:
    sums = cii_sums(
        TaxBasisTotalAmount="200",
        GrandTotalAmount="242.02",
        RoundingAmount="-0.02",
        DuePayableAmount="242.00",
    )

    assert read(cii(sums=sums)).payable == 242_00


def test_the_first_zugferd_is_refused_by_its_version() -> None:
    old = b'<r:CrossIndustryDocument xmlns:r="urn:ferd:CrossIndustryDocument:invoice:1p0"/>'

    assert fault(old) == (Fault.WRONG_VERSION, "1p0")


@pytest.mark.parametrize(
    ("told", "left", "expected"),
    [
        (b"<r:ID>RE-0815</r:ID>", b"<r:ID> </r:ID>", Fault.BAD_NUMBER),
        (b">20261005<", b"><", Fault.BAD_DATE),
        (b">EUR<", b">euro<", Fault.BAD_CURRENCY),
        (b">242.00</r:Due", b">nothing</r:Due", Fault.BAD_AMOUNT),
    ],
)
def test_a_missing_or_malformed_fact_is_a_fault_of_its_own(told: bytes, left: bytes, expected: Fault) -> None:
    assert fault(cii().replace(told, left))[0] == expected
