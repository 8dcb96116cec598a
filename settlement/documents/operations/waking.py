"""Going on with what was left behind: a second net under the jobs, which are the first."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Max

from marketplace.kernel.jobs import enqueue
from marketplace.kernel.models import Job, JobState
from marketplace.orders.models import Custody, Refund, RefundState, Return
from settlement.documents.models import Document
from settlement.documents.operations.crediting import sellers_to_credit
from settlement.review.models import State, Submission

PATIENCE = timedelta(minutes=15)


@transaction.atomic
def wake_left_behind(*, at: datetime) -> int:
    """Wake approved submissions without a document, and documents without files, that nobody works on.

    What failed for good is left to the person whom its dead job alarms. How many were woken.
    """
    approved = Submission.objects.filter(state=State.APPROVED).annotate(since=Max("changes__at"))
    keys = list(approved.filter(since__lt=at - PATIENCE).values_list("pk", flat=True)[:200])
    bare = Document.objects.live().filter(pdf__isnull=True, issued_at__lt=at - PATIENCE)
    documents = [row for row in bare.order_by("pk")[:200] if not _has_job(row)]
    for key in keys:
        enqueue("documents.issue", key=f"submission:{key}:left", submission_ids=[key])
    if owed := sellers_to_credit(seller_ids=_with_returns(at)):
        enqueue("documents.credit", key="left", seller_ids=owed)
    for row in documents:
        enqueue("documents.render", key=row.reference, seller_id=row.seller_id, document_id=row.pk)
    return len(keys) + len(documents)


def _with_returns(at: datetime) -> list[int]:
    """Sellers of whose orders something came back a while ago that no document knows of."""
    old = Return.objects.filter(settled_in="", registered_at__lt=at - PATIENCE)
    late = Refund.objects.filter(settled_in="", state=RefundState.PAID, payer=Custody.SELLER)
    return sorted(
        {*old.values_list("order__seller", flat=True), *late.values_list("order__seller", flat=True)}
    )


def _has_job(document: Document) -> bool:
    jobs = Job.objects.filter(name="documents.render", key=document.reference)
    return jobs.exclude(state__in=[JobState.DONE, JobState.CANCELLED]).exists()
