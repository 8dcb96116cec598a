"""The mail outbox: written with the fact, sent by a job, once.

A worker that dies between speaking and recording leaves the letter "being sent". It is sent again
with the same Message-ID, by which mail programs know a twin: a letter twice does less harm than a
notice that never came.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import make_msgid
from typing import TYPE_CHECKING, Any

from django.core.mail import EmailMessage
from django.db import connection, transaction

from marketplace.kernel import files, jobs
from marketplace.kernel.models import MailState, OutgoingMail, StoredFile

if TYPE_CHECKING:
    from marketplace.parties.models import Market


@dataclass(frozen=True, slots=True)
class Letter:
    """One letter among many of a market, without attachments."""

    key: str
    to: Sequence[str]
    subject: str
    body: str
    seller_id: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


def write_mails(*, market: "Market", letters: Sequence[Letter], at: datetime) -> None:
    """Put letters in the outbox, all in the same few statements, each as :func:`write_mail` would."""
    assert connection.in_atomic_block
    rows = OutgoingMail.objects.filter(key__in=[letter.key for letter in letters])
    written = set(rows.values_list("key", flat=True))
    fresh = [
        OutgoingMail(key=letter.key, **_content(market, letter, at))
        for letter in letters
        if letter.key not in written
    ]
    OutgoingMail.objects.bulk_create(fresh, ignore_conflicts=True)
    standing = rows.exclude(key__in=written).values_list("pk", "seller_id")
    errands = [jobs.Errand(f"mail:{pk}", {"mail_id": pk}, seller_id) for pk, seller_id in standing]
    jobs.enqueue_all("mail.send", errands, group="")


def _content(market: "Market", letter: Letter, at: datetime) -> dict[str, Any]:
    return {
        "market": market,
        "seller_id": letter.seller_id,
        "sender": market.sender,
        "recipients": sorted(set(letter.to)),
        "subject": " ".join(letter.subject.split())[:200],
        "body": letter.body,
        "headers": {name: " ".join(value.split()) for name, value in letter.headers.items()},
        "created_at": at,
        "message_id": make_msgid(domain=market.sender_domain),
    }


def write_mail(
    *,
    key: str,
    market: "Market",
    to: Iterable[str],
    subject: str,
    body: str,
    at: datetime,
    seller_id: int | None = None,
    attachments: Iterable[StoredFile] = (),
    headers: Mapping[str, str] | None = None,
) -> OutgoingMail:
    """Put a letter in the outbox, in the fact's own transaction; the same key is written once.

    ``headers`` are those it has besides the usual ones, such as In-Reply-To.
    """
    assert connection.in_atomic_block
    told = Letter(key, list(to), subject, body, seller_id, headers or {})
    letter, fresh = OutgoingMail.objects.get_or_create(key=key, defaults=_content(market, told, at))
    if fresh:
        letter.attachments.set(attachments)
        # In no group: a run is not over later because a mail server is away.
        jobs.enqueue("mail.send", key=f"mail:{letter.pk}", seller_id=seller_id, group="", mail_id=letter.pk)
    return letter


def send_mail(claimed: jobs.Claimed, *, mail_id: int, at: datetime) -> None:
    """Send a letter: claim in one transaction, speak in none, record in another."""
    with claimed.effect():
        letter = OutgoingMail.objects.select_for_update(no_key=True, of=("self",)).get(pk=mail_id)
        if letter.state == MailState.SENT:
            return
        letter.state = MailState.SENDING
        letter.save(update_fields=["state"])
    message = EmailMessage(
        letter.subject,
        letter.body,
        letter.sender,
        letter.recipients,
        headers={**letter.headers, "Message-ID": letter.message_id},
    )
    for file in letter.attachments.order_by("name"):
        message.attach(file.name, files.path_of(file).read_bytes(), file.content_type)
    message.send()
    with claimed.effect():
        OutgoingMail.objects.filter(pk=mail_id).update(state=MailState.SENT, sent_at=at, error="")


@transaction.atomic
def give_up_on_mail(*, mail_id: int, error: str) -> None:
    """Mark a letter as not sent; an alarm and the outbox in admin show it."""
    OutgoingMail.objects.filter(pk=mail_id).exclude(state=MailState.SENT).update(
        state=MailState.DEAD, error=error
    )


@transaction.atomic
def send_again(*, mail_id: int) -> bool:
    """Make a letter that was given up on ready again; False if it was sent or still waits."""
    revived = OutgoingMail.objects.filter(pk=mail_id, state=MailState.DEAD).update(
        state=MailState.READY, error=""
    )
    if revived:
        jobs.enqueue("mail.send", key=f"mail:{mail_id}", mail_id=mail_id)
    return bool(revived)
