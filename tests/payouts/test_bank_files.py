"""Payment files: what they say, what they refuse, and that they are always the same."""

import csv
import io
import time
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree
from mockbank.messages import read_pain001
from sepaxml.validation import try_valid_xml

from settlement.payouts import refusals
from settlement.payouts.pain import Debtor, payment_csv
from settlement.payouts.reasons import refusal_text
from tests.payouts.bank import OURS, THEIRS, TUESDAY, transfer, written


def at(content: bytes, path: str) -> list[str]:
    return [str(found.text) for found in etree.fromstring(content).iterfind(f".//{{*}}{path}")]


@pytest.mark.parametrize("currency", OURS)
def test_a_file_is_valid_by_the_schema_and_names_the_scheme_for_euros_only(currency: str) -> None:
    content = written(transfer("A", 100_00, currency), currency=currency)

    try_valid_xml(content, "pain.001.001.09")
    assert at(content, "SvcLvl/{*}Cd") == (["SEPA"] if currency == "EUR" else [])


def test_the_same_facts_make_the_same_bytes() -> None:
    first, second = (written(transfer("A"), transfer("B")) for _ in range(2))

    assert first == second


def test_all_ids_and_times_are_ours() -> None:
    content = written(transfer("A"), message_id="VY-7")

    assert (at(content, "MsgId"), at(content, "PmtInfId")) == (["VY-7"], ["VY-7"])
    assert (at(content, "CreDtTm"), at(content, "ReqdExctnDt/{*}Dt")) == (
        ["2026-11-23T09:00:00"],
        ["2026-11-24"],
    )
    assert at(content, "BtchBookg") == ["false"]


def test_names_are_put_into_plain_letters_and_cut() -> None:
    content = written(transfer("A", name="Žluťoučký kůň & syn | " + "ł" * 90, text="  \x00 "))

    *_, name = at(content, "Cdtr/{*}Nm")
    assert name.startswith("Zlutoucky kun + syn / lll")
    assert len(name) == 70
    assert at(content, "Ustrd") == ["A"]


def test_the_sums_and_the_bank_are_told() -> None:
    content = written(transfer("A", 1), transfer("B", 99), debtor=Debtor("M", OURS["CZK"], "GIBACZPX"))

    assert at(content, "CtrlSum") == ["1.00", "1.00"]
    assert at(content, "InstdAmt") == ["0.01", "0.99"]
    assert at(content, "BICFI") == ["GIBACZPX"]


def test_five_thousand_payments_are_written_and_checked_within_seconds() -> None:
    started = time.process_time()

    content = written(*(transfer(f"VY-{number}") for number in range(5000)))

    assert time.process_time() - started < 5
    assert at(content, "NbOfTxs") == ["5000", "5000"]


IDS = st.text("ABCXYZ0189-.", min_size=1, max_size=35)


@given(
    currency=st.sampled_from(sorted(OURS)),
    amounts=st.dictionaries(IDS, st.integers(1, 10**9), min_size=1, max_size=8),
    name=st.text(max_size=200).map(lambda text: f"N{text}"),
    text=st.text(max_size=300),
)
def test_whatever_is_written_reads_back_at_the_bank(
    currency: str, amounts: dict[str, int], name: str, text: str
) -> None:
    whole = {ref: amount * 100 if currency == "HUF" else amount for ref, amount in amounts.items()}

    content = written(
        *(transfer(ref, amount, currency, name=name, text=text) for ref, amount in whole.items()),
        currency=currency,
    )

    taken = read_pain001(content)
    assert {p.end_to_end_id: (p.amount, p.currency) for p in taken.payments} == {
        ref: (amount, currency) for ref, amount in whole.items()
    }
    assert taken.ctrl_sum * 100 == sum(whole.values())
    assert {p.creditor_account for p in taken.payments} == {THEIRS[currency]}


@pytest.mark.parametrize(
    ("kind", "transfers", "other"),
    [
        (refusals.NoTransfers, [], {}),
        (refusals.BadAccount, [transfer("A", iban="CZ6508000000192000145398")], {}),
        (refusals.BadAccount, [transfer("A", iban="")], {}),
        (refusals.BadPayer, [transfer("A")], {"debtor": Debtor("M", "CZ00")}),
        (refusals.BadPayer, [transfer("A")], {"debtor": Debtor("M", OURS["CZK"], "GIBA")}),
        (refusals.NotPositive, [transfer("A", 0)], {}),
        (refusals.NotPositive, [transfer("A", -1)], {}),
        (refusals.MixedCurrencies, [transfer("A"), transfer("B", 100, "EUR")], {}),
        (refusals.UnknownCurrency, [transfer("A")], {"currency": "PEN"}),
        (refusals.BrokenForints, [transfer("A", 100_50, "HUF")], {"currency": "HUF"}),
        (refusals.TooMuch, [transfer("A", 10**11, "EUR")], {"currency": "EUR"}),
        (refusals.RepeatedId, [transfer("A"), transfer("A")], {}),
        (refusals.BadId, [transfer("")], {}),
        (refusals.BadId, [transfer("A" * 36)], {}),
        (refusals.BadId, [transfer("/A")], {}),
        (refusals.BadId, [transfer("č. 1")], {}),
        (refusals.BadId, [transfer("A")], {"message_id": ""}),
        (refusals.NoName, [transfer("A", name=" \u2603 ")], {}),
        (refusals.BadPayer, [transfer("A")], {"debtor": Debtor("", OURS["CZK"])}),
    ],
)
def test_what_a_file_cannot_carry_is_refused_by_name(
    kind: type[refusals.Refusal], transfers: list[Any], other: dict[str, Any]
) -> None:
    with pytest.raises(refusals.Unwritable) as refused:
        written(*transfers, **other)

    assert type(refused.value) is kind
    assert refusal_text(refused.value)


def table(*transfers: Any) -> bytes:
    return payment_csv(message_id="VY-1", transfers=transfers, execute_on=TUESDAY, currency="CZK")


def test_a_table_neutralises_what_a_spreadsheet_would_take_for_a_formula() -> None:
    content = table(transfer("A", name='=HYPERLINK("x")', text="\t@cmd\r\n|calc", iban="003214567891234567"))

    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    assert rows[1] == [
        "A",
        '\'=HYPERLINK("x")',
        "003214567891234567",
        "2550.91",
        "CZK",
        date.isoformat(TUESDAY),
        "'@cmd |calc",
    ]


@pytest.mark.parametrize("number", ["", "12-34", "=1+1", "12345"])
def test_a_table_takes_account_numbers_of_digits_only(number: str) -> None:
    with pytest.raises(refusals.BadAccount):
        table(transfer("A", iban=number))
