"""How far a letter is: written, sent, or given up on."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest
from django.utils.translation import gettext as _

from marketplace.kernel.mail import send_again
from marketplace.kernel.models import MailState, OutgoingMail
from sellers.portal.columns import Badge


@dataclass(frozen=True, slots=True)
class Sent:
    """A letter, and its state with its colour."""

    letter: OutgoingMail
    badge: Badge

    @property
    def is_dead(self) -> bool:
        return self.letter.state == MailState.DEAD

    @property
    def to(self) -> str:
        return ", ".join(self.letter.recipients)

    @property
    def at(self) -> Any:
        """When it was sent; until then when it was written."""
        return self.letter.sent_at or self.letter.created_at


def letters_of(keys: list[str]) -> dict[str, Sent]:
    """The letters of these keys, as far as they are written."""
    return {row.key: Sent(row, badge_of(row)) for row in OutgoingMail.objects.filter(key__in=keys)}


def badge_of(letter: OutgoingMail) -> Badge:
    """How far a letter is, in a seller's words."""
    return {
        MailState.READY: Badge(_("Waits to be sent"), "queued"),
        MailState.SENDING: Badge(_("Being sent"), "running"),
        MailState.SENT: Badge(_("Sent"), "sent"),
        MailState.DEAD: Badge(_("Could not be sent"), "dead"),
    }[MailState(letter.state)]


def send_letter_again(request: HttpRequest, key: str) -> None:
    """Have a letter sent again that could not be, and say what came of it."""
    letter = OutgoingMail.objects.filter(key=key).first()
    if letter is not None and send_again(mail_id=letter.pk):
        messages.success(request, _("The letter is on its way again."))
    else:
        messages.info(request, _("The letter was sent, or waits to be; nothing was changed."))
