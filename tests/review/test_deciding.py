"""What an accountant decides of what was handed in, and what follows from it."""

from collections.abc import Callable
from typing import Any

import pytest

from marketplace.kernel.books import run_checks
from marketplace.kernel.models import OutgoingMail
from marketplace.kernel.states import IllegalMove
from marketplace.orders.models import Billable
from marketplace.parties.models import Market, Seller
from marketplace.users.models import User
from settlement.claims.models import Verdict
from settlement.claims.operations import hold_order, release_hold
from settlement.claims.queries import why_not
from settlement.documents.models import Document, DocumentLine
from settlement.documents.operations.voiding import ReasonMissing as VoidReasonMissing
from settlement.documents.operations.voiding import void_document
from settlement.review.models import Decision, State, Submission
from settlement.review.operations import deciding
from settlement.review.rules import Row
from tests.cast import AFTER_OCTOBER, MakeOrder, settle, work_off_but_rendering
from tests.review.conftest import IN_SEPTEMBER, SEPTEMBER, HandIn


def test_an_accountant_approves_the_clean_lines_in_one_go(
    by_hand: None, hand_in: HandIn, make_order: MakeOrder, carla: User
) -> None:
    make_order(number="A")
    make_order(number="B", status="cancelled")
    submission = hand_in("A", "B")

    deciding.approve_submission(submission_id=submission.pk, by=carla, at=AFTER_OCTOBER)
    work_off_but_rendering()

    assert Document.objects.get().orders == 1
    assert submission.changes.get(to_state=State.APPROVED).by == carla
    assert run_checks() == []


def test_what_changed_since_is_looked_at_again_before_it_is_approved(
    by_hand: None, hand_in: HandIn, make_order: MakeOrder, carla: User
) -> None:
    make_order(number="A")
    order = make_order(number="B")
    submission = hand_in("A", "B")
    hold_order(order_id=order.pk, reason="broken", by=carla, at=AFTER_OCTOBER)

    with pytest.raises(deciding.ChangedSince):
        deciding.approve_submission(submission_id=submission.pk, by=carla, at=AFTER_OCTOBER)

    submission.refresh_from_db()
    assert (submission.state, submission.included) == (State.UNDER_REVIEW, 2)
    assert deciding.look_again(submission_id=submission.pk) == 1
    deciding.approve_submission(submission_id=submission.pk, by=carla, at=AFTER_OCTOBER)
    work_off_but_rendering()
    assert list(DocumentLine.objects.values_list("number", flat=True)) == ["A"]


def test_what_changes_between_approval_and_issue_goes_back_to_the_person(
    by_hand: None, hand_in: HandIn, make_order: MakeOrder, carla: User
) -> None:
    order = make_order(number="A")
    make_order(number="B")
    submission = hand_in("A", "B")
    deciding.approve_submission(submission_id=submission.pk, by=carla, at=AFTER_OCTOBER)
    hold_order(order_id=order.pk, reason="broken", by=carla, at=AFTER_OCTOBER)

    work_off_but_rendering()

    submission.refresh_from_db()
    assert (submission.state, Document.objects.count()) == (State.UNDER_REVIEW, 0)
    assert submission.changes.latest("pk").reason == "changed since it was approved"


@pytest.mark.parametrize("verdict", ["disputed", "amount_changed"])
def test_an_opinion_can_be_set_aside_with_a_reason(
    by_hand: None, hand_in: HandIn, make_order: MakeOrder, carla: User, verdict: str
) -> None:
    order = make_order(number="A")
    if verdict == "disputed":
        hold_order(order_id=order.pk, reason="broken", by=carla, at=AFTER_OCTOBER)
    submission = hand_in(Row(2, "A", 1_00 if verdict == "amount_changed" else 1210_00, 0, 1210_00))
    line = submission.lines.get()

    with pytest.raises(deciding.ReasonMissing):
        deciding.decide_line(
            line_id=line.pk, decision=Decision.INCLUDE, reason=" ", by=carla, at=AFTER_OCTOBER
        )
    deciding.decide_line(
        line_id=line.pk, decision=Decision.INCLUDE, reason="settled", by=carla, at=AFTER_OCTOBER
    )
    deciding.approve_submission(submission_id=submission.pk, by=carla, at=AFTER_OCTOBER)
    work_off_but_rendering()

    assert Document.objects.get().customer_total == 1210_00


