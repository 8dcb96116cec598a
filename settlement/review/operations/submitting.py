"""Handing a period's workbook to accounting: sent, uploaded, or by the scheduled run."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import translation
from django.utils.translation import gettext as _

from marketplace.kernel.audit import record
from marketplace.kernel.jobs import enqueue
from marketplace.kernel.mail import write_mail
from marketplace.kernel.models import StoredFile
from marketplace.kernel.states import move
from marketplace.orders.models import Order
from marketplace.parties.models import Contract, Seller
from marketplace.parties.queries import approves_clean
from settlement.claims.models import OVERRIDABLE, Verdict
from settlement.claims.queries import left_out, to_be_invoiced
from settlement.periods.models import Period
from settlement.periods.operations import close_periods
from settlement.periods.rules import Span
from settlement.review.models import WITH_ACCOUNTING, Origin, State, Submission, SubmissionLine
from settlement.review.operations.judging import CHUNK, add_up, judge
from settlement.review.rules import Row, is_out_of_proportion


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
    seller = Seller.objects.locked().select_related("market").get(pk=seller_id)
    close_periods(seller_ids=[seller_id], through=span.last_on, at=at)
    period = Period.objects.of(seller).filter(first_on=span.first_on, end_on=span.end_on).first()
    if period is None:
        raise NoSuchPeriod(span)
    submission = Submission.objects.create(
        market=seller.market,
        seller=seller,
        period=period,
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
        judge(submission)
        _settle_state(submission, at)
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
    submissions = [submission for period in periods if (submission := _submit_period(period, at))]
    approved = [submission.pk for submission in submissions if submission.state == State.APPROVED]
    if approved:
        _wake_documents(key=f"submissions:{approved[0]}", submission_ids=approved)
    return submissions


def _submit_period(period: Period, at: datetime) -> Submission | None:
    # What an earlier submission still has with accounting is not handed in twice.
    waiting = SubmissionLine.objects.included().filter(
        order=OuterRef("order"), submission__seller=period.seller_id, submission__state__in=WITH_ACCOUNTING
    )
    wanted = to_be_invoiced(seller=period.seller, cutoff=period.ends_at).filter(~Exists(waiting))
    wanted = wanted.order_by("order__number")
    found = list(wanted.values_list("order_id", "order__number"))
    if not found:
        return None
    submission = Submission.objects.create(
        market_id=period.market_id,
        seller=period.seller,
        period=period,
        origin=Origin.SCHEDULE,
        submitted_at=at,
    )
    SubmissionLine.objects.bulk_create(
        (
            SubmissionLine(
                submission=submission, position=place, number=number, order_id=order, verdict=Verdict.OK
            )
            for place, (order, number) in enumerate(found, start=1)
        ),
        batch_size=2000,
    )
    add_up(submission)
    _settle_state(submission, at)
    return submission


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


def _settle_state(submission: Submission, at: datetime) -> None:
    """Where a judged submission goes: on by itself if it is clean and may, away if there is nothing, else
    to a person.
    """
    lines = submission.lines
    undecided = lines.filter(verdict__in=OVERRIDABLE).exists()
    if not submission.included and not undecided:
        move(submission, State.NOTHING_NEW, by=None, at=at)
        return
    contract = Contract.objects.select_related("seller__market").get(seller=submission.seller_id)
    clean = approves_clean(contract) and not lines.exclude(verdict=Verdict.OK).exists()
    runaway = clean and _is_runaway(submission)
    if clean and not runaway:
        move(submission, State.APPROVED, by=None, at=at, reason="clean", also={"automatic": True})
        return
    note = _("A hundred times the usual: a person looks at it first.") if runaway else ""
    move(submission, State.UNDER_REVIEW, by=None, at=at, reason=note, also={"note": note})
    _tell_accounting(submission, at)


def _is_runaway(submission: Submission) -> bool:
    earlier = Submission.objects.filter(seller=submission.seller_id, state=State.DOCUMENTED).order_by("-pk")[
        :24
    ]
    return is_out_of_proportion(
        orders=submission.included,
        total=submission.customer_total,
        earlier=list(earlier.values_list("included", "customer_total")),
    )


def wake_documents(submission: Submission) -> None:
    """Write the job that issues the document; it reads the submission, so that waking it twice is
    harmless.
    """
    # Each approval wakes a job of its own: one that runs just now, for the one before, may have looked.
    approval = submission.changes.latest("pk").pk
    _wake_documents(key=f"submission:{submission.pk}:{approval}", submission_ids=[submission.pk])


def _wake_documents(*, key: str, submission_ids: list[int]) -> None:
    enqueue("documents.issue", key=key, submission_ids=submission_ids)


def _tell_accounting(submission: Submission, at: datetime) -> None:
    seller, market = submission.seller, submission.market
    with translation.override(market.spoken):
        period = str(submission.period)
        write_mail(
            key=f"submission:{submission.pk}:review",
            market=market,
            to=[market.accounting_email],
            seller_id=seller.pk,
            subject=_("To review: %(seller)s, %(period)s") % {"seller": seller, "period": period},
            body=_(
                "%(seller)s handed in %(rows)s orders for %(period)s; %(included)s of them can be invoiced."
            )
            % {"seller": seller, "rows": submission.rows, "period": period, "included": submission.included},
            at=at,
        )
