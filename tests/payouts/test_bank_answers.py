"""What banks answer, in all the shapes they give it; and nothing at all from a file that is not right."""

import json
import time
from collections.abc import Callable
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pycamt.parser import Camt053Parser

from marketplace.kernel.money import decimal_text
from settlement.payouts import refusals
from settlement.payouts.bank_answers.facts import Answer, Status
from settlement.payouts.bank_answers.parsing import parse_answers
from settlement.payouts.reasons import refusal_text
from tests.payouts.camt import balance, detail, document, entry, statement


def only(content: bytes) -> Answer:
    [answer] = parse_answers(content)
    return answer


@pytest.mark.parametrize("version", [f"{number:02d}" for number in range(2, 14)])
@pytest.mark.parametrize("kind", ["camt.053", "camt.054"])
def test_every_version_of_a_statement_is_read(kind: str, version: str) -> None:
    old = int(version) < 8
    party = "<Nm>Eva</Nm>" if old else "<Pty><Nm>Eva</Nm></Pty>"
    payer = f"<RltdPties><Dbtr>{party}</Dbtr><DbtrAcct><Id><IBAN>CZ94 5500</IBAN></Id></DbtrAcct></RltdPties>"
    state = "<Sts>BOOK</Sts>" if old else "<Sts><Cd>BOOK</Cd></Sts>"

    [told] = only(
        statement(entry("12.5", detail(more=payer), state=state), kind=kind, version=version)
    ).entries

    assert (told.amount_minor, told.currency, told.status) == (12_50, "CZK", Status.BOOKED)
    assert (told.counterparty_name, told.counterparty_iban, told.end_to_end) == ("Eva", "CZ945500", "E-1")


def test_names_may_bear_a_prefix() -> None:
    content = statement(entry()).replace(b"<", b"<b:").replace(b"<b:/", b"</b:").replace(b"<b:?", b"<?")

    assert only(content.replace(b"xmlns=", b"xmlns:b=")).entries[0].amount_minor == 100_00


def test_a_file_may_hold_several_statements() -> None:
    first = statement(entry("1.00"))
    part = first[first.index(b"<Stmt>") : first.index(b"</BkToCstmrStmt>")]

    answers = parse_answers(first.replace(part, part + part.replace(b"<Id>S1<", b"<Id>S2<")))

    assert [answer.statement_id for answer in answers] == ["S1", "S2"]


def test_each_payment_of_a_collective_booking_is_an_entry() -> None:
    content = statement(
        entry("60.00", detail("A", "100.00"), detail("B", "40.00", side="DBIT"), more=""),
        entry(
            "5.00",
            detail(
                "C",
                more="<AmtDtls><InstdAmt><Amt Ccy='EUR'>0.08</Amt></InstdAmt><TxAmt>"
                "<Amt Ccy='CZK'>2.00</Amt></TxAmt></AmtDtls>",
            ),
            detail("D", more="<AmtDtls><TxAmt><Amt Ccy='CZK'>3.00</Amt></TxAmt></AmtDtls>"),
            side="DBIT",
            batch="<Btch><MsgId>VY-1</MsgId><NbOfTxs>2</NbOfTxs></Btch>",
        ),
    )

    told = only(content).entries

    assert [(e.position, e.end_to_end, e.amount_minor) for e in told] == [
        (1, "A", 100_00),
        (2, "B", -40_00),
        (3, "C", -2_00),
        (4, "D", -3_00),
    ]
    assert [e.original_message_id for e in told] == ["", "", "VY-1", "VY-1"]


def test_a_collective_booking_without_details_names_the_order_it_paid() -> None:
    [told] = only(
        statement(entry("60.00", batch="<Btch><PmtInfId>VY-1</PmtInfId><NbOfTxs>9</NbOfTxs></Btch>"))
    ).entries

    assert (told.original_message_id, told.end_to_end, told.amount_minor) == ("VY-1", "", 60_00)


def test_what_was_charged_on_the_way_does_not_change_what_arrived() -> None:
    charged = detail(
        "A", "100.00", more="<Chrgs><TtlChrgsAndTaxAmt Ccy='CZK'>2.00</TtlChrgsAndTaxAmt></Chrgs>"
    )
    foreign = detail("B", "4.00", currency="EUR")

    told = only(statement(entry("98.00", charged), entry("97.00", foreign))).entries

    assert [e.amount_minor for e in told] == [98_00, 97_00]


