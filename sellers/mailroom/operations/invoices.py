"""Invoices that come by mail, in answer to a document: a person takes them."""

from datetime import datetime

from marketplace.kernel.jobs import enqueue
from sellers.mailroom.models import Mail, Outcome, State
from sellers.mailroom.operations.ending import decide_parts


def take_invoice(*, mail_id: int, at: datetime) -> None:
    """Leave a mail's invoice to a person, and have its sender told so."""
    mail = Mail.objects.locked().get(pk=mail_id)
    if mail.state != State.READING:
        return
    decide_parts(mail, Outcome.TO_A_PERSON, at=at, reference=mail.reference)
    enqueue("mailroom.answer", key=f"mail:{mail.pk}", mail_id=mail.pk)
