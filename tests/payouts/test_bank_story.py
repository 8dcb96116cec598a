"""From our order to the bank's answers: every payment found again by its reference."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from settlement.payouts.bank_answers.facts import Kind, Status
from settlement.payouts.bank_answers.reading import read_bank_file
from settlement.payouts.symbols import variable_symbol
from tests.payouts.bank import (
    OURS,
    THEIRS,
    TUESDAY,
    WEDNESDAY,
    Bank,
    by_reference,
    opened,
    saved,
    transfer,
    written,
)


@pytest.fixture
def bank() -> Iterator[Bank]:
    with opened() as opened_bank:
        yield opened_bank


@pytest.mark.parametrize("currency", OURS)
def test_a_payment_file_is_accepted_booked_and_found_again(bank: Bank, currency: str) -> None:
    amounts = {f"VY-2026-{number}": 1_000_00 + number * 100 for number in range(1, 4)}
    bank.open_account(OURS[currency], currency)

    taken = bank.send(
        written(*(transfer(ref, sum_, currency) for ref, sum_ in amounts.items()), currency=currency)
    )
    [report] = bank.answers("pain.002", OURS[currency])
    bank.pass_days(2)
    notices = bank.answers("camt.054", OURS[currency])
    statements = bank.answers("camt.053", OURS[currency])

    assert (taken["status"], taken["findings"]) == ("ACCP", [])
    assert (report.kind, {e.original_message_id for e in report.entries}) == (Kind.STATUS, {"VY-2026-1"})
    assert {e.end_to_end: e.status for e in report.entries} == dict.fromkeys(amounts, Status.ACCEPTED)
    [notice], [statement] = notices, [told for told in statements if told.entries]
    for answer in (notice, statement):
        assert {e.end_to_end: -e.amount_minor for e in answer.entries} == amounts
        assert {e.status for e in answer.entries} == {Status.BOOKED}
        assert {(e.booked_on, e.value_on) for e in answer.entries} == {(TUESDAY, TUESDAY)}
        assert {(e.counterparty_iban, e.counterparty_name) for e in answer.entries} == {
            (THEIRS[currency], "Prodejce s.r.o.")
        }
        assert (answer.account_iban, answer.currency) == (OURS[currency], currency)
    assert (statement.from_on, statement.to_on) == (TUESDAY, TUESDAY)
    assert statement.opening_minor == 10**9
    assert statement.closing_minor == 10**9 - sum(amounts.values())
    assert statement.unexplained_minor == 0


def test_one_payment_is_rejected_and_the_other_booked(bank: Bank) -> None:
    closed = "CZ5855000000001265098001"
    bank.open_account(OURS["CZK"], "CZK")
    bank.open_account(closed, "CZK", behaviour="closed-account")

    bank.send(written(transfer("GOOD"), transfer("BAD", iban=closed)))
    [report] = bank.answers("pain.002", OURS["CZK"])
    bank.pass_days(2)
    [statement] = [told for told in bank.answers("camt.053", OURS["CZK"]) if told.entries]

    told = by_reference(report)
    assert told["GOOD"].status is Status.ACCEPTED
    assert (told["BAD"].status, told["BAD"].reason_code) == (Status.REJECTED, "AC04")
    assert "closed" in told["BAD"].reason_text
    assert list(by_reference(statement)) == ["GOOD"]


def test_a_payment_that_comes_back_is_told_apart_from_money_received(bank: Bank) -> None:
    bank.open_account(
        OURS["CZK"], "CZK", behaviour="return-later", parameters={"days": 1, "end_to_end_id": "GONE"}
    )

    bank.send(written(transfer("GONE"), transfer("KEPT", 100_00)))
    bank.pass_days(7)
    entries = [entry for told in bank.answers("camt.053", OURS["CZK"]) for entry in told.entries]

    assert [(e.end_to_end, e.amount_minor) for e in entries if e.status is Status.BOOKED] == [
        ("GONE", -2550_91),
        ("KEPT", -100_00),
    ]
    [back] = [e for e in entries if e.status is Status.RETURNED]
    assert (back.end_to_end, back.amount_minor, back.reason_code) == ("GONE", 2550_91, "AC04")
    assert (back.booked_on, back.original_message_id) == (WEDNESDAY, "VY-2026-1")
    assert back.counterparty_iban == THEIRS["CZK"]


def test_a_file_sent_twice_is_refused_as_a_whole(bank: Bank) -> None:
    bank.open_account(OURS["CZK"], "CZK")
    file = written(transfer("A"), transfer("B"))

    bank.send(file)
    bank.send(file)
    _, report = bank.answers("pain.002", OURS["CZK"])

    [whole] = report.entries
    assert (whole.end_to_end, whole.original_message_id) == ("", "VY-2026-1")
    assert (whole.status, whole.reason_code) == (Status.REJECTED, "DUPL")


def test_money_received_names_its_symbol_wherever_the_payer_wrote_it(bank: Bank, tmp_path: Path) -> None:
    ours, symbol = OURS["CZK"], variable_symbol(10_042)
    payer = {"name": "Prodejce s.r.o.", "iban": THEIRS["CZK"]}
    bank.open_account(ours, "CZK")
    bank.receive(ours, 100_00, debtor=payer, reference=f"VS:{symbol}")
    bank.receive(ours, 200_00, debtor=payer, end_to_end_id=f"/VS{symbol}/SS/KS0308")
    bank.receive(ours, 300_00, debtor=payer, note=f"platba VS {symbol} děkujeme")
    bank.receive(ours, 400_00, debtor=payer, note="nic")
    bank.pass_days(1)
    [letter] = bank.letters("camt.053", ours)

    [statement] = read_bank_file(saved(tmp_path, letter))

    assert [(e.amount_minor, e.variable_symbol) for e in statement.entries] == [
        (100_00, symbol),
        (200_00, symbol),
        (300_00, symbol),
        (400_00, ""),
    ]
    assert {(e.counterparty_name, e.counterparty_iban) for e in statement.entries} == {tuple(payer.values())}
    assert statement.unexplained_minor == 0


def test_a_statement_that_leaves_a_booking_out_shows_the_gap(bank: Bank) -> None:
    bank.open_account(OURS["CZK"], "CZK", behaviour="statement-gap")

    bank.send(written(transfer("A", 100_00), transfer("B", 30_00)))
    bank.pass_days(2)
    statement = bank.answers("camt.053", OURS["CZK"])[-1]

    assert len(statement.entries) == 1
    assert statement.unexplained_minor == -130_00 - statement.entries[0].amount_minor


def test_five_thousand_payments_are_taken(bank: Bank) -> None:
    bank.open_account(OURS["CZK"], "CZK", balance=10**12)

    taken = bank.send(written(*(transfer(f"VY-{number}") for number in range(5000))))

    assert (taken["status"], taken["accepted"]) == ("ACCP", 5000)
