"""Background work of the review."""

from django.utils import timezone, translation
from django.utils.translation import gettext as _

from marketplace.kernel.files import path_of
from marketplace.kernel.jobs import Claimed, job
from settlement.exports.models import Export
from settlement.review.models import Submission
from settlement.review.operations.submitting import record_rows, record_unreadable
from settlement.review.reading import Unreadable, read_workbook


@job("review.read", attempts=3, lease_seconds=120)
def read(claimed: Claimed, *, submission_id: int) -> None:
    """Read the workbook of a submission, and judge its rows or say why it cannot be read."""
    submission = Submission.objects.select_related("file", "market").get(pk=submission_id)
    assert submission.file is not None, "only what was handed in as a workbook is read"
    own = Export.objects.filter(file=submission.file).exists()
    try:
        with translation.override(submission.market.spoken):
            rows = read_workbook(path_of(submission.file), claimed.heartbeat, own=own)
    except Unreadable as refusal:
        why = str(refusal)
    except OSError:
        if claimed.row.attempt < claimed.row.max_attempts:
            raise
        why = _("It could not be read for a reason of ours; please tell support.")
    else:
        why = ""
    if why:
        with claimed.effect():
            record_unreadable(submission_id=submission_id, why=why, at=timezone.now())
        return
    with claimed.effect():
        record_rows(submission_id=submission_id, rows=rows, at=timezone.now())
