"""What an order is in an ERP: its lines to the cent, its items, its buyer, its mark."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sellers.erp.alegra.reading import company_of
from sellers.erp.alegra.writing import contact_json
from sellers.erp.port import Tax
from sellers.erp.rules.buyers import COMPANY, PERSON, Customer, Defaults, buyer_of
from sellers.erp.rules.catalogue import Known, Matches, SkuIs, matches_for
from sellers.erp.rules.causes import CannotInvoice, Cause
from sellers.erp.rules.choosing import states_of
from sellers.erp.rules.lines import Mapped, Sold, lines_of, total_of
from sellers.erp.rules.marks import LONGEST_NOTE, Marked, mark_of, marked, orders_marked

IVA = Tax("3", "IVA", 1900, "IVA")
ZERO = Tax("1", "IVA", 0, "IVA")
MAPPED = Mapped(Matches({"TV": "10", "CAP": "11"}), "90", "91", {1900: IVA, 0: ZERO}, use_taxes=True)


def goods(sku: str, price: int, quantity: int = 1, vat: int = 1900) -> Sold:
    return Sold("goods", sku, sku, quantity, price, vat)


def test_prices_are_net_and_the_sum_is_the_orders_to_the_cent() -> None:
    sold = [goods("TV", 99_99, 3), Sold("shipping", "", "Delivery", 1, 12_10, 1900)]

    lines = lines_of(sold, MAPPED, total=312_07)

    assert [(line.item_id, line.tax_id, line.quantity) for line in lines] == [("10", "3", 3), ("90", "3", 1)]
    assert lines[0].price == Decimal("84.02521")
    assert total_of(lines) == 312_07


def test_a_discount_is_shared_by_the_goods_and_never_by_the_delivery() -> None:
    sold = [
        goods("TV", 100_00),
        goods("CAP", 50_00),
        Sold("shipping", "", "Delivery", 1, 10_00, 1900),
        Sold("discount", "", "Autumn", 1, 10_00, None),
    ]

    lines = lines_of(sold, MAPPED, total=150_00)

    assert [line.discount > 0 for line in lines] == [True, True, False]
    assert total_of(lines) == 150_00


def test_a_discount_beyond_the_goods_is_told_not_guessed() -> None:
    with pytest.raises(CannotInvoice) as refusal:
        lines_of([goods("TV", 5_00), Sold("discount", "", "Gift", 1, 6_00, None)], MAPPED, total=0)
    assert refusal.value.cause == Cause.TOTAL_DIFFERS


def test_without_taxes_prices_are_taken_as_final() -> None:
    plain = Mapped(MAPPED.items, "90", "91", {}, use_taxes=False)

    (line,) = lines_of([goods("TV", 99_99)], plain, total=99_99)

    assert (line.price, line.tax_id) == (Decimal("99.99"), "")


@pytest.mark.parametrize(
    ("sold", "cause", "about"),
    [
        (goods("GONE", 1_00), Cause.SKU_MISSING, "GONE"),
        (goods("", 1_00), Cause.NO_SKU, ""),
        (goods("TV", 1_00, vat=500), Cause.TAX_MISSING, "5 %"),
    ],
)
def test_what_has_no_counterpart_is_named(sold: Sold, cause: Cause, about: str) -> None:
    with pytest.raises(CannotInvoice) as refusal:
        lines_of([sold], MAPPED, total=1_00)
    assert (refusal.value.cause, refusal.value.about) == (cause, about)


def test_delivery_and_cod_fee_need_their_items() -> None:
    bare = Mapped(Matches({}), "", "", {1900: IVA}, use_taxes=True)
    for kind, cause in (("shipping", Cause.SHIPPING_ITEM), ("cod_fee", Cause.COD_ITEM)):
        with pytest.raises(CannotInvoice) as refusal:
            lines_of([Sold(kind, "", "x", 1, 1_00, 1900)], bare, total=1_00)
        assert refusal.value.cause == cause


PRICES = st.lists(st.tuples(st.integers(1, 5_000_000), st.integers(1, 40)), min_size=1, max_size=12)


@given(
    prices=PRICES,
    rates=st.lists(st.sampled_from([1900, 0]), min_size=12, max_size=12),
    off=st.integers(0, 100),
)
def test_any_order_comes_to_the_cent(prices: list[tuple[int, int]], rates: list[int], off: int) -> None:
    sold = [goods("TV", price, count, vat) for (price, count), vat in zip(prices, rates, strict=False)]
    gross = sum(line.gross for line in sold)
    discount = gross * off // 100
    total = gross - discount

    lines = lines_of([*sold, Sold("discount", "", "Off", 1, discount, None)], MAPPED, total=total)

    assert total_of(lines) == total


def test_a_matched_sku_comes_before_the_catalogue_and_variants_are_refused_by_reference() -> None:
    catalogue = [Known("1", "TV", "590"), Known("2", "TV", "591")]

    by_barcode = matches_for(["590"], remembered={}, catalogue=catalogue, by=SkuIs.BARCODE)
    assert by_barcode.item_of("590") == "1"
    by_reference = matches_for(["TV"], remembered={}, catalogue=catalogue, by=SkuIs.REFERENCE)
    with pytest.raises(CannotInvoice) as refusal:
        by_reference.item_of("TV")
    assert refusal.value.cause == Cause.VARIANT
    matched = matches_for(["TV"], remembered={"TV": "2"}, catalogue=catalogue, by=SkuIs.REFERENCE)
    assert matched.item_of("TV") == "2"


def customer(**told: str) -> Customer:
    values = dict.fromkeys(Customer.__slots__, "") | {"name": "Eva Ruiz"}
    return Customer(**(values | told))


DEFAULTS = Defaults("sin@correo.example", "000", "CC", "222222222222", "", "COMMON_REGIME")


def test_a_company_is_invoiced_by_its_nit_with_the_check_digit_apart() -> None:
    told = customer(company="Cóndor S.A.S.", tax_id="800197268-4", email="c@condor.example")

    buyer = buyer_of(told, DEFAULTS, country="CO")

    assert (buyer.name, buyer.id_type, buyer.identification, buyer.check_digit) == (
        "Cóndor S.A.S.",
        "NIT",
        "800197268",
        "4",
    )
    assert (buyer.kind_of_person, buyer.email, buyer.phone) == (COMPANY, "c@condor.example", "000")


def test_nine_digits_are_a_nit_without_its_check_digit_also_where_the_last_would_fit() -> None:
    buyer = buyer_of(customer(company="X", tax_id="900123455"), DEFAULTS, country="CO")

    assert len(buyer.identification) == 9
    assert buyer.identification == "900123455"
    assert len(buyer.check_digit) == 1


@pytest.mark.parametrize("number", ["8001972684", "131234567", "30-71234567-1", "B12345674"])
def test_where_companies_have_other_numbers_theirs_is_told_as_it_is(number: str) -> None:
    buyer = buyer_of(customer(company="X", tax_id=number), DEFAULTS, country="DO")

    told = contact_json(buyer)

    assert told["identification"] == number
    assert "identificationObject" not in told


def test_who_has_no_document_gets_the_default_one_or_none() -> None:
    buyer = buyer_of(customer(), DEFAULTS, country="CO")
    assert (buyer.identification, buyer.id_type, buyer.kind_of_person) == ("222222222222", "CC", PERSON)

    with pytest.raises(CannotInvoice) as refusal:
        buyer_of(customer(), Defaults("", "", "", "", "", ""), country="CO")
    assert refusal.value.cause == Cause.NO_DOCUMENT


def test_nobodys_own_name_or_address_stands_on_what_all_without_a_document_share() -> None:
    private = customer(email="eva@example.com", phone="+57300", street="Calle 1", city="Cali", company="Eva")

    buyer = buyer_of(private, DEFAULTS, country="CO")

    assert (buyer.name, buyer.email, buyer.phone) == ("Consumidor final", "sin@correo.example", "000")
    assert (buyer.street, buyer.city, buyer.zip) == ("", "", "")
    assert buyer_of(private, DEFAULTS, country="PE").name == "Clientes varios"
    assert buyer_of(private, DEFAULTS, country="MX").name == "Público en general"


@pytest.mark.parametrize("number", ["-", ".", "–", "0", "000-0", "  "])
def test_what_names_nobody_is_no_document_and_no_two_buyers_share_one_contact_by_it(number: str) -> None:
    anybody = buyer_of(customer(id_type="CC", id_number=number), DEFAULTS, country="CO")

    assert (anybody.name, anybody.identification) == ("Consumidor final", "222222222222")
    told = customer(id_type="CC", id_number="52888001", tax_id=number)
    assert buyer_of(told, DEFAULTS, country="CO").identification == "52888001"
    with pytest.raises(CannotInvoice) as refusal:
        buyer_of(customer(id_number=number), Defaults("", "", "", "", "", ""), country="CO")
    assert refusal.value.cause == Cause.NO_DOCUMENT


def test_a_mark_is_found_again_whatever_stands_around_it() -> None:
    note = marked(mark_of(Marked("CO", "10085339302")), "paid by card " * 100)

    assert len(note) <= LONGEST_NOTE
    assert orders_marked(["", note, "[Saldo a b]"]) == [("CO", "10085339302")]
    assert orders_marked(["Saldo 10085339302"]) == []


@pytest.mark.parametrize("number", ["A 12", "[7]", "100 %", "Č/2026-1", "x" * 32, "ů" * 32])
def test_whatever_a_shop_calls_its_order_its_mark_is_read_back(number: str) -> None:
    order = Marked("CZ", number)
    assert orders_marked([marked(mark_of(order), "paid by card " * 100)]) == [order]


def test_no_status_chosen_stands_for_all_of_them() -> None:
    assert states_of(["completed"]) == ["delivered"]
    assert set(states_of([])) == {
        "open",
        "shipping",
        "shipped",
        "delivered",
        "cancelled",
        "blocked",
        "returned",
        "lost",
    }


@pytest.mark.parametrize(
    ("version", "country"),
    [("colombia", "CO"), ("costaRica", "CR"), ("republicaDominicana", "DO"), ("Somewhere else", "")],
)
def test_a_companys_country_is_its_editions_and_never_guessed(version: str, country: str) -> None:
    assert company_of({"name": "Andina", "applicationVersion": version}).country == country


def test_a_document_the_law_does_not_know_is_never_named_as_one_it_knows() -> None:
    curp = customer(id_type="CURP", id_number="HEGG560427MVZRRL04")

    buyer = buyer_of(curp, DEFAULTS, country="MX")

    assert buyer.identification == "222222222222"
    assert buyer_of(customer(id_type="C.C.", id_number="52888001"), DEFAULTS, country="CO").id_type == "CC"


@pytest.mark.parametrize(
    ("country", "tax_id", "kind"),
    [
        ("MX", "HEGG560427MV0", "PERSON_ENTITY"),
        ("MX", "AAA010101AAA", "LEGAL_ENTITY"),
        ("PE", "10456789123", "PERSON_ENTITY"),
        ("PE", "20100070970", "LEGAL_ENTITY"),
        ("CO", "8001972684", "LEGAL_ENTITY"),
    ],
)
def test_a_tax_id_tells_a_person_from_a_company_where_the_law_does(
    country: str, tax_id: str, kind: str
) -> None:
    assert buyer_of(customer(tax_id=tax_id), DEFAULTS, country=country).kind_of_person == kind


def test_a_discount_is_written_in_two_places_and_the_sum_is_exact_all_the_same() -> None:
    sold = [goods("TV", 99_99, 3), Sold("discount", "", "Off", 1, 10_01, None)]

    (line,) = lines_of(sold, MAPPED, total=289_96)

    assert line.discount == Decimal("3.33")
    assert total_of([line]) == 289_96