@pytest.mark.parametrize("facts", [{"status": "cancelled"}, {"test": True}, {"status": "shipped"}])
def test_a_fact_cannot_be_set_aside(
    by_hand: None, hand_in: HandIn, make_order: MakeOrder, carla: User, facts: dict[str, Any]
) -> None:
    make_order(number="A", **facts)
    make_order(number="B")
    line = hand_in("A", "B").lines.get(number="A")

    with pytest.raises(deciding.NotOverridable):
        deciding.decide_line(
            line_id=line.pk, decision=Decision.INCLUDE, reason="please", by=carla, at=AFTER_OCTOBER
        )

    line.refresh_from_db()
    assert line.decision == ""


def test_a_clean_line_can_be_left_out_with_a_reason_and_comes_on_the_next_document(
    by_hand: None, hand_in: HandIn, make_order: MakeOrder, carla: User
) -> None:
    make_order(number="A")
    order = make_order(number="B")
    submission = hand_in("A", "B")
    line = submission.lines.get(number="B")

    deciding.decide_line(
        line_id=line.pk, decision=Decision.EXCLUDE, reason="later", by=carla, at=AFTER_OCTOBER
    )
    deciding.approve_submission(submission_id=submission.pk, by=carla, at=AFTER_OCTOBER)
    work_off_but_rendering()

    assert list(DocumentLine.objects.values_list("number", flat=True)) == ["A"]
    assert why_not(order=order, at=AFTER_OCTOBER).verdict == Verdict.OK


def test_a_decision_falls_when_the_verdict_it_was_taken_on_does(
    by_hand: None, hand_in: HandIn, make_order: MakeOrder, carla: User
) -> None:
    order = make_order(number="A")
    hold_order(order_id=order.pk, reason="broken", by=carla, at=AFTER_OCTOBER)
    submission = hand_in("A")
    line = submission.lines.get()
    deciding.decide_line(
        line_id=line.pk, decision=Decision.INCLUDE, reason="settled", by=carla, at=AFTER_OCTOBER
    )

    release_hold(order_id=order.pk, by=carla, at=AFTER_OCTOBER)
    deciding.look_again(submission_id=submission.pk)

    line.refresh_from_db()
    assert (line.verdict, line.decision) == (Verdict.OK, "")


def test_a_refused_submission_tells_the_seller_why_and_leaves_its_orders_open(
    by_hand: None, hand_in: HandIn, make_order: MakeOrder, carla: User, seller: Seller
) -> None:
    order = make_order(number="A")
    submission = hand_in("A")

    with pytest.raises(deciding.ReasonMissing):
        deciding.refuse_submission(submission_id=submission.pk, reason="", by=carla, at=AFTER_OCTOBER)
    deciding.refuse_submission(submission_id=submission.pk, reason="wrong month", by=carla, at=AFTER_OCTOBER)

    letter = OutgoingMail.objects.get(key=f"submission:{submission.pk}:refused")
    assert letter.recipients == [seller.email]
    assert "wrong month" in letter.body
    assert Billable.objects.filter(order=order).exists()
    with pytest.raises(IllegalMove):
        deciding.approve_submission(submission_id=submission.pk, by=carla, at=AFTER_OCTOBER)


def test_a_submission_in_review_is_not_handed_in_again_by_the_next_run(
    by_hand: None, make_order: MakeOrder, market: Market
) -> None:
    make_order(**IN_SEPTEMBER)
    settle(market, through=SEPTEMBER)
    make_order()

    settle(market)

    assert [each.rows for each in Submission.objects.order_by("pk")] == [1, 1]


def test_voiding_a_document_frees_its_orders_reverses_its_entry_and_tells_the_seller(
    issue_document: Callable[..., Document], carla: User, market: Market, make_order: MakeOrder
) -> None:
    make_order(**IN_SEPTEMBER)
    document = issue_document(fresh=False, through=SEPTEMBER)
    with pytest.raises(VoidReasonMissing):
        void_document(document_id=document.pk, reason="", by=carla, at=AFTER_OCTOBER)

    void_document(document_id=document.pk, reason="wrong commission", by=carla, at=AFTER_OCTOBER)

    assert run_checks() == []
    assert "wrong commission" in OutgoingMail.objects.get(key="document:CZ-2026-000001:void").body
    with pytest.raises(IllegalMove):
        void_document(document_id=document.pk, reason="again", by=carla, at=AFTER_OCTOBER)

    settle(market)
    second = Document.objects.latest("pk")
    assert (second.reference, second.orders, second.lines.get().late) == ("CZ-2026-000002", 1, True)
    assert run_checks() == []
