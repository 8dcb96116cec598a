"""What differs between an invoice and its document, and why."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from settlement.invoices.rules import Cause, Expected, Part, Sums, Told, compare, look_for

TODAY = date(2026, 11, 4)
EXPECTED = Expected(
    reference="CZ-2026-000001",
    currency="CZK",
    begun_on=date(2026, 10, 1),
    rates={2100: Sums(3205_00, 673_05, 4513_30)},
    orders={2100: (("A", 950_00), ("B", 1830_00), ("C", 425_00))},
)


def told(net: int = 3205_00, vat: int = 673_05, *, vat_bp: int = 2100, **changes: object) -> Told:
    facts: dict[str, object] = {
        "number": "FV1",
        "issued_on": date(2026, 11, 3),
        "currency": "CZK",
        "reference": "CZ-2026-000001",
        "rates": {vat_bp: Sums(net, vat)},
    }
    return Told(**(facts | changes))  # type: ignore[arg-type]


def causes(invoice: Told) -> list[tuple[Part, Cause, str]]:
    return [(each.part, each.cause, each.order) for each in compare(invoice, EXPECTED, today=TODAY)]


def test_an_invoice_that_equals_its_document_has_no_variance() -> None:
    assert compare(told(), EXPECTED, today=TODAY) == ()


def test_the_reference_may_be_written_small_and_with_blanks_around() -> None:
    assert compare(told(reference=" cz-2026-000001 "), EXPECTED, today=TODAY) == ()


def test_vat_rounded_line_by_line_is_recognised() -> None:
    assert causes(told(vat=673_07)) == [(Part.VAT, Cause.ROUNDED_PER_LINE, "")]


def test_an_order_that_is_missing_is_named() -> None:
    assert (Part.NET, Cause.ORDER_MISSING, "C") in causes(told(net=3205_00 - 425_00, vat=583_80))


def test_an_order_counted_twice_is_named() -> None:
    assert (Part.NET, Cause.ORDER_TWICE, "A") in causes(told(net=3205_00 + 950_00, vat=872_55))


def test_two_orders_that_could_be_the_cause_name_none() -> None:
    twins = Expected(
        EXPECTED.reference,
        EXPECTED.currency,
        EXPECTED.begun_on,
        {2100: Sums(200_00, 42_00)},
        {2100: (("A", 100_00), ("B", 100_00))},
    )

    (net, _vat) = compare(told(net=100_00, vat=21_00), twins, today=TODAY)

    assert (net.cause, net.order) == (Cause.UNKNOWN, "")


def test_the_customers_prices_are_recognised() -> None:
    assert (Part.NET, Cause.CUSTOMER_PRICE, "") in causes(told(net=3730_00, vat=783_30))


def test_the_amount_with_vat_entered_as_net_is_recognised() -> None:
    assert (Part.NET, Cause.GROSS_AS_NET, "") in causes(told(net=3878_05, vat=814_39))


def test_another_vat_rate_is_both_missing_and_unknown() -> None:
    found = causes(told(vat_bp=1200))

    assert (Part.NET, Cause.RATE_UNKNOWN, "") in found
    assert (Part.NET, Cause.RATE_MISSING, "") in found


def test_an_invoice_from_the_future_or_from_before_the_period_differs() -> None:
    assert causes(told(issued_on=date(2026, 11, 5))) == [(Part.ISSUED_ON, Cause.IN_THE_FUTURE, "")]
    assert causes(told(issued_on=date(2026, 9, 30))) == [(Part.ISSUED_ON, Cause.BEFORE_ITS_PERIOD, "")]


@given(net=st.integers(1, 10**9), vat=st.integers(0, 10**9))
def test_only_the_documents_own_amounts_pass(net: int, vat: int) -> None:
    passes = compare(told(net=net, vat=vat), EXPECTED, today=TODAY) == ()

    assert passes == ((net, vat) == (3205_00, 673_05))


def test_texts_are_found_however_the_paper_groups_them() -> None:
    text = "Faktura FV 2026/1\nRef.: CZ-2026-\n000001 celkem 3 878,05 Kc DIC CZ25596641"
    wanted = {"reference": "CZ-2026-000001", "gross": "3878.05", "tax_id": "CZ 25596641", "number": "FV-9"}

    found = look_for(wanted, text)

    assert found == {"reference": True, "gross": True, "tax_id": True, "number": False}


def test_a_file_without_text_is_neither_found_nor_missing() -> None:
    assert look_for({"reference": "X"}, None) == {"reference": None}
