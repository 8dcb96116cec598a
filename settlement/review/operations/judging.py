"""Giving each line of submissions its verdict, and adding the submissions up: one or many at a time."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import BigIntegerField, Count, F, Q, QuerySet, Sum, Value
from django.db.models.functions import Coalesce

from marketplace.kernel.sets import update_each
from marketplace.orders.models import Method
from marketplace.orders.remainders import held_by_seller, left, paid_by
from marketplace.orders.wording import payment_texts
from settlement.claims.models import OVERRIDABLE, Verdict
from settlement.claims.queries import verdict
from settlement.review.models import INCLUDED, Submission, SubmissionLine

CHUNK = 2000


@dataclass(frozen=True, slots=True)
class Tally:
    """What a submission's lines come to: counts, and sums of our own amounts over the lines a document
    will hold.

    ``undecided`` lines wait for a person, ``unclean`` ones have another verdict than fine, ``doubtful``
    ones must be judged anew.
    """

    rows: int = 0
    included: int = 0
    customer_total: int = 0
    purchase_gross: int = 0
    held_by_seller: int = 0
    undecided: int = 0
    unclean: int = 0
    doubtful: int = 0


def judge(submissions: Sequence[Submission]) -> list[SubmissionLine]:
    """Judge locked submissions' lines anew; those whose verdict changed. The caller adds them up.

    A decision falls when the verdict it was taken on is no longer the verdict.
    """
    changed = []
    for some in _doubtful_lines(submissions):
        changed += [line for line in some if _rejudged(line)]
    SubmissionLine.objects.bulk_update(
        changed, ["verdict", "reference", "decision", "decided_by", "decided_at"], batch_size=500
    )
    return changed


def add_up(submissions: Sequence[Submission]) -> dict[int, Tally]:
    """Write submissions' counts and sums as their lines now stand; what they are, by key."""
    tallies = tally(submissions)
    for submission in submissions:
        sums = tallies[submission.pk]
        submission.rows, submission.included = sums.rows, sums.included
        submission.customer_total = sums.customer_total
        submission.purchase_gross = sums.purchase_gross
    columns = ("rows", "included", "customer_total", "purchase_gross")
    written = {row.pk: [getattr(row, name) for name in columns] for row in submissions}
    update_each(Submission, columns, written)
    return tallies


def tally(submissions: Sequence[Submission], *, doubtful: bool = False) -> dict[int, Tally]:
    """Add the lines of submissions up, and count those that must be judged anew, if asked for, in one
    pass.
    """
    sums = _sums(_cutoff_of(submissions))
    lines: QuerySet[Any] = SubmissionLine.objects.filter(submission__in=submissions)
    if doubtful:
        lines, sums = _with_facts(submissions), sums | {"doubtful_": Count("pk", filter=DOUBTFUL)}
    found = lines.values("submission").annotate(**sums).values_list("submission", *sums)
    tallies = {key: Tally(*(int(each) for each in counts)) for key, *counts in found}
    return {submission.pk: tallies.get(submission.pk, Tally()) for submission in submissions}


def _sum(amount: Any) -> Coalesce:
    return Coalesce(Sum(amount, filter=INCLUDED), 0, output_field=BigIntegerField())


def _sums(cutoff: datetime | F) -> dict[str, Any]:
    """What a :class:`Tally` holds, in its order; amounts are those left at the cut-off."""
    way: dict[str, Any] = {"cutoff": cutoff, "order": "order__", "key": "order"}
    return {
        "rows_": Count("pk"),
        "included_": Count("pk", filter=INCLUDED),
        "total_": _sum(left("total", **way)),
        "purchase_": _sum(left("purchase_gross", **way)),
        "held_": _sum(held_by_seller(**way)),
        "undecided_": Count("pk", filter=Q(verdict__in=OVERRIDABLE)),
        "unclean_": Count("pk", filter=~Q(verdict=Verdict.OK)),
    }


DOUBTFUL = Q(order__isnull=False) & (
    Q(told_total__isnull=False) | ~Q(verdict=F("verdict_now")) | ~Q(reference=F("reference_now"))
)
"""Lines of our own orders whose verdict is no longer what stands there, or that told amounts of their own."""


def _with_facts(submissions: Sequence[Submission]) -> "QuerySet[Any]":
    """The lines of submissions with what would be said of their orders now."""
    way: dict[str, Any] = {"cutoff": _cutoff_of(submissions), "order": "order__", "key": "order"}
    return SubmissionLine.objects.filter(submission__in=submissions).annotate(
        verdict_now=verdict(model=F("submission__model"), **way),
        reference_now=Coalesce("order__claim__reference", Value("")),
    )


def _cutoff_of(submissions: Sequence[Submission]) -> datetime | F:
    """The cut-off of submissions: those of one run mostly share it, and need not look it up by line."""
    cutoffs = {submission.period.ends_at for submission in submissions}
    return cutoffs.pop() if len(cutoffs) == 1 else F("submission__period__ends_at")


def _doubtful_lines(submissions: Sequence[Submission]) -> Iterator[list[Any]]:
    """The lines to be judged anew, in their order, some at a time."""
    way: dict[str, Any] = {"cutoff": _cutoff_of(submissions), "order": "order__", "key": "order"}
    lines = _with_facts(submissions).filter(DOUBTFUL).select_related("order").order_by("pk")
    lines = lines.annotate(total_now=left("total", **way), voucher_now=paid_by(Method.VOUCHER, **way))
    after = 0
    while some := list(lines.filter(pk__gt=after)[:CHUNK]):
        yield some
        after = some[-1].pk


def _rejudged(line: Any) -> bool:
    """Give a line its verdict of now; whether that is another than it had."""
    now, reference = line.verdict_now, line.reference_now
    if now == Verdict.OK and _told_otherwise(line):
        now, reference = Verdict.AMOUNT_CHANGED, ""
    if (now, reference) == (line.verdict, line.reference):
        return False
    line.verdict, line.reference = now, reference
    line.decision, line.decided_by, line.decided_at = "", None, None
    return True


def _told_otherwise(line: Any) -> bool:
    """Whether the workbook's amounts differ from ours; rows without amounts were read from the orders
    themselves.
    """
    order = line.order
    if line.told_total is None or order is None:
        return False
    ours = (line.total_now, line.voucher_now, line.total_now - line.voucher_now)
    if (line.told_total, line.told_voucher or 0, line.told_to_pay) != ours:
        return True
    return bool(line.told_payment) and line.told_payment.casefold() not in payment_texts(order.payment)
