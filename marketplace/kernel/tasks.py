"""What workers run: draining the job table, sweeping it, the outbox and the audit trail's seal."""

import logging

from celery import shared_task
from django.utils import timezone

from marketplace.kernel import audit, books, files, jobs, mail

log = logging.getLogger(__name__)


DRAIN_SECONDS = 300
"""Well below a task's hard time limit, which would kill a job in the middle."""


@shared_task(name="kernel.drain", ignore_result=True)
def drain() -> None:
    """Run ready jobs until none is left, or for five minutes; then let another worker go on."""
    if jobs.work_off(seconds=DRAIN_SECONDS) and jobs.claimable():
        jobs.wake()


@shared_task(name="kernel.sweep", ignore_result=True)
def sweep() -> None:
    """Free the jobs of dead workers, and run what is ready."""
    jobs.sweep(at=timezone.now())
    drain()


@shared_task(name="kernel.seal_audit", ignore_result=True)
def seal_audit() -> None:
    """Have new audit records sealed; the job row lets only one do it at a time."""
    jobs.enqueue("audit.seal", key="audit")


@shared_task(name="kernel.sweep_files", ignore_result=True)
def sweep_files() -> None:
    """Delete files that no row knows, and drafts of processes that were killed."""
    files.sweep_orphans()
    files.sweep_drafts()


@shared_task(name="kernel.check_books", ignore_result=True)
def check_books() -> None:
    """Run every invariant; a broken one rings the alarm in the log."""
    for broken in books.run_checks():
        log.error("the books are broken: %s: %s", broken.check, broken.rows)


@jobs.job("audit.seal")
def seal(claimed: jobs.Claimed) -> None:
    """Seal new audit records."""
    with claimed.effect():
        audit.seal_new_records()


@jobs.job("mail.send", attempts=8)
def send(claimed: jobs.Claimed, *, mail_id: int) -> None:
    """Send one letter; after the last attempt it is shown as not sent."""
    try:
        mail.send_mail(claimed, mail_id=mail_id, at=timezone.now())
    except Exception as error:
        if claimed.row.attempt >= claimed.row.max_attempts:
            with claimed.effect():
                mail.give_up_on_mail(mail_id=mail_id, error=str(error))
        raise
