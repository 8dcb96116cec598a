"""Accounting's review: verdicts with their reasons, decisions, and what comes of a submission."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from marketplace.kernel.books import run_checks
from marketplace.kernel.models import OutgoingMail
from marketplace.orders.models import Order
from marketplace.parties.models import Market, Seller
from marketplace.users.models import User
from settlement.claims.models import Verdict
from settlement.claims.operations import hold_order
from settlement.claims.queries import why_not
from settlement.documents.models import Document, DocumentLine
from settlement.periods.operations import StillRunning
from settlement.periods.rules import span_of
from settlement.review.models import Origin, State, Submission, SubmissionLine
from settlement.review.operations.submitting import NoSuchPeriod, record_rows, submit_workbook
from settlement.review.rules import Row
from tests.cast import AFTER_OCTOBER, OCTOBER, MakeOrder, settle, take, work_off_but_rendering
from tests.orders.telling import tell_order
from tests.review.conftest import HandIn, some_file, verdicts


def test_each_line_gets_its_one_verdict(
    hand_in: HandIn, make_order: MakeOrder, market: Market, rival: Seller, carla: User
) -> None:
    take(market, tell_order(number="THEIRS", seller="3004"))
    told: dict[str, dict[str, Any]] = {
        "FINE": {},
        "TEST": {"test": True},
        "CANCELLED": {"status": "cancelled"},
        "LOST": {"status": "lost"},
        "RETURNED": {"status": "returned"},
        "SHIPPED": {"status": "shipped"},
        "NOVEMBER": {"delivered": "2026-11-01T00:10:00+01:00"},
        "DISPUTED": {},
        "CHANGED": {},
    }
    for number, facts in told.items():
        make_order(number=number, **facts)
    hold_order(order_id=Order.objects.get(number="DISPUTED").pk, reason="broken", by=carla, at=AFTER_OCTOBER)

    submission = hand_in(
        "FINE",
        "FINE",
        "TEST",
        "CANCELLED",
        "LOST",
        "RETURNED",
        "SHIPPED",
        "NOVEMBER",
        "DISPUTED",
        Row(11, "CHANGED", 1200_00, 0, 1200_00),
        "THEIRS",
        "NONE",
    )

    judged = list(submission.lines.order_by("position").values_list("number", "verdict"))
    assert judged == [
        ("FINE", "ok"),
        ("FINE", "duplicate_row"),
        ("TEST", "test_order"),
        ("CANCELLED", "cancelled"),
        ("LOST", "lost"),
        ("RETURNED", "returned"),
        ("SHIPPED", "not_delivered"),
        ("NOVEMBER", "after_cutoff"),
        ("DISPUTED", "disputed"),
        ("CHANGED", "amount_changed"),
        ("THEIRS", "other_seller"),
        ("NONE", "unknown_order"),
    ]
    assert (submission.state, submission.rows, submission.included) == (State.UNDER_REVIEW, 12, 1)


def test_a_receipt_that_is_missing_keeps_an_order_out_where_the_market_requires_one(
    hand_in: HandIn, make_order: MakeOrder, market: Market
) -> None:
    order = make_order(number="A")
    Market.objects.filter(pk=market.pk).update(receipt_required=True)

    assert verdicts(hand_in("A")) == {"A": Verdict.RECEIPT_MISSING}
    order.refresh_from_db()
    assert why_not(order=order, at=AFTER_OCTOBER).verdict == Verdict.RECEIPT_MISSING


def test_a_clean_workbook_needs_no_person_where_the_contract_allows_it(
    hand_in: HandIn, make_order: MakeOrder
) -> None:
    make_order(number="A")

    submission = hand_in("A")
    work_off_but_rendering()

    submission.refresh_from_db()
    assert (submission.state, submission.automatic) == (State.DOCUMENTED, True)
    assert submission.document.reference == "CZ-2026-000001"


def test_a_shortened_workbook_leaves_the_rest_for_the_next_document(
    hand_in: HandIn, make_order: MakeOrder
) -> None:
    make_order(number="A")
    left = make_order(number="B")

    hand_in("A")
    work_off_but_rendering()

    assert list(DocumentLine.objects.values_list("number", flat=True)) == ["A"]
    reason = why_not(order=left, at=AFTER_OCTOBER)
    assert (reason.verdict, "next document" in reason.text) == (Verdict.OK, True)


def test_a_finished_period_sent_again_changes_nothing_and_says_so_order_by_order(
    hand_in: HandIn, make_order: MakeOrder
) -> None:
    make_order(number="A")
    make_order(number="B")
    hand_in("A", "B")
    work_off_but_rendering()

    again = hand_in("A", "B")
    work_off_but_rendering()

    assert again.state == State.NOTHING_NEW
    assert (
        list(again.lines.values_list("verdict", "reference")) == [("already_invoiced", "CZ-2026-000001")] * 2
    )
    assert Document.objects.count() == 1
    assert run_checks() == []


def test_reading_a_workbook_again_after_a_crash_changes_nothing(
    hand_in: HandIn, make_order: MakeOrder
) -> None:
    make_order(number="A")
    submission = hand_in("A")

    record_rows(submission_id=submission.pk, rows=[Row(2, "A"), Row(3, "B")], at=AFTER_OCTOBER)

    assert submission.lines.count() == 1


def test_a_period_that_runs_or_is_none_cannot_be_handed_in(seller: Seller, ana: User) -> None:
    november, odd = (
        span_of("month", OCTOBER + timedelta(days=1)),
        span_of("week", OCTOBER - timedelta(days=7)),
    )
    for span, refusal in ((november, StillRunning), (odd, NoSuchPeriod)):
        with pytest.raises(refusal):
            submit_workbook(
                seller_id=seller.pk,
                span=span,
                file=some_file(),
                origin=Origin.UPLOAD,
                by=ana,
                at=AFTER_OCTOBER,
            )
    assert not Submission.objects.exists()


def test_accounting_is_told_of_what_waits_for_it(
    by_hand: None, make_order: MakeOrder, market: Market
) -> None:
    make_order()

    settle(market)

    letter = OutgoingMail.objects.get()
    assert letter.recipients == [market.accounting_email]


@pytest.mark.parametrize(
    ("facts", "verdict"),
    [
        ({}, Verdict.OK),
        ({"test": True}, Verdict.TEST_ORDER),
        ({"status": "cancelled"}, Verdict.CANCELLED),
        ({"status": "lost"}, Verdict.LOST),
        ({"status": "returned"}, Verdict.RETURNED),
        ({"status": "shipped"}, Verdict.NOT_DELIVERED),
        ({"status": "open", "status_times": {}}, Verdict.NOT_DELIVERED),
    ],
)
def test_why_isnt_my_order_here_has_one_exact_answer(
    make_order: MakeOrder, facts: dict[str, Any], verdict: Verdict
) -> None:
    answer = why_not(order=make_order(**facts), at=timezone.now())

    assert answer.verdict == verdict
    assert answer.text
    assert answer.reference == ""


def test_an_order_on_a_document_names_it(issue_document: Callable[..., Document]) -> None:
    document = issue_document()
    order = Order.objects.get(claim__reference=document.reference)

    answer = why_not(order=order, at=AFTER_OCTOBER)

    assert (answer.verdict, answer.reference) == (Verdict.ALREADY_INVOICED, document.reference)


def test_lines_of_others_are_never_shown_as_theirs(hand_in: HandIn, market: Market, rival: Seller) -> None:
    take(market, tell_order(number="THEIRS", seller="3004"))

    line = hand_in("THEIRS").lines.get()

    assert line.told == Verdict.UNKNOWN_ORDER
    assert (line.order, line.verdict, str(line.get_verdict_display())) == (
        None,
        Verdict.OTHER_SELLER,
        "Another seller's order",
    )
    assert SubmissionLine.objects.count() == 1


@pytest.mark.parametrize(
    ("payment", "verdict"),
    [("Card", "ok"), ("karta", "ok"), ("", "ok"), ("Cash on delivery", "amount_changed")],
)
def test_another_payment_than_ours_is_a_change_in_whatever_language_it_is_written(
    hand_in: HandIn, make_order: MakeOrder, payment: str, verdict: str
) -> None:
    make_order(number="A")

    assert verdicts(hand_in(Row(2, "A", 1210_00, 0, 1210_00, payment))) == {"A": verdict}


def test_a_workbook_of_very_many_rows_is_judged(hand_in: HandIn, make_order: MakeOrder) -> None:
    make_order(number="A")

    submission = hand_in("A", *(f"X{place}" for place in range(260_000)))

    assert (submission.rows, submission.included) == (260_001, 1)
