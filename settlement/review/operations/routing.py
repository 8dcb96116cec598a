"""Where judged submissions go: to their document, to an accountant, or nowhere."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from django.db.models import Window
from django.db.models.functions import RowNumber
from django.utils import translation
from django.utils.translation import gettext as _

from marketplace.kernel.jobs import enqueue
from marketplace.kernel.mail import Letter, write_mails
from marketplace.kernel.states import move_all
from marketplace.parties.queries import sellers_approved_alone
from settlement.review.models import State, Submission
from settlement.review.operations.judging import add_up
from settlement.review.rules import is_out_of_proportion

MOST_COMPARED = 24
"""How many of a seller's earlier submissions say what is usual: two years of months."""

MOST_ORDERS = 100_000
"""Orders whose documents are issued in one transaction, which holds the series' next number meanwhile."""


def go_on(submissions: Sequence[Submission], *, at: datetime) -> None:
    """Add judged submissions up and move them on: by themselves if they are clean and may, away if there is
    nothing, else to a person.
    """
    tallies = add_up(submissions)
    empty, clean, left = [], [], []
    alone = sellers_approved_alone([submission.seller_id for submission in submissions])
    for submission in submissions:
        sums = tallies[submission.pk]
        if not sums.included and not sums.undecided:
            empty.append(submission)
        elif submission.seller_id in alone and not sums.unclean:
            clean.append(submission)
        else:
            left.append(submission)
    runaways = _runaways(clean)
    stopped = {submission.pk for submission in runaways}
    fine = [submission for submission in clean if submission.pk not in stopped]
    move_all(empty, State.NOTHING_NEW, by=None, at=at)
    move_all(fine, State.APPROVED, by=None, at=at, reason="clean", also={"automatic": True})
    note = _("A hundred times the usual: a person looks at it first.")
    move_all(runaways, State.UNDER_REVIEW, by=None, at=at, reason=note, also={"note": note})
    move_all(left, State.UNDER_REVIEW, by=None, at=at)
    _tell_accounting([*runaways, *left], at)


def _runaways(submissions: Sequence[Submission]) -> list[Submission]:
    """Those out of all proportion to their seller's earlier ones."""
    earlier: dict[int, list[tuple[int, int]]] = {}
    latest = Submission.objects.filter(
        seller__in=[submission.seller_id for submission in submissions], state=State.DOCUMENTED
    ).annotate(age=Window(RowNumber(), partition_by="seller", order_by="-pk"))
    rows = latest.filter(age__lte=MOST_COMPARED).values_list("seller", "included", "customer_total")
    for seller, included, total in rows:
        earlier.setdefault(seller, []).append((included, total))
    return [
        submission
        for submission in submissions
        if is_out_of_proportion(
            orders=submission.included,
            total=submission.customer_total,
            earlier=earlier.get(submission.seller_id, []),
        )
    ]


def wake_documents(submission: Submission) -> None:
    """Write the job that issues the document; it reads the submission, so that waking it twice is
    harmless.
    """
    # Each approval wakes a job of its own: one that runs just now, for the one before, may have looked.
    approval = submission.changes.latest("pk").pk
    enqueue("documents.issue", key=f"submission:{submission.pk}:{approval}", submission_ids=[submission.pk])


def wake_documents_of(submissions: Sequence[Submission]) -> None:
    """Write the jobs that issue the documents of a batch that was approved just now, for so many orders
    each.
    """
    for some in _portions(submissions):
        keys = [submission.pk for submission in some]
        enqueue("documents.issue", key=f"submissions:{keys[0]}", submission_ids=keys)


def _portions(submissions: Sequence[Submission]) -> Iterator[list[Submission]]:
    portion: list[Submission] = []
    orders = 0
    for submission in submissions:
        if portion and orders + submission.included > MOST_ORDERS:
            yield portion
            portion, orders = [], 0
        portion.append(submission)
        orders += submission.included
    if portion:
        yield portion


def _tell_accounting(submissions: Sequence[Submission], at: datetime) -> None:
    markets = {submission.market_id: submission.market for submission in submissions}
    for key, market in markets.items():
        with translation.override(market.spoken):
            letters = [_letter(submission) for submission in submissions if submission.market_id == key]
        write_mails(market=market, letters=letters, at=at)


def _letter(submission: Submission) -> Letter:
    seller, period = submission.seller, str(submission.period)
    told = {"seller": seller, "rows": submission.rows, "period": period, "included": submission.included}
    return Letter(
        key=f"submission:{submission.pk}:review",
        to=[submission.market.accounting_email],
        subject=_("To review: %(seller)s, %(period)s") % {"seller": seller, "period": period},
        body=_("%(seller)s handed in %(rows)s orders for %(period)s; %(included)s of them can be invoiced.")
        % told,
        seller_id=seller.pk,
    )
