"""Status reports of a bank (pain.002) as our reader takes them."""

import pytest

from settlement.payouts.bank_answers.facts import Answer, Status
from settlement.payouts.bank_answers.parsing import parse_answers
from settlement.payouts.reasons import REASONS, reason_text
from tests.payouts.camt import block, status_report


def only(content: bytes) -> Answer:
    [answer] = parse_answers(content)
    return answer


@pytest.mark.parametrize("version", ["03", "10"])
def test_a_status_report_tells_of_each_payment(version: str) -> None:
    content = status_report(
        "<GrpSts>PART</GrpSts>",
        block({"A": "ACSP", "B": "RJCT", "C": "PDNG"}, state="PART", count=3),
        version=version,
    )

    answer = only(content)

    assert [(e.end_to_end, e.status, e.original_message_id) for e in answer.entries] == [
        ("A", Status.ACCEPTED, "VY-1"),
        ("B", Status.REJECTED, "VY-1"),
        ("C", Status.PENDING, "VY-1"),
    ]
    assert {(e.amount_minor, e.booked_on) for e in answer.entries} == {(0, None)}


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (status_report("<GrpSts>ACCP</GrpSts>"), [("", Status.ACCEPTED, "")]),
        (status_report("<GrpSts>PDNG</GrpSts>"), [("", Status.PENDING, "")]),
        (
            status_report(
                "<GrpSts>RJCT</GrpSts><StsRsnInf><Rsn><Cd>FF01</Cd></Rsn></StsRsnInf>", block({}, count=2)
            ),
            [("", Status.REJECTED, "FF01")],
        ),
        (status_report("", block({}, state="RJCT", why="AC02")), [("", Status.REJECTED, "AC02")]),
        (
            status_report("", block({"A": "RJCT"}, state="RJCT", count=5, why="AC02")),
            [("A", Status.REJECTED, ""), ("", Status.REJECTED, "AC02")],
        ),
        (status_report("<GrpSts>PART</GrpSts>", block({"A": "RJCT"}, count=5)), [("A", Status.REJECTED, "")]),
    ],
)
def test_a_status_report_may_speak_for_payments_it_does_not_name(
    content: bytes, told: list[tuple[str, Status, str]]
) -> None:
    assert [(e.end_to_end, e.status, e.reason_code) for e in only(content).entries] == told


def test_a_banks_reason_is_a_sentence_or_at_least_its_code() -> None:
    assert all(reason_text(code).endswith(".") for code in REASONS)
    assert {"AC01", "AC04", "AC06", "AG01", "AM04", "RC01", "MS03"} <= set(REASONS)
    assert "ZZ99" in reason_text("ZZ99")
    assert reason_text("") == ""
