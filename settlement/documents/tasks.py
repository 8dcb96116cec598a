"""Background work of documents."""

from django.utils import timezone

from marketplace.kernel.jobs import Claimed, job
from settlement.documents.operations.issuing import issue_documents
from settlement.documents.operations.rendering import render_document


@job("documents.issue", lease_seconds=300)
def issue(claimed: Claimed, *, submission_ids: list[int]) -> None:
    """Issue the documents of approved submissions."""
    with claimed.effect():
        issue_documents(submission_ids=submission_ids, at=timezone.now())


@job("documents.render")
def render(claimed: Claimed, *, document_id: int) -> None:
    """Draw a document's PDF and workbook, and send them to the seller."""
    render_document(claimed, document_id=document_id, at=timezone.now())
