"""The last look before a document is issued, and the end of a submission."""

from datetime import datetime

from django.db import connection

from marketplace.kernel.states import move
from settlement.review.models import State, Submission
from settlement.review.operations.judging import judge


def look_twice(submission: Submission, *, at: datetime) -> bool:
    """Whether an approved submission, locked by the caller, can be issued as it stands now.

    If lines changed since its approval, one a person approved goes back to review; one approved without
    a person goes on with what is left. With nothing left, it ends.
    """
    assert connection.in_atomic_block
    if submission.state != State.APPROVED:
        return False
    changed = judge(submission)
    if not submission.included:
        move(submission, State.NOTHING_NEW, by=None, at=at)
        return False
    if changed and not submission.automatic:
        move(submission, State.UNDER_REVIEW, by=None, at=at, reason="changed since it was approved")
        return False
    return True


def finish_submission(submission: Submission, *, at: datetime) -> None:
    """Note that a submission's document is issued."""
    move(submission, State.DOCUMENTED, by=None, at=at)
