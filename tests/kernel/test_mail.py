"""A letter is written with its fact, once, and sent."""

import smtplib
from collections.abc import Callable
from typing import Any

import pytest
from django.core import mail as outbox
from django.core.mail.backends.locmem import EmailBackend
from django.db import transaction
from django.utils import timezone

from marketplace.kernel import files, jobs, mail
from marketplace.kernel.models import Job, MailState, OutgoingMail
from marketplace.parties.models import Market


@pytest.fixture
def write(market: Market) -> Callable[..., OutgoingMail]:
    def write(key: str = "fact:1", **more: object) -> OutgoingMail:
        return mail.write_mail(
            key=key,
            market=market,
            to=["ana@example.com"],
            subject="Hello\nBcc: x@example.com",
            body="Text",
            at=timezone.now(),
            **more,  # type: ignore[arg-type]
        )

    return write


def test_a_letter_is_sent_with_its_attachment_from_the_market(
    write: Callable[..., OutgoingMail], market: Market
) -> None:
    file = files.store(name="a.txt", content_type="text/plain", chunks=[b"x"], at=timezone.now())

    letter = write(attachments=[file])
    jobs.work_off()

    letter.refresh_from_db()
    (sent,) = outbox.outbox
    assert letter.state == MailState.SENT
    assert (sent.from_email, sent.to) == (market.accounting_email, ["ana@example.com"])
    assert sent.attachments[0][0] == "a.txt"
    assert sent.extra_headers["Message-ID"] == letter.message_id


def test_many_letters_are_written_at_once_each_once_and_sent(
    write: Callable[..., OutgoingMail], market: Market, django_assert_max_num_queries: Any
) -> None:
    write("fact:3")
    letters = [
        mail.Letter(f"fact:{place}", ["ana@example.com"], f"No. {place}", "Text") for place in range(20)
    ]

    with transaction.atomic(), django_assert_max_num_queries(8):
        mail.write_mails(market=market, letters=letters, at=timezone.now())
    with transaction.atomic():
        mail.write_mails(market=market, letters=letters, at=timezone.now())
        mail.write_mails(market=market, letters=[], at=timezone.now())
    jobs.work_off()

    told = [f"No. {place}" for place in range(20) if place != 3]
    assert sorted(sent.subject for sent in outbox.outbox) == sorted(["Hello Bcc: x@example.com", *told])
    assert set(Job.objects.values_list("group", flat=True)) == {""}


def test_a_subject_cannot_smuggle_a_header(write: Callable[..., OutgoingMail]) -> None:
    assert write().subject == "Hello Bcc: x@example.com"


def test_the_same_fact_is_told_once(write: Callable[..., OutgoingMail]) -> None:
    write()
    write()
    jobs.work_off()
    write()
    jobs.work_off()

    assert len(outbox.outbox) == 1


def test_a_letter_of_a_fact_that_did_not_happen_is_not_written(write: Callable[..., OutgoingMail]) -> None:
    with pytest.raises(RuntimeError), transaction.atomic():
        write()
        raise RuntimeError

    assert not OutgoingMail.objects.exists()
    assert not Job.objects.exists()


def test_a_letter_no_server_takes_is_shown_as_not_sent_and_can_be_sent_again(
    write: Callable[..., OutgoingMail], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(self: EmailBackend, messages: object) -> int:
        raise smtplib.SMTPRecipientsRefused({})

    letter = write()
    with monkeypatch.context() as patch:
        patch.setattr(EmailBackend, "send_messages", refuse)
        for _ in range(8):
            Job.objects.update(ready_at=timezone.now())
            jobs.work_off()
    letter.refresh_from_db()
    assert letter.state == MailState.DEAD

    assert mail.send_again(mail_id=letter.pk)
    jobs.work_off()

    letter.refresh_from_db()
    assert (letter.state, len(outbox.outbox)) == (MailState.SENT, 1)
