"""A run over many sellers: as many statements as for one, and every order where it belongs."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from marketplace.kernel import jobs
from marketplace.kernel.books import run_checks
from marketplace.kernel.models import AuditRecord, Job
from marketplace.orders.models import Order
from marketplace.parties.models import Contract, Market, Seller
from settlement.claims.operations import hold_order
from settlement.documents.models import Document, DocumentLine
from settlement.review.models import State, Submission
from settlement.runs.models import Origin, Run
from settlement.runs.operations import start_run
from settlement.runs.queries import run_answers
from tests.cast import (
    AFTER_OCTOBER,
    OCTOBER,
    MakeOrder,
    make_market,
    make_seller,
    reasons,
    settle,
    take,
    work_off_but_rendering,
)
from tests.orders.telling import goods, tell_order, tender


def statements_of(market: Market, sellers: int) -> tuple[int, int]:
    """How many statements settling a market of so many sellers takes, and telling what it came to."""
    for place in range(sellers):
        number = str(3000 + place)
        make_seller(market, number, f"Seller {number}", approves_clean=place % 3 != 0)
        take(market, *(tell_order(seller=number, status=each) for each in ("delivered", "delivered", "open")))
    run = start_run(market=market, through=OCTOBER, origin=Origin.MANUAL, by=None, at=AFTER_OCTOBER)
    with CaptureQueriesContext(connection) as settling:
        for name in ("runs.close", "documents.issue"):
            work_one(run, name)
    with CaptureQueriesContext(connection) as answering:
        assert [answer["orders"] for answer in run_answers(run)] == [2] * sellers
    return len(settling), len(answering)


def work_one(run: Run, name: str) -> None:
    """Run the next job of a run, which is to be of this name."""
    claimed = jobs.claim(group=run.group)
    assert claimed is not None
    assert claimed.row.name == name
    jobs.run(claimed)


@pytest.mark.django_db
def test_ten_times_the_sellers_take_no_more_statements() -> None:
    few = statements_of(make_market("CZ"), 3)
    many = statements_of(make_market("PE", entity_tax_id="20512333797", entity_iban=""), 30)

    assert many == few


def test_large_batches_are_issued_in_portions(market: Market, monkeypatch: pytest.MonkeyPatch) -> None:
    for number, orders in (("3001", 2), ("3002", 1), ("3003", 5), ("3004", 1)):
        make_seller(market, number, number)
        take(market, *(tell_order(seller=number) for _ in range(orders)))
    monkeypatch.setattr("settlement.review.operations.routing.MOST_ORDERS", 3)

    settle(market)

    portions = Job.objects.filter(name="documents.issue").order_by("pk")
    assert [len(job.args["submission_ids"]) for job in portions] == [2, 1, 1]
    assert list(Document.objects.order_by("serial").values_list("orders", flat=True)) == [2, 1, 5, 1]


def test_the_jobs_and_acts_of_a_batch_are_each_sellers_own(market: Market) -> None:
    for number in ("3001", "3002", "3003"):
        make_seller(market, number, number)
        take(market, tell_order(seller=number))

    settle(market)

    documents = Document.objects.order_by("serial")
    drawing = Job.objects.filter(name="documents.render").order_by("pk")
    assert [(job.key, job.seller_id, job.args) for job in drawing] == [
        (row.reference, row.seller_id, {"document_id": row.pk}) for row in documents
    ]
    issued = AuditRecord.objects.filter(verb="document.issued").order_by("pk")
    assert [(act.subject, act.seller_id) for act in issued] == [
        (row.reference, row.seller_id) for row in documents
    ]
    run = Run.objects.get()
    assert set(Job.objects.values_list("group", flat=True)) == {run.group}
    assert Job.objects.get(name="netting.take_documents").args == {
        "document_ids": [row.pk for row in documents]
    }


def test_sellers_of_every_kind_in_one_batch_come_out_as_they_would_alone(market: Market, carla: Any) -> None:
    plain, held, by_hand, quiet, partly = (
        make_seller(market, str(3001 + place), f"Seller {place}") for place in range(5)
    )
    Contract.objects.filter(seller=by_hand).update(approves_clean=False)
    for seller, numbers in ((plain, "AB"), (held, "C"), (by_hand, "D"), (partly, "EF")):
        take(market, *(tell_order(seller=seller.partner_number, number=each) for each in numbers))
    for number in ("C", "F"):
        order = Order.objects.get(number=number)
        hold_order(order_id=order.pk, reason="broken", by=carla, at=AFTER_OCTOBER)

    answers = {each["seller"]: each for each in settle(market)}

    assert [(each["document"], each["orders"]) for each in answers.values()] == [
        ("CZ-2026-000001", 2),
        (None, 0),
        (None, 1),
        (None, 0),
        ("CZ-2026-000002", 1),
    ]
    assert answers["3003"]["state"] == State.UNDER_REVIEW
    assert reasons(answers["3002"]) == {"C": "disputed"}
    assert reasons(answers["3005"]) == {"F": "disputed"}
    assert not Submission.objects.filter(seller__in=[held, quiet]).exists(), "nothing is handed in of nothing"
    assert run_checks() == []


def test_periods_that_were_missed_are_settled_one_after_the_other(market: Market, seller: Seller) -> None:
    Contract.objects.update(cadence="week")
    settle(market, through=date(2026, 10, 4), at=datetime(2026, 10, 5, 6, tzinfo=UTC))
    for day in (7, 14, 15):
        take(market, tell_order(number=f"D{day}", delivered=f"2026-10-{day:02}T10:00:00+02:00"))

    settle(market, through=date(2026, 10, 18), at=AFTER_OCTOBER)

    lines = DocumentLine.objects.order_by("number").values_list("number", "document__period__first_on")
    assert dict(lines) == {"D14": date(2026, 10, 12), "D15": date(2026, 10, 12), "D7": date(2026, 10, 5)}
    assert run_checks() == []


def test_what_a_hold_took_away_between_approval_and_issue_is_on_no_document(
    market: Market, make_order: MakeOrder, carla: Any
) -> None:
    orders = [make_order() for _ in range(3)]
    run = start_run(market=market, through=OCTOBER, origin=Origin.MANUAL, by=None, at=AFTER_OCTOBER)
    work_one(run, "runs.close")
    hold_order(order_id=orders[1].pk, reason="broken", by=carla, at=AFTER_OCTOBER)

    work_off_but_rendering()

    document = Document.objects.get()
    assert (document.orders, document.customer_total) == (2, 2420_00)
    assert document.lines.filter(order=orders[1]).count() == 0
    submission = Submission.objects.get()
    assert (submission.rows, submission.included, submission.customer_total) == (3, 2, 2420_00)


def settle_weeks(market: Market, *through: int) -> list[dict[str, Any]]:
    """Settle a weekly seller's October; what the last of these runs answers of documents."""
    Contract.objects.update(cadence="week")
    answers = [settle(market, through=date(2026, 10, day)) for day in through]
    return [answer for answer in answers[-1] if answer["document"]]