@pytest.mark.parametrize(
    "wrong",
    [
        entry("100.00", detail("A", "60.00"), detail("B", "39.99")),
        entry("100.00", detail("A", "60.00"), detail("B")),
        entry("100.00", detail("A", "60.00"), detail("B", "40.00", currency="EUR")),
        entry("100.00", detail("A", "60.00")),
        entry("100.00", detail("A"), batch="<Btch><NbOfTxs>2</NbOfTxs></Btch>"),
    ],
)
def test_a_collective_booking_whose_payments_do_not_make_it_is_refused(wrong: str) -> None:
    with pytest.raises(refusals.BatchDoesNotAdd) as refused:
        parse_answers(statement(entry(), wrong))

    assert refused.value.where == {"entry": 2}


@pytest.mark.parametrize(
    ("state", "more", "inside", "status"),
    [
        ("<Sts><Cd>PDNG</Cd></Sts>", "", "", Status.PENDING),
        ("<Sts>INFO</Sts>", "", "", Status.PENDING),
        ("<Sts><Prtry>X</Prtry></Sts>", "", "", Status.PENDING),
        ("<Sts>BOOK</Sts>", "<RvslInd>true</RvslInd>", "", Status.RETURNED),
        ("<Sts>BOOK</Sts>", "<RvslInd>false</RvslInd>", "", Status.BOOKED),
        ("<Sts>BOOK</Sts>", "", "<RtrInf><Rsn><Cd>AC01</Cd></Rsn></RtrInf>", Status.RETURNED),
        ("<Sts>PDNG</Sts>", "", "<RtrInf><Rsn><Cd>AC01</Cd></Rsn></RtrInf>", Status.PENDING),
    ],
)
def test_only_money_that_moved_counts_as_moved(state: str, more: str, inside: str, status: Status) -> None:
    answer = only(
        statement(
            entry("100.00", detail(more=inside), state=state, more=more),
            extra=balance("OPBD", "0.00") + balance("CLBD", "100.00"),
        )
    )

    assert answer.entries[0].status is status
    assert answer.unexplained_minor == (100_00 if status is Status.PENDING else 0)


def test_balances_may_be_owed_and_the_opening_one_be_yesterdays() -> None:
    answer = only(
        statement(extra=balance("PRCD", "5.01", "DBIT") + balance("CLBD", "7.00") + balance("CLAV", "1"))
    )

    assert (answer.opening_minor, answer.closing_minor) == (-5_01, 7_00)
    assert only(statement()).unexplained_minor is None


def test_a_payer_who_gives_no_reference_has_none() -> None:
    [told] = only(statement(entry("1.00", detail("NOTPROVIDED")))).entries

    assert told.end_to_end == ""


def test_the_texts_of_a_payment_are_joined_and_a_returns_reason_is_told() -> None:
    more = (
        "<RltdPties><Dbtr><Nm>We</Nm></Dbtr><Cdtr><Nm>Eva</Nm></Cdtr></RltdPties>"
        "<RmtInf><Ustrd>first </Ustrd><Ustrd> second</Ustrd></RmtInf>"
        "<RtrInf><Rsn><Cd>MS03</Cd></Rsn><AddtlInf>one</AddtlInf><AddtlInf>two</AddtlInf></RtrInf>"
    )

    [told] = only(statement(entry("1.00", detail(more=more)), version="02")).entries

    assert (told.remittance_text, told.reason_code, told.reason_text) == ("first second", "MS03", "one two")
    assert told.counterparty_name == "Eva"


LAUGHS = "".join(f"<!ENTITY l{n} '{f'&l{n - 1};' * 10 if n else 'lol'}'>" for n in range(10))

