"""What accountants decide: approve, refuse, set a verdict aside, look again."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from marketplace.kernel.audit import record
from marketplace.kernel.mail import write_mail
from marketplace.kernel.states import IllegalMove, move
from settlement.claims.models import OVERRIDABLE, Verdict
from settlement.review.models import Decision, State, Submission, SubmissionLine
from settlement.review.operations.judging import add_up, judge
from settlement.review.operations.routing import wake_documents


class ChangedSince(Exception):
    """Lines got another verdict since they were looked at; look at them again."""


class NothingToApprove(Exception):
    """No line of the submission can be invoiced."""


class NotOverridable(Exception):
    """The verdict is a fact, which no decision changes."""


class ReasonMissing(Exception):
    """A decision needs its reason."""


@transaction.atomic
def approve_submission(*, submission_id: int, by: Any, at: datetime) -> Submission:
    """Accept the lines that can be invoiced; the invoice document follows, the rest stay out.

    :raises IllegalMove: if it is not under review.
    :raises ChangedSince: if a line's verdict is no longer what was looked at.
    :raises NothingToApprove: if no line can be invoiced.
    """
    submission = _under_review(submission_id)
    if judge([submission]):
        raise ChangedSince(_("Lines got another verdict since; choose “Look again” and look at the lines."))
    if not submission.included:
        raise NothingToApprove(_("No line of it can be invoiced; refuse it, or let lines through."))
    move(submission, State.APPROVED, by=by, at=at)
    record(
        verb="submission.approved",
        subject=str(submission),
        by=by,
        at=at,
        seller_id=submission.seller_id,
        details={"submission": submission.pk, "included": submission.included, "rows": submission.rows},
    )
    wake_documents(submission)
    return submission


@transaction.atomic
def look_again(*, submission_id: int) -> int:
    """Judge a submission's lines anew; how many got another verdict.

    :raises IllegalMove: if it is not under review.
    """
    submission = _under_review(submission_id)
    changed = judge([submission])
    add_up([submission])
    return len(changed)


@transaction.atomic
def refuse_submission(*, submission_id: int, reason: str, by: Any, at: datetime) -> Submission:
    """Refuse a submission as a whole; its orders stay open, and the seller is told why.

    :raises IllegalMove: if it is not under review.
    :raises ReasonMissing: if no reason is given.
    """
    submission = _under_review(submission_id)
    reason = _needed(reason)
    move(submission, State.REFUSED, by=by, at=at, reason=reason, also={"note": reason})
    record(
        verb="submission.refused",
        subject=str(submission),
        by=by,
        at=at,
        seller_id=submission.seller_id,
        details={"submission": submission.pk, "reason": reason},
    )
    with translation.override(submission.market.spoken):
        write_mail(
            key=f"submission:{submission.pk}:refused",
            market=submission.market,
            to=[submission.seller.email],
            seller_id=submission.seller_id,
            at=at,
            subject=_("Your export for %(period)s was refused") % {"period": submission.period},
            body=_(
                "Accounting refused your export for invoicing of %(period)s: %(reason)s\n\n"
                "Its orders stay open. Put right what was said and send the period again."
            )
            % {"period": submission.period, "reason": reason},
        )
    return submission


@transaction.atomic
def decide_line(*, line_id: int, decision: str, reason: str, by: Any, at: datetime) -> SubmissionLine:
    """Set a line's verdict aside, with a reason: let it through, or leave it out; "" takes the decision back.

    :raises IllegalMove: if its submission is not under review.
    :raises NotOverridable: if the verdict cannot be set aside that way.
    :raises ReasonMissing: if no reason is given.
    """
    line = SubmissionLine.objects.get(pk=line_id)
    submission = _under_review(line.submission_id)
    line.refresh_from_db()
    _check_decision(line, decision)
    line.decision, line.reason = decision, _needed(reason) if decision else ""
    line.decided_by, line.decided_at = (by, at) if decision else (None, None)
    line.save(update_fields=["decision", "reason", "decided_by", "decided_at"])
    record(
        verb="submission.line_decided",
        subject=line.number,
        by=by,
        at=at,
        seller_id=submission.seller_id,
        details={
            "verdict": line.verdict,
            "decision": decision,
            "reason": line.reason,
            "submission": submission.pk,
        },
    )
    add_up([submission])
    return line


def _under_review(submission_id: int) -> Submission:
    rows = Submission.objects.locked().select_related("period", "seller", "market")
    submission = rows.get(pk=submission_id)
    if submission.state != State.UNDER_REVIEW:
        raise IllegalMove(
            _("This submission is no longer in review: %(state)s.")
            % {"state": submission.get_state_display()}
        )
    return submission


def _check_decision(line: SubmissionLine, decision: str) -> None:
    if decision == Decision.INCLUDE and line.verdict not in OVERRIDABLE:
        raise NotOverridable(
            _("Order %(number)s: “%(verdict)s” is a fact and cannot be set aside.")
            % {"number": line.number, "verdict": line.get_verdict_display()}
        )
    if decision == Decision.EXCLUDE and line.verdict != Verdict.OK:
        raise NotOverridable(_("Order %(number)s is left out already.") % {"number": line.number})


def _needed(reason: str) -> str:
    if not reason.strip():
        raise ReasonMissing(_("Say why; the seller and your colleagues will read it."))
    return reason.strip()[:200]
