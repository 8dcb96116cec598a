"""What staff decide of mails whose sender nobody vouches for."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from marketplace.kernel.audit import record
from marketplace.kernel.jobs import enqueue
from marketplace.kernel.states import IllegalMove, move
from sellers.mailroom.models import Mail, Silence, State, Why


class ReasonMissing(Exception):
    """Discarding a mail needs its reason."""


class SenderMissing(Exception):
    """A mail that does not say who sent it cannot go on as that sender's."""


@transaction.atomic
def release_mail(*, mail_id: int, by: Any, at: datetime) -> Mail:
    """Vouch for a mail's sender: it goes on as if that were proven.

    :raises IllegalMove: if it is not in quarantine.
    :raises SenderMissing: if it names no sender.
    """
    mail = Mail.objects.locked().get(pk=mail_id)
    if mail.state == State.QUARANTINED and not mail.sender:
        raise SenderMissing(_("The mail does not say who sent it. Discard it."))
    move(mail, State.RECEIVED, by=by, at=at, also={"released_at": at, "why": ""})
    _record("mail.released", mail, by, at)
    enqueue("mailroom.read", key=f"mail:{mail.pk}", mail_id=mail.pk)
    return mail


@transaction.atomic
def discard_mail(*, mail_id: int, reason: str, by: Any, at: datetime) -> Mail:
    """Refuse a mail in quarantine for good; nobody is told.

    :raises IllegalMove: if it is not in quarantine.
    :raises ReasonMissing: if no reason is given.
    """
    if not reason.strip():
        raise ReasonMissing(_("Say why; your colleagues will read it."))
    mail = Mail.objects.locked().get(pk=mail_id)
    if mail.state != State.QUARANTINED:  # only from there by a person, whatever else leads to the end
        raise IllegalMove(_("%(mail)s is not in quarantine.") % {"mail": mail})
    ended = {"why": Why.DISCARDED, "silence": Silence.NOT_PROVEN}
    move(mail, State.REFUSED, by=by, at=at, reason=reason.strip()[:300], also=ended)
    _record("mail.discarded", mail, by, at, reason=reason.strip()[:200])
    return mail


def _record(verb: str, mail: Mail, by: Any, at: datetime, **details: str) -> None:
    record(verb=verb, subject=f"{mail.sender}: {mail}", by=by, at=at, details={"mail": mail.pk, **details})
