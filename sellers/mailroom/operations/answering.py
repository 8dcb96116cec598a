"""Answering a mail's sender, once, and never a machine."""

import re
from datetime import datetime, timedelta

from django.utils import translation

from marketplace.kernel.jobs import enqueue
from marketplace.kernel.mail import write_mail
from sellers.mailroom.models import Mail, Silence, State
from sellers.mailroom.operations.ending import step
from sellers.mailroom.queries import answered_since, own_addresses
from sellers.mailroom.rules.addresses import base
from sellers.mailroom.rules.limits import MOST_ANSWERS_AN_HOUR
from sellers.mailroom.wording import answer_body, answer_subject
from sellers.receipts.models import BundleState
from settlement.review.models import State as Review

PATIENCE, MOST_LOOKS = timedelta(seconds=2), 30
MESSAGE_ID = re.compile(r"<[\x21-\x3b\x3d\x3f-\x7e]{3,240}>")


def answer_mail(*, mail_id: int | None, bundle_id: int | None, looks: int, at: datetime) -> None:
    """Answer a mail that has come to its end, or keep silent and say why; again changes nothing.

    A workbook that accounting's reader has in hand is waited for a minute.
    """
    wanted = {"pk": mail_id} if bundle_id is None else {"bundle": bundle_id}
    mail = (
        Mail.objects.locked()
        .select_related("market", "seller", "bundle", "submission")
        .filter(**wanted)
        .first()
    )
    if mail is None or mail.answered_at is not None or mail.silence:
        return
    if _is_being_read(mail, looks):
        key = f"mail:{mail.pk}:{looks + 1}"
        enqueue("mailroom.answer", key=key, delay=PATIENCE, mail_id=mail.pk, looks=looks + 1)
        return
    if mail.state == State.READING:
        step(mail, State.DONE, at=at)
    silence = _silence(mail, at)
    if silence:
        mail.silence = silence
        mail.save(update_fields=["silence"])
    elif mail.state in (State.DONE, State.REFUSED):
        _answer(mail, at)


def _is_being_read(mail: Mail, looks: int) -> bool:
    if mail.bundle is not None:
        return mail.bundle.state == BundleState.READING
    return mail.submission is not None and mail.submission.state == Review.READING and looks < MOST_LOOKS


def _silence(mail: Mail, at: datetime) -> str:
    """Why a mail gets no answer, "" if it gets one."""
    if mail.automatic or not mail.sender:
        return Silence.AUTOMATIC
    if base(mail.sender) in own_addresses():
        return Silence.OWN
    if mail.market is None:
        return Silence.NO_MARKET
    answered = answered_since(sender=mail.sender, since=at - timedelta(hours=1))
    return Silence.TOO_MANY if answered >= MOST_ANSWERS_AN_HOUR else ""


def _answer(mail: Mail, at: datetime) -> None:
    assert mail.market is not None
    with translation.override(mail.market.spoken):
        subject, body = answer_subject(mail), answer_body(mail, mail.market)
    mail.answer = write_mail(
        key=f"mailroom:answer:{mail.pk}",
        market=mail.market,
        to=[mail.sender],
        subject=subject,
        body=body,
        at=at,
        seller_id=mail.seller_id,
        headers=_headers(mail),
    )
    mail.answered_at = at
    mail.save(update_fields=["answer", "answered_at"])


def _headers(mail: Mail) -> dict[str, str]:
    """What makes machines silent, and mail programs show the answer below what it answers."""
    headers = {
        "Auto-Submitted": "auto-replied",
        "X-Auto-Response-Suppress": "All",
        "X-Loop": mail.mailbox,
        "Reply-To": mail.mailbox,
    }
    if MESSAGE_ID.fullmatch(mail.message_id):
        headers |= {"In-Reply-To": mail.message_id, "References": mail.message_id}
    return {name: value for name, value in headers.items() if value}
