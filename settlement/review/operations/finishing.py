"""The last look before a document is issued, and the end of a submission."""

from collections.abc import Sequence
from datetime import datetime

from django.db import connection

from marketplace.kernel.states import move_all
from settlement.review.models import State, Submission
from settlement.review.operations.judging import Tally, add_up, judge, tally


def look_twice(submissions: Sequence[Submission], *, at: datetime) -> list[tuple[Submission, Tally]]:
    """Those of these submissions, locked by the caller, that can be issued as they stand now, and what
    their lines come to.

    If lines changed since its approval, one a person approved goes back to review; one approved without
    a person goes on with what is left. With nothing left, it ends.
    """
    assert connection.in_atomic_block
    approved = [submission for submission in submissions if submission.state == State.APPROVED]
    tallies = tally(approved, doubtful=True)
    doubtful = [submission for submission in approved if tallies[submission.pk].doubtful]
    changed = {line.submission_id for line in judge(doubtful)}
    tallies |= add_up(doubtful)
    empty = [each for each in approved if not tallies[each.pk].included]
    filled = [each for each in approved if tallies[each.pk].included]
    back = [each for each in filled if each.pk in changed and not each.automatic]
    move_all(empty, State.NOTHING_NEW, by=None, at=at)
    move_all(back, State.UNDER_REVIEW, by=None, at=at, reason="changed since it was approved")
    return [(each, tallies[each.pk]) for each in filled if each.state == State.APPROVED]


def finish_submissions(submissions: Sequence[Submission], *, at: datetime) -> None:
    """Note that submissions' documents are issued."""
    move_all(submissions, State.DOCUMENTED, by=None, at=at)