HOSTILE: dict[str, tuple[type[refusals.Unreadable], Callable[[], bytes]]] = {
    "doctype": (refusals.Suspicious, lambda: statement(head="<!DOCTYPE Document>")),
    "outer": (refusals.Suspicious, lambda: statement(head='<!DOCTYPE Document SYSTEM "file:///etc/passwd">')),
    "laughs": (refusals.Suspicious, lambda: statement(head=f"<!DOCTYPE a [{LAUGHS}]>", extra="<a>&l9;</a>")),
    "wide letters": (
        refusals.Suspicious,
        lambda: '<?xml version="1.0" encoding="utf-16"?><!DOCTYPE a><a/>'.encode("utf-16"),
    ),
    "nested": (refusals.Suspicious, lambda: statement(extra="<a>" * 70 + "</a>" * 70)),
    "nested deeply": (refusals.Suspicious, lambda: statement(extra="<a>" * 90_000 + "</a>" * 90_000)),
    "six megabytes": (refusals.TooBig, lambda: statement(extra=f"<a>{'x' * (6 << 20)}</a>")),
    "many attributes": (
        refusals.BadStatement,
        lambda: document("camt.053", "<a " + " ".join(f"a{n}='1'" for n in range(200_000)) + "/>"),
    ),
    "nothing": (refusals.NotABankFile, lambda: b""),
    "a table": (refusals.NotABankFile, lambda: b"date;amount\n2026-11-24;100\n"),
    "a swift message": (refusals.NotABankFile, lambda: b":20:START\n:25:CZ65\n"),
    "a page": (refusals.NotABankFile, lambda: b"<html><body/></html>"),
    "cut off": (refusals.NotABankFile, lambda: statement(entry())[:-40]),
    "an entity": (refusals.NotABankFile, lambda: statement(extra="<a>&nosuch;</a>")),
    "another namespace": (refusals.NotABankFile, lambda: statement().replace(b"iso:20022", b"iso:20023")),
    "our own order": (refusals.OurOwnFile, lambda: document("pain.001", "<CstmrCdtTrfInitn/>", version="09")),
    "the day so far": (refusals.OtherKind, lambda: document("camt.052", "<BkToCstmrAcctRpt/>")),
    "no statement": (refusals.BadStatement, lambda: document("camt.053", "<BkToCstmrStmt/>")),
    "wrong body": (refusals.BadStatement, lambda: document("camt.053", "<BkToCstmrDbtCdtNtfctn/>")),
    "three decimals": (refusals.BadStatement, lambda: statement(entry("1.001"))),
    "exponent": (refusals.BadStatement, lambda: statement(entry("1e5"))),
    "negative": (refusals.BadStatement, lambda: statement(entry("-1.00"))),
    "endless": (refusals.BadStatement, lambda: statement(entry("9" * 400))),
    "too much": (refusals.BadStatement, lambda: statement(entry("9" * 15))),
    "no number": (refusals.BadStatement, lambda: statement(entry("NaN"))),
    "arabic digits": (refusals.BadStatement, lambda: statement(entry("١٢"))),
    "no currency": (refusals.BadStatement, lambda: statement(entry(currency=""))),
    "no side": (refusals.BadStatement, lambda: statement(entry(side=""))),
    "no state": (refusals.BadStatement, lambda: statement(entry(state=""))),
    "no day": (
        refusals.BadStatement,
        lambda: statement(entry()).replace(b"2026-11-24</Dt>", b"2026-02-30</Dt>"),
    ),
    "bad balance": (refusals.BadStatement, lambda: statement(extra=balance("OPBD", "x"))),
    "no original": (refusals.BadStatement, lambda: document("pain.002", "<CstmrPmtStsRpt/>", version="10")),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_what_is_no_answer_of_a_bank_is_refused_by_name_and_at_once(name: str) -> None:
    kind, build = HOSTILE[name]
    content, started = build(), time.process_time()

    with pytest.raises(refusals.Unreadable) as refused:
        parse_answers(content)

    assert type(refused.value) is kind
    assert time.process_time() - started < 2
    assert refusal_text(refused.value)
    json.dumps(refused.value.where)


def test_ten_thousand_payments_in_one_booking_are_read_within_seconds() -> None:
    payments = [detail(f"E-{number}", "1.00") for number in range(10_000)]
    started = time.process_time()

    told = only(statement(entry("10000.00", *payments))).entries

    assert len(told) == 10_000
    assert time.process_time() - started < 10


@given(
    st.lists(
        st.tuples(
            st.integers(-(10**14), 10**14), st.text(st.characters(categories=["Lu", "Nd"]), min_size=1)
        ),
        max_size=8,
    )
)
def test_what_is_written_reads_back_and_another_reader_agrees(payments: list[tuple[int, str]]) -> None:
    entries = [
        entry(decimal_text(abs(amount)), detail(f"E{text}"), side="DBIT" if amount < 0 else "CRDT")
        for amount, text in payments
    ]
    content = statement(*entries, version="04")

    told = only(content).entries
    others = Camt053Parser(content).get_transactions()

    assert [(e.amount_minor, e.end_to_end) for e in told] == [
        (amount, f"E{text}") for amount, text in payments
    ]
    signs = {"CRDT": 1, "DBIT": -1}
    assert [
        (int(Decimal(o["Amount"]) * 100) * signs[o["CreditDebitIndicator"]], o["EndToEndId"]) for o in others
    ] == [(e.amount_minor, e.end_to_end) for e in told]
