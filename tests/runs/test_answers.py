"""What a settlement answers, order by order: nothing vanishes from it."""

from collections.abc import Callable

from marketplace.kernel import files
from marketplace.kernel.models import Job, OutgoingMail
from marketplace.orders.models import Order
from marketplace.parties.models import BusinessModel, Contract, Market, Seller
from marketplace.parties.operations import save_contract
from marketplace.users.models import User
from settlement.documents.models import Document
from settlement.documents.operations.voiding import void_document
from settlement.documents.operations.waking import wake_left_behind
from settlement.periods.rules import span_of
from settlement.review.models import Origin, State, Submission
from settlement.review.operations.deciding import approve_submission
from settlement.review.operations.submitting import record_rows, submit_workbook
from settlement.review.rules import Row
from tests.cast import (
    AFTER_OCTOBER,
    BEFORE,
    OCTOBER,
    MakeOrder,
    make_seller,
    reasons,
    settle,
    take,
    work_off_but_rendering,
)
from tests.orders.telling import tell_order

HandIn = Callable[..., Submission]


def hand_in(seller: Seller, by: User, *numbers: str) -> Submission:
    file = files.store(name="o.xlsx", content_type="application/x", chunks=[b"x"], at=AFTER_OCTOBER)
    span = span_of("month", OCTOBER)
    submission = submit_workbook(
        seller_id=seller.pk, span=span, file=file, origin=Origin.UPLOAD, by=by, at=AFTER_OCTOBER
    )
    rows = [Row(place, number) for place, number in enumerate(numbers, start=2)]
    return record_rows(submission_id=submission.pk, rows=rows, at=AFTER_OCTOBER)


def sell_under(seller: Seller, model: BusinessModel) -> None:
    """Change the seller's contract, as an accountant would."""
    contract = Contract.objects.get(seller=seller)
    contract.model = model
    save_contract(contract=contract, by=None, at=BEFORE)


def test_what_a_seller_left_out_is_told(
    market: Market, seller: Seller, ana: User, make_order: MakeOrder
) -> None:
    for number in ("A", "B", "C"):
        make_order(number=number)
    hand_in(seller, ana, "A")

    (answer,) = settle(market)

    assert (answer["orders"], reasons(answer)) == (1, {"B": "left_out", "C": "left_out"})


def test_two_documents_of_one_period_are_both_told(
    market: Market, seller: Seller, ana: User, make_order: MakeOrder
) -> None:
    for number in ("A", "B", "C"):
        make_order(number=number)
    hand_in(seller, ana, "A")
    work_off_but_rendering()
    hand_in(seller, ana, "B")

    first, second = settle(market)

    assert [first["document"], second["document"]] == ["CZ-2026-000001", "CZ-2026-000002"]
    assert reasons(first) == reasons(second) == {"C": "left_out"}


def test_a_voided_document_is_told_as_void_and_its_orders_as_open(
    market: Market, make_order: MakeOrder, carla: User
) -> None:
    make_order(number="A")
    settle(market)
    void_document(document_id=Document.objects.get().pk, reason="wrong", by=carla, at=AFTER_OCTOBER)

    (answer,) = settle(market)

    assert (answer["document"], answer["state"], answer["orders"]) == (None, "void", 0)
    assert reasons(answer) == {"A": "left_out"}


def test_a_period_sent_twice_while_it_is_in_review_is_nothing_new(
    market: Market, seller: Seller, ana: User, make_order: MakeOrder
) -> None:
    Contract.objects.update(approves_clean=False)
    make_order(number="A")
    first = hand_in(seller, ana, "A")

    second = hand_in(seller, ana, "A")

    assert (first.state, second.state) == (State.UNDER_REVIEW, State.NOTHING_NEW)
    assert second.lines.get().verdict == "in_review"
    assert OutgoingMail.objects.count() == 1


def test_agency_orders_never_come_on_a_resale_document(
    market: Market, seller: Seller, make_order: MakeOrder
) -> None:
    sell_under(seller, BusinessModel.AGENCY)
    make_order(number="AGENCY")
    sell_under(seller, BusinessModel.RESALE)
    make_order(number="RESALE")

    answers = settle(market)

    assert [(answer["orders"], "purchase_gross" in answer) for answer in answers] == [(1, True), (1, False)]
    assert [document.model for document in Document.objects.order_by("pk")] == ["resale", "agency"]


def test_resale_orders_of_a_seller_who_left_are_still_settled(
    market: Market, seller: Seller, make_order: MakeOrder
) -> None:
    make_order()
    sell_under(seller, BusinessModel.AGENCY)
    Seller.objects.update(is_active=False)

    (answer,) = settle(market)

    assert answer["orders"] == 1


def test_a_second_approval_wakes_its_own_job_though_the_first_still_runs(
    market: Market, seller: Seller, ana: User, carla: User, make_order: MakeOrder
) -> None:
    Contract.objects.update(approves_clean=False)
    make_order(number="A")
    submission = hand_in(seller, ana, "A")
    approve_submission(submission_id=submission.pk, by=carla, at=AFTER_OCTOBER)
    # A worker claimed the job, sent the submission back, and has not written its end yet.
    Job.objects.filter(name="documents.issue").update(state="running", leased_until=AFTER_OCTOBER)
    Submission.objects.update(state=State.UNDER_REVIEW)

    approve_submission(submission_id=submission.pk, by=carla, at=AFTER_OCTOBER)
    work_off_but_rendering()

    assert Document.objects.get().orders == 1


def test_an_approved_submission_nobody_works_on_is_gone_on_with(
    market: Market, seller: Seller, ana: User, make_order: MakeOrder
) -> None:
    make_order(number="A")
    hand_in(seller, ana, "A")
    Job.objects.filter(name="documents.issue").update(state="cancelled")

    from django.utils import timezone

    assert wake_left_behind(at=timezone.now()) == 1
    work_off_but_rendering()

    assert Document.objects.count() == 1


def test_one_seller_that_fails_does_not_hold_up_the_others(
    market: Market, seller: Seller, make_order: MakeOrder
) -> None:
    other = make_seller(market, "3005", "Bad")
    take(market, tell_order(seller="3005"))
    make_order()
    Contract.objects.filter(seller=other).update(cadence="never")

    from settlement.runs.models import Origin as RunOrigin
    from settlement.runs.operations import start_run

    start_run(market=market, through=OCTOBER, origin=RunOrigin.MANUAL, by=None, at=AFTER_OCTOBER)
    from marketplace.kernel import jobs

    jobs.work_off()

    assert [document.seller for document in Document.objects.all()] == [seller]
    assert Order.objects.filter(seller=other, billable__isnull=False).count() == 1
    assert "3005" not in Job.objects.get(name="runs.close").error
    assert str(other.pk) in Job.objects.get(name="runs.close").error
