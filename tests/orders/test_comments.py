"""The comment that tells a voucher: written in six languages, read in as many, ours and others'."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from marketplace.orders.rules.comments import (
    PARTLY,
    VoucherNote,
    read_comment,
    settle_note,
    voucher_comment,
)
from marketplace.orders.rules.facts import Refused
from marketplace.orders.rules.invoice_notes import NOTES, InvoiceTexts, invoice_texts

PEPITA = "Pepita id: 3647119 – Atenție! Comandă achitată parțial cu voucher. Valoare voucher: 4690 HUF"
LANGUAGES = sorted(PARTLY)


def write(voucher: int = 4690_00, total: int = 25400_00, language: str = "en", currency: str = "HUF") -> str:
    return voucher_comment(
        source="Saldo", number="3647119", voucher=voucher, total=total, currency=currency, language=language
    )


def paid_by_voucher(value: str) -> str:
    return f"Pepita id: 3647119 – Attention! Order partially paid by voucher. Voucher value: {value}"


def test_a_part_paid_by_voucher_is_told_as_other_marketplaces_tell_it() -> None:
    assert write() == (
        "Saldo id: 3647119 – Attention! Order partially paid by voucher. Voucher value: 4690 HUF"
    )
    assert write(language="ro") == PEPITA.replace("Pepita", "Saldo")


def test_a_voucher_that_covers_all_needs_no_attention() -> None:
    assert write(total=4690_00) == "Saldo id: 3647119 – Order paid by voucher. Voucher value: 4690 HUF"


def test_without_a_voucher_there_is_no_comment() -> None:
    assert write(voucher=0) == ""


@pytest.mark.parametrize(
    ("language", "like"), [("ro-RO", "ro"), ("es-mx", "es"), ("de", "en"), ("", "en"), ("HU", "hu")]
)
def test_a_language_we_do_not_write_gets_english(language: str, like: str) -> None:
    assert write(language=language) == write(language=like)


def test_hundredths_are_written_only_where_there_are_some() -> None:
    assert write(voucher=46_90, currency="RON").endswith(": 46.90 RON")
    assert write(voucher=46_00, currency="RON").endswith(": 46 RON")


@given(
    language=st.sampled_from(LANGUAGES),
    voucher=st.integers(1, 10**11),
    rest=st.integers(0, 10**11),
    number=st.from_regex(r"[A-Z0-9]([A-Z0-9._/-]{0,10}[A-Z0-9])?", fullmatch=True),
    currency=st.sampled_from(["HUF", "RON", "PLN", "CZK", "EUR", "PEN", "MXN", "COP"]),
)
def test_what_we_write_we_read_back(
    language: str, voucher: int, rest: int, number: str, currency: str
) -> None:
    text = voucher_comment(
        source="Saldo",
        number=number,
        voucher=voucher,
        total=voucher + rest,
        currency=currency,
        language=language,
    )

    assert read_comment(text) == VoucherNote("Saldo", number, voucher, currency, partial=rest > 0)


@pytest.mark.parametrize(
    "text",
    [
        PEPITA,
        PEPITA.upper(),
        "pepita ID:3647119 - atentie! comanda achitata partial cu voucher. valoare voucher: 4690 huf",
        "Pepita id:3647119—Atenţie! Comandă achitată parțial cu voucher. Valoare voucher: 4\u2009690\u00a0Ft",
        "Ring.\nPepita id: 3647119 ‒ Attention! Order partially paid by voucher. Voucher value:4.690 Ft.",
        "Pepita id: 3647119 – ¡Atención! Pedido pagado parcialmente con vale. Valor del vale: 4,690 Ft",
        "Pepita id: 3647119 − Uwaga! Zamówienie częściowo opłacone bonem. Wartość bonu: 4\u202f690,00 HUF",
        "Pepita id: 3647119 – Figyelem! A rendelés részben utalvánnyal fizetve. Utalvány értéke: 4'690.0 Ft",
        "Pepita id: 3647119 – Pozor! Objednavka castecne uhrazena poukazem. Hodnota poukazu: 4690,- HUF",
        f"{PEPITA}. Attention! Order partially paid by voucher. Voucher value: 4690 HUF. Delivery: 990 HUF",
    ],
)
def test_foreign_comments_are_read_however_they_are_typed(text: str) -> None:
    note = read_comment(text)

    assert note is not None
    assert (note.source.lower(), note.order) == ("pepita", "3647119")
    assert (note.amount, note.currency, note.partial) == (4690_00, "HUF", True)


def test_a_comment_may_name_no_order() -> None:
    text = "Attention! Order partially paid by voucher. Voucher value: 4690 HUF"

    assert read_comment(text) == VoucherNote("", "", 4690_00, "HUF", partial=True)


@pytest.mark.parametrize(
    ("value", "minor", "currency"),
    [
        ("4690", 4690_00, "HUF"),
        ("46,90 lei", 46_90, "RON"),
        ("46.9 RON", 46_90, "RON"),
        ("1.234.567,89 Lei", 1234567_89, "RON"),
        ("1 234 567 zł", 1234567_00, "PLN"),
        ("1,234.50 PLN", 1234_50, "PLN"),
        ("899 Kč", 899_00, "CZK"),
        ("0,50 €", 50, "EUR"),
        ("120.00 PEN", 120_00, "PEN"),
    ],
)
def test_amounts_are_read_as_people_write_them(value: str, minor: int, currency: str) -> None:
    note = read_comment(paid_by_voucher(value if " " in value else f"{value} HUF"))

    assert note is not None
    assert (note.amount, note.currency) == (minor, currency)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Please leave it with the neighbour.",
        "Pepita id: 3647119",
        "Can I pay with a voucher next time?",
        "Voucher value: 4690 HUF",
        "The order was paid by card.",
        "Order unpaid by voucher. Total: 4690 HUF",
    ],
)
def test_a_comment_about_something_else_says_nothing_of_vouchers(text: str) -> None:
    assert read_comment(text) is None


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ("12 34 HUF", "no amount that can be read one way only"),
        ("1.234.5 HUF", "no amount that can be read one way only"),
        ("0.690 HUF", "no amount that can be read one way only"),
        ("4690.125 EUR", "no amount that can be read one way only"),
        ("0 HUF", "no value of a voucher"),
        ("99999999999999 HUF", "no value of a voucher"),
        ("4690 HUF or 5000 HUF", "names several values of a voucher: 4690.00 HUF, 5000.00 HUF"),
        ("4690 HUF (12 EUR)", "names several values"),
        ("-4690 HUF", "cannot be read"),
        ("HUF 4690", "cannot be read"),
        ("4690 $", "cannot be read"),
        ("4690 quid", "cannot be read"),
        ("4000–5000 HUF", "cannot be read"),
        ("", "cannot be read"),
        ("much", "cannot be read"),
        ("4690 HUF. Voucher value: 5000 HUF", "names several values"),
    ],
)
def test_a_value_that_is_not_clear_is_refused_in_words(value: str, reason: str) -> None:
    with pytest.raises(Refused) as refusal:
        read_comment(paid_by_voucher(value))

    assert reason in str(refusal.value)


def test_a_system_that_tells_no_value_is_refused() -> None:
    with pytest.raises(Refused, match="it says that a voucher paid, but not how much"):
        read_comment("Pepita id: 3647119 – Order paid by voucher.")


@given(st.text() | st.lists(st.sampled_from(f"{PEPITA} . , : - – 9 € id voucher".split(" "))).map(" ".join))
@example("id: " * 50)
@example("\u0344" * 50 + "id:ﷺ: 1 Ft")
def test_nothing_one_may_type_makes_it_fail(text: str) -> None:
    try:
        note = read_comment(text)
    except Refused:
        return
    assert note is None or note.amount > 0


@pytest.mark.parametrize(
    "piece", ["1", "1 ", "1.", "voucher value:", "id:", "id: 1 – paid voucher ", "\u0315\u0300", ":1 Ft"]
)
def test_a_comment_of_a_megabyte_is_answered(piece: str) -> None:
    text = paid_by_voucher("4690 HUF") + " " + piece * (10**6 // len(piece))

    try:
        note = read_comment(text)
    except Refused:
        return
    assert note is not None


def test_a_voucher_worth_as_much_as_the_order_leaves_nothing_to_collect() -> None:
    assert settle_note(4690_00, 4690_00) == 0
    assert settle_note(25400_00, 4690_00) == 20710_00


def test_a_voucher_worth_more_than_the_order_is_for_a_person() -> None:
    with pytest.raises(Refused) as refusal:
        settle_note(4000_00, 4690_00, "HUF")

    assert str(refusal.value) == (
        "voucher: 4690.00 HUF is more than the order's 4000.00 HUF; a person must decide what it paid"
    )


def test_the_invoice_keeps_its_gross_and_asks_for_less() -> None:
    texts = invoice_texts(25400_00, 4690_00, "HUF", "ro")

    assert texts == InvoiceTexts(
        gross=25400_00,
        voucher=4690_00,
        due=20710_00,
        note="Din totalul facturii, 4.690 Ft a fost achitat cu voucher",
        due_line="Rest de plată: 20.710 Ft",
    )


@pytest.mark.parametrize("language", sorted(NOTES))
def test_the_invoice_says_so_in_each_language(language: str) -> None:
    texts = invoice_texts(100_00, 100_00, "EUR", language)

    assert "100" in texts.note
    assert "€" in texts.note
    assert "0" in texts.due_line


def test_an_invoice_without_a_voucher_needs_no_note() -> None:
    assert invoice_texts(100_00, 0, "EUR", "en") == InvoiceTexts(gross=100_00, voucher=0, due=100_00)


def test_an_unknown_language_gets_english_on_the_invoice() -> None:
    assert (
        invoice_texts(100_00, 40_00, "PEN", "qu").note
        == "Of the invoice total, 40.00 PEN was paid by voucher"
    )
