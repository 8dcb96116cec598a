"""Background work of the mailroom."""

from celery import shared_task
from django.conf import settings
from django.utils import timezone

from marketplace.kernel.jobs import Claimed, enqueue, job
from sellers.mailroom.operations.answering import answer_mail
from sellers.mailroom.operations.fetching import fetch_mails
from sellers.mailroom.operations.invoices import take_invoice
from sellers.mailroom.operations.reading import read_mail
from sellers.mailroom.operations.submitting import submit_mail


@shared_task(name="mailroom.poll", ignore_result=True)
def poll() -> None:
    """Have the mailbox looked into, where there is one; the job row lets only one do it at a time."""
    if settings.MAIL_IMAP_URL:
        enqueue("mailroom.poll", key="mailbox")


@job("mailroom.poll", attempts=1, lease_seconds=120)
def fetch(claimed: Claimed) -> None:
    """Take in what is new in the mailbox."""
    fetch_mails(url=settings.MAIL_IMAP_URL, clock=timezone.now, heartbeat=claimed.heartbeat)


@job("mailroom.read", lease_seconds=120)
def read(claimed: Claimed, *, mail_id: int) -> None:
    """Take a mail apart and send it on its way."""
    read_mail(claimed, mail_id=mail_id, at=timezone.now())


@job("mailroom.submit")
def submit(claimed: Claimed, *, mail_id: int) -> None:
    """Hand a mail's workbook to accounting."""
    with claimed.effect():
        submit_mail(mail_id=mail_id, at=timezone.now())


@job("mailroom.take_invoice")
def invoice(claimed: Claimed, *, mail_id: int) -> None:
    """Take the invoice a mail brings."""
    take_invoice(claimed, mail_id=mail_id, at=timezone.now())


@job("mailroom.answer")
def answer(
    claimed: Claimed, *, mail_id: int | None = None, bundle_id: int | None = None, looks: int = 0
) -> None:
    """Tell a mail's sender what became of it."""
    with claimed.effect():
        answer_mail(mail_id=mail_id, bundle_id=bundle_id, looks=looks, at=timezone.now())
