"""Background work of documents."""

from django.utils import timezone

from marketplace.kernel.jobs import Claimed, job
from settlement.documents.operations.issuing import issue_documents


@job("documents.issue", lease_seconds=300)
def issue(claimed: Claimed, *, submission_ids: list[int]) -> None:
    """Issue the documents of approved submissions."""
    with claimed.effect():
        issue_documents(submission_ids=submission_ids, at=timezone.now())


@job("documents.render")
def render(claimed: Claimed, *, document_id: int) -> None:
    pass
