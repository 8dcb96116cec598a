"""What a payer is given: the symbol, and a code his bank's app reads."""

import pytest
from lxml import etree
from stdnum import luhn

from settlement.payouts.bank_answers.references import variable_symbol_in
from settlement.payouts.symbols import LAST_SEQUENCE, payment_qr, qr_svg, variable_symbol
from tests.payouts.bank import OURS


def code(country: str, currency: str, amount_minor: int = 480_50, iban: str = "") -> str | None:
    return payment_qr(
        country=country,
        iban=iban or OURS[currency],
        amount_minor=amount_minor,
        currency=currency,
        symbol="100425",
        name="Meridián tržiště *a.s.*",
        message="Dluh z 11/2026 | zápočet",
    )


def test_symbols_differ_fit_ten_digits_and_tell_slips_of_the_pen() -> None:
    symbols = [variable_symbol(sequence) for sequence in (1, 2, 9, 10, 123_456, LAST_SEQUENCE)]

    assert len(set(symbols)) == len(symbols)
    assert all(len(symbol) <= 10 and luhn.is_valid(symbol) and symbol[0] != "0" for symbol in symbols)
    for wrong in (0, -1, LAST_SEQUENCE + 1):
        with pytest.raises(ValueError, match="no variable symbol"):
            variable_symbol(wrong)


def test_czech_apps_get_a_short_payment_descriptor() -> None:
    assert code("CZ", "CZK") == (
        "SPD*1.0*ACC:CZ6508000000192000145399*AM:480.50*CC:CZK*RN:Meridian trziste a.s.*X-VS:100425"
        "*MSG:Dluh z 11/2026 / zapocet"
    )


def test_polish_apps_get_the_banks_associations_nine_fields() -> None:
    assert code("PL", "PLN") == (
        "|PL|61109010140000071219812874|048050|Meridian trziste a.s|VS 100425 Dluh z 11/2026 / zapoc|||"
    )


def test_apps_in_the_euro_area_get_the_european_code() -> None:
    lines = (code("HR", "EUR", iban="HR1210010051863000160") or "").split("\n")

    assert lines == [
        "BCD",
        "002",
        "1",
        "SCT",
        "",
        "Meridian trziste a.s.",
        "HR1210010051863000160",
        "EUR480.50",
        "",
        "",
        "VS 100425 Dluh z 11/2026 / zapocet",
    ]


@pytest.mark.parametrize(
    ("country", "currency", "amount"),
    [
        ("SK", "EUR", 100),
        ("SI", "EUR", 100),
        ("HU", "HUF", 100),
        ("RO", "RON", 100),
        ("CZ", "CZK", 10_000_000_00),
        ("PL", "PLN", 10_000_00),
        ("HR", "EUR", 1_000_000_000_00),
    ],
)
def test_where_no_standard_carries_it_there_is_no_code(country: str, currency: str, amount: int) -> None:
    assert code(country, currency, amount) is None


@pytest.mark.parametrize(("country", "currency"), [("CZ", "CZK"), ("PL", "PLN"), ("HR", "EUR")])
def test_the_symbol_a_code_gives_is_the_one_we_find_again(country: str, currency: str) -> None:
    text = (code(country, currency) or "").replace("X-VS:", "VS:").replace("\n", " ")

    assert variable_symbol_in(structured=[], end_to_end="", text=text) == "100425"


@pytest.mark.parametrize(("symbol", "amount"), [("", 1), ("12345678901", 1), ("1a", 1), ("1", 0), ("1", -5)])
def test_a_code_asks_for_an_amount_with_a_symbol(symbol: str, amount: int) -> None:
    with pytest.raises(ValueError, match="cannot be asked for"):
        payment_qr(
            country="CZ",
            iban=OURS["CZK"],
            amount_minor=amount,
            currency="CZK",
            symbol=symbol,
            name="M",
            message="",
        )


def test_a_drawn_code_has_a_ground_of_its_own_a_title_and_no_styles() -> None:
    drawn = qr_svg(code("CZ", "CZK") or "", title="Pay <now>")

    root = etree.fromstring(drawn)
    assert root.get("class") == "qr"
    assert [element.get("fill") or element.get("stroke") for element in root.iterfind("{*}path")] == [
        "#fff",
        "#000",
    ]
    assert root.findtext("{*}title") == "Pay <now>"
    assert "style" not in drawn


def test_a_drawn_code_is_the_text_it_was_drawn_from() -> None:
    """Without a reader of pictures: the same text makes the same picture, another one another."""
    text = code("CZ", "CZK") or ""

    assert qr_svg(text) == qr_svg(text) != qr_svg(text.replace("480.50", "480.51"))


@pytest.mark.parametrize(
    ("structured", "end_to_end", "text", "symbol"),
    [
        (["VS:1234567890", "SS:1", "KS:0308"], "", "", "1234567890"),
        (["0000042"], "", "VS 7", "42"),
        (["RF18539007547034"], "", "", ""),
        (["RF971234567"], "", "", "1234567"),
        ([], "/VS1234567890/SS/KS", "VS 7", "1234567890"),
        ([], "VY-2026-1", "/VS0042/SS/KS", "42"),
        ([], "1234567", "", ""),
        ([], "", "vs: 42, faktura 2026001", "42"),
        ([], "", "VS42", "42"),
        ([], "", "0042", "42"),
        ([], "", "CVS 42", ""),
        ([], "", "VS 12345678901", ""),
        ([], "", "platba 42", ""),
        ([], "", "VS 0", ""),
        ([], "", "", ""),
    ],
)
def test_the_symbol_is_found_where_payers_and_banks_write_it(
    structured: list[str], end_to_end: str, text: str, symbol: str
) -> None:
    assert variable_symbol_in(structured=structured, end_to_end=end_to_end, text=text) == symbol
