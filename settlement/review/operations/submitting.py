"""Handing a period's workbook to accounting: sent, uploaded, or by the scheduled run."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Exists, F, OuterRef, QuerySet, Value, Window
from django.db.models.functions import Collate, RowNumber

from marketplace.kernel.audit import record
from marketplace.kernel.jobs import enqueue
from marketplace.kernel.models import StoredFile
from marketplace.kernel.sets import codepoints, go_by_indexes, insert_from
from marketplace.kernel.states import move
from marketplace.orders.models import Billable, Order
from marketplace.parties.models import Seller
from settlement.claims.models import Verdict
from settlement.claims.queries import left_out, to_be_invoiced_in
from settlement.periods.models import Period
from settlement.periods.operations import close_periods
from settlement.periods.rules import Span, in_turns
from settlement.review.models import WITH_ACCOUNTING, Origin, State, Submission, SubmissionLine
from settlement.review.operations.judging import CHUNK, judge
from settlement.review.operations.routing import go_on, wake_documents, wake_documents_of
from settlement.review.rules import Row


class NoSuchPeriod(Exception):
    """The days are no settlement period of this seller."""


@transaction.atomic
def submit_workbook(
    *, seller_id: int, span: Span, file: StoredFile, origin: Origin, by: Any, at: datetime
) -> Submission:
    """Hand a workbook in for a period that is over; the period closes, and a job reads the workbook.

    :raises StillRunning: if the period is not over.
    :raises NoSuchPeriod: if the days are none of the seller's periods.
    """
    seller = Seller.objects.locked().select_related("market", "contract").get(pk=seller_id)
    close_periods(seller_ids=[seller_id], through=span.last_on, at=at)
    period = Period.objects.of(seller).filter(first_on=span.first_on, end_on=span.end_on).first()
    if period is None:
        raise NoSuchPeriod(span)
    submission = Submission.objects.create(
        market=seller.market,
        seller=seller,
        period=period,
        model=seller.contract.model,
        origin=origin,
        file=file,
        submitted_at=at,
        submitted_by=by,
    )
    record(
        verb="submission.handed_in",
        subject=f"{seller.partner_number} {period}",
        by=by,
        at=at,
        seller_id=seller_id,
    )
    enqueue("documents.credit", key=f"submission:{submission.pk}", seller_ids=[seller_id])
    enqueue(
        "review.read", key=f"submission:{submission.pk}", seller_id=seller_id, submission_id=submission.pk
    )
    return submission


def record_rows(*, submission_id: int, rows: Sequence[Row], at: datetime) -> Submission:
    """Write a read workbook's rows, judge them, and move the submission on; reading it again changes
    nothing.
    """
    with transaction.atomic():
        submission = Submission.objects.locked().select_related("period").get(pk=submission_id)
        if submission.state != State.READING:
            return submission
        told = rows or _rows_of_period(submission.period)
        SubmissionLine.objects.bulk_create(_lines(submission, told), batch_size=2000)
        judge([submission])
        go_on([submission], at=at)
        if submission.state == State.APPROVED:
            wake_documents(submission)
    return submission


def _rows_of_period(period: Period) -> list[Row]:
    """The period's orders that are left out: what an export with nothing to invoice is answered with, one
    by one.
    """
    rows = left_out(seller=period.seller, starts_at=period.starts_at, cutoff=period.ends_at)
    return [Row(place, number) for place, number in enumerate(rows.values_list("number", flat=True), start=1)]


def record_unreadable(*, submission_id: int, why: str, at: datetime) -> Submission:
    """Note that a workbook could not be read, and why; nothing else changes."""
    with transaction.atomic():
        submission = Submission.objects.locked().get(pk=submission_id)
        if submission.state == State.READING:
            move(submission, State.UNREADABLE, by=None, at=at, reason=why[:300], also={"note": why[:300]})
    return submission


def submit_periods(*, periods: Iterable[Period], at: datetime) -> list[Submission]:
    """Hand in the closed periods of a scheduled run, each with all orders to be invoiced at its cut-off.

    Must run in the transaction that closed them.
    """
    go_by_indexes()
    submissions = [
        row
        for turn in in_turns(periods)
        for model, some in _by_model(turn).items()
        for row in _submit_together(some, model, at)
    ]
    wake_documents_of([submission for submission in submissions if submission.state == State.APPROVED])
    return submissions


def _by_model(periods: Sequence[Period]) -> dict[str, list[Period]]:
    """Periods by business model; one whose seller changed it is handed in once for either."""
    found: dict[str, list[Period]] = {}
    for period in periods:
        contract = period.seller.contract
        for model in filter(None, (contract.model, contract.former_model)):
            found.setdefault(model, []).append(period)
    return found


def _submit_together(periods: Sequence[Period], model: str, at: datetime) -> list[Submission]:
    """Hand in periods of as many sellers, all in the same few statements."""
    keys = [period.seller_id for period in periods]
    wanted = _not_waiting(to_be_invoiced_in(periods, model=model), keys)
    submissions = Submission.objects.bulk_create(
        Submission(
            market=period.market,
            seller=period.seller,
            period=period,
            model=model,
            origin=Origin.SCHEDULE,
            submitted_at=at,
        )
        for period in _with_open_orders(periods)
    )
    insert_from(
        SubmissionLine,
        wanted.filter(seller__periods__submissions__in=submissions),
        {
            "submission": F("seller__periods__submissions"),
            "position": Window(
                RowNumber(),
                partition_by="seller__periods__submissions",
                order_by=Collate("order__number", codepoints()),
            ),
            "number": F("order__number"),
            "order": F("order"),
            "verdict": Value(Verdict.OK),
        },
    )
    submissions = _without_empty(submissions)
    go_on(submissions, at=at)
    return submissions


def _with_open_orders(periods: Sequence[Period]) -> list[Period]:
    """Those with orders that might be handed in, as far as the index of open ones tells."""
    waiting = Billable.objects.filter(seller=OuterRef("seller"), delivered_at__lt=OuterRef("ends_at"))
    rows = Period.objects.filter(Exists(waiting), pk__in=[period.pk for period in periods])
    keys = set(rows.values_list("pk", flat=True))
    return [period for period in periods if period.pk in keys]


def _without_empty(submissions: Sequence[Submission]) -> list[Submission]:
    """Take back what turned out to hold nothing: all that was open is disputed, or with accounting."""
    rows = Submission.objects.filter(pk__in=[submission.pk for submission in submissions])
    empty = rows.filter(~Exists(SubmissionLine.objects.filter(submission=OuterRef("pk"))))
    keys = set(empty.values_list("pk", flat=True))
    if keys:
        Submission.objects.filter(pk__in=keys).delete()
    return [submission for submission in submissions if submission.pk not in keys]


def _not_waiting(billables: "QuerySet[Any]", sellers: Sequence[int]) -> "QuerySet[Any]":
    """Those of them that no earlier submission still has with accounting: they are not handed in twice."""
    waiting = Submission.objects.filter(seller__in=sellers, state__in=WITH_ACCOUNTING)
    # Asked for first, since there is hardly ever one: a join of all lines ever would have to be planned well.
    keys = list(waiting.values_list("pk", flat=True))
    if not keys:
        return billables
    held = SubmissionLine.objects.included().filter(submission__in=keys, order=OuterRef("order"))
    return billables.filter(~Exists(held))


def _lines(submission: Submission, rows: Sequence[Row]) -> Iterable[SubmissionLine]:
    """Rows as lines, each with the order it names where it is one of the seller's."""
    known: set[str] = set()
    keys: dict[str, int] = {}
    with_accounting: set[int] = set()
    numbers = sorted({row.number for row in rows})
    for start in range(0, len(numbers), CHUNK):
        some = Order.objects.filter(market=submission.market_id, number__in=numbers[start : start + CHUNK])
        known.update(some.values_list("number", flat=True))
        keys.update(some.filter(seller=submission.seller_id).values_list("number", "pk"))
        waiting = SubmissionLine.objects.included().filter(
            order__in=some, submission__seller=submission.seller_id, submission__state__in=WITH_ACCOUNTING
        )
        with_accounting.update(
            pk for pk in waiting.exclude(submission=submission).values_list("order", flat=True) if pk
        )
    seen: set[str] = set()
    for row in rows:
        line = SubmissionLine(
            submission=submission,
            position=row.position,
            number=row.number[:64],
            verdict=Verdict.OK,
            told_total=row.total,
            told_voucher=row.voucher,
            told_to_pay=row.to_pay,
            told_payment=row.payment,
        )
        if row.number in seen:
            line.verdict = Verdict.DUPLICATE_ROW
        elif keys.get(row.number) in with_accounting:
            line.verdict = Verdict.IN_REVIEW
        elif row.number in keys:
            line.order_id = keys[row.number]
        else:
            line.verdict = Verdict.OTHER_SELLER if row.number in known else Verdict.UNKNOWN_ORDER
        seen.add(row.number)
        yield line
