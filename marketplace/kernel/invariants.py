"""What the kernel's tables promise: the chain holds, nothing waits forgotten, files are what they were."""

from collections.abc import Iterable
from datetime import timedelta

from django.utils import timezone

from marketplace.kernel.audit import GENESIS, seal_of
from marketplace.kernel.books import book_check
from marketplace.kernel.models import AuditRecord, Job, JobState, MailState, OutgoingMail

PATIENCE = timedelta(minutes=5)


@book_check("audit: the chain of seals is unbroken")
def broken_seals() -> Iterable[str]:
    previous, place = GENESIS, 0
    for row in AuditRecord.objects.filter(seal__isnull=False).order_by("chain").iterator(2000):
        place += 1
        if row.chain != place or row.seal != seal_of(row, previous):
            yield f"record {row.pk} at place {row.chain}"
        previous, place = str(row.seal), row.chain or place


@book_check("audit: nothing stays unsealed for an hour")
def long_unsealed() -> Iterable[str]:
    for row in AuditRecord.objects.filter(seal__isnull=True, at__lt=timezone.now() - timedelta(hours=1)):
        sealed_later = AuditRecord.objects.filter(seal__isnull=False, pk__gt=row.pk).exists()
        if sealed_later:
            yield f"record {row.pk} of {row.at.isoformat()}"


@book_check("jobs: none is dead")
def dead_jobs() -> Iterable[str]:
    for row in Job.objects.filter(state=JobState.DEAD).order_by("pk"):
        if (
            not Job.objects.filter(name=row.name, key=row.key, pk__gt=row.pk)
            .exclude(state=JobState.DEAD)
            .exists()
        ):
            yield f"{row}: {row.error}"


@book_check("mail: every letter is sent or given up on by a person")
def dead_letters() -> Iterable[str]:
    for row in OutgoingMail.objects.filter(state=MailState.DEAD):
        yield f"{row.key} to {', '.join(row.recipients)}: {row.error}"
