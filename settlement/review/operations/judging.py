"""Giving each line of a submission its verdict."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Sum

from marketplace.orders.models import Order
from marketplace.orders.wording import payment_texts
from settlement.claims.models import Verdict
from settlement.claims.queries import with_verdict
from settlement.review.models import Submission, SubmissionLine

CHUNK = 2000


def judge(submission: Submission) -> list[SubmissionLine]:
    """Judge a locked submission's lines anew and add it up; the lines whose verdict changed.

    A decision falls when the verdict it was taken on is no longer the verdict.
    """
    changed = []
    lines = list(submission.lines.order_by("position"))
    for start in range(0, len(lines), CHUNK):
        changed += _judge_some(submission, lines[start : start + CHUNK])
    SubmissionLine.objects.bulk_update(
        changed, ["verdict", "reference", "decision", "decided_by", "decided_at"], batch_size=500
    )
    add_up(submission)
    return changed


def add_up(submission: Submission) -> None:
    """Write a submission's counts and sums, of our own amounts, as its lines now stand."""
    sums = submission.lines.included().aggregate(
        total=Sum("order__total"), purchase=Sum("order__purchase_gross")
    )
    submission.rows = submission.lines.count()
    submission.included = submission.lines.included().count()
    submission.customer_total, submission.purchase_gross = sums["total"] or 0, sums["purchase"] or 0
    submission.save(update_fields=["rows", "included", "customer_total", "purchase_gross"])


def _judge_some(submission: Submission, lines: Sequence[SubmissionLine]) -> list[SubmissionLine]:
    wanted = [line.order_id for line in lines if line.order_id is not None]
    judged = with_verdict(Order.objects.filter(pk__in=wanted), cutoff=submission.period.ends_at)
    orders = {order.pk: order for order in judged}
    changed = []
    for line in lines:
        verdict, reference = _verdict(line, orders)
        if (verdict, reference) != (line.verdict, line.reference):
            line.verdict, line.reference = verdict, reference
            line.decision, line.decided_by, line.decided_at = "", None, None
            changed.append(line)
    return changed


def _verdict(line: SubmissionLine, orders: dict[int, Any]) -> tuple[str, str]:
    """A line's verdict now; what the row itself decided (unknown, another's, a twin) stays."""
    if line.order_id is None:
        return line.verdict, line.reference
    order = orders[line.order_id]
    if order.verdict == Verdict.OK and _told_otherwise(line, order):
        return Verdict.AMOUNT_CHANGED, ""
    return order.verdict, order.reference or ""


def _told_otherwise(line: SubmissionLine, order: Order) -> bool:
    """Whether the workbook's amounts differ from ours; rows without amounts were read from the orders
    themselves.
    """
    if line.told_total is None:
        return False
    ours = (order.total, 0, order.total)
    if (line.told_total, line.told_voucher or 0, line.told_to_pay) != ours:
        return True
    return bool(line.told_payment) and line.told_payment.casefold() not in payment_texts(order.payment)