def cod_order(day: int) -> dict[str, Any]:
    """An order whose cash the seller took."""
    return tell_order(
        number=f"D{day}",
        delivered=f"2026-10-{day:02}T10:00:00+02:00",
        lines=[goods("2420.00")],
        tenders=[tender("cod", "2420.00")],
    )


def test_what_stood_open_before_is_carried_in_and_is_no_part_of_the_net(
    market: Market, seller: Seller
) -> None:
    take(market, cod_order(7))
    (first,) = settle_weeks(market, 4, 11)
    take(market, tell_order(delivered="2026-10-13T10:00:00+01:00"))

    second = settle_weeks(market, 18)[-1]

    assert first["carried_in"] == "0.00"
    assert second["carried_in"] == "-2420.00", "the seller still holds what the first week's customer paid"
    assert second["net"] == {"payer": "marketplace", "payee": "seller", "amount": "1028.50"}


def test_of_two_documents_posted_at_one_instant_the_second_carries_the_first(
    market: Market, seller: Seller
) -> None:
    settle_weeks(market, 4)
    take(market, cod_order(7), cod_order(14))

    answers = settle_weeks(market, 18)

    assert len(set(Document.objects.values_list("issued_at", flat=True))) == 1
    assert [each["carried_in"] for each in answers] == ["0.00", "-2420.00"]
