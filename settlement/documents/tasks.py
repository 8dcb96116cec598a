"""Background work of documents."""

import logging

from celery import shared_task
from django.utils import timezone

from marketplace.kernel.jobs import Cancelled, Claimed, Fenced, enqueue, job
from settlement.documents.operations.crediting import issue_credits
from settlement.documents.operations.issuing import issue_documents
from settlement.documents.operations.rendering import render_document
from settlement.documents.operations.waking import wake_left_behind

SELLERS_AT_ONCE = 200
log = logging.getLogger(__name__)


@job("documents.issue", lease_seconds=300)
def issue(claimed: Claimed, *, submission_ids: list[int]) -> None:
    """Issue the documents of approved submissions; where they fail together, each by a job of its own."""
    try:
        with claimed.effect():
            issue_documents(submission_ids=submission_ids, at=timezone.now())
    except (Fenced, Cancelled):
        raise
    except Exception:
        if len(submission_ids) == 1:
            raise
        log.exception("issuing %s documents together failed", len(submission_ids))
        with claimed.effect():
            for key in submission_ids:
                enqueue("documents.issue", key=f"submission:{key}:alone", submission_ids=[key])


@shared_task(name="documents.wake_left", ignore_result=True)
def wake_left() -> None:
    """Wake what was approved, or issued, and has no job that will go on with it."""
    wake_left_behind(at=timezone.now())


@job("documents.render")
def render(claimed: Claimed, *, document_id: int) -> None:
    """Draw a document's PDF and workbook, and send them to the seller."""
    render_document(claimed, document_id=document_id, at=timezone.now())


@job("documents.credit", lease_seconds=300)
def credit(claimed: Claimed, *, seller_ids: list[int]) -> None:
    """Issue the credit documents of sellers, some hundred to a transaction."""
    for start in range(0, len(seller_ids), SELLERS_AT_ONCE):
        with claimed.effect():
            issue_credits(seller_ids=seller_ids[start : start + SELLERS_AT_ONCE], at=timezone.now())
        claimed.progress(min(start + SELLERS_AT_ONCE, len(seller_ids)), len(seller_ids))
