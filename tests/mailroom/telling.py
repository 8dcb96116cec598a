"""Mails as sellers write them, and having them taken in."""

from email.message import EmailMessage
from email.utils import make_msgid
from typing import Any

from django.utils import timezone

from sellers.mailroom.models import Mail, Origin
from sellers.mailroom.operations.receiving import receive_mail
from sellers.mailroom.wording import told_of
from tests.cast import work_off_but_rendering

LUCIA = "lucia@andes.example"
RECEIPTS, ACCOUNTING = "receipts.pe@meridian.example", "accounting.pe@meridian.example"
File = tuple[str, bytes]


def letter(
    *files: File, sender: str = LUCIA, to: str = RECEIPTS, text: str = "Buenos días", **headers: str
) -> bytes:
    """A mail with files attached; headers are named with underlines: ``auto_submitted="auto-replied"``."""
    message = EmailMessage()
    message["From"] = f"Lucía Quispe <{sender}>"
    message["To"] = to
    message["Date"] = "Tue, 06 Oct 2026 12:00:00 -0500"
    message["Message-ID"] = make_msgid(domain="andes.example")
    message["Subject"] = headers.pop("subject", "Comprobantes")
    for name, value in headers.items():
        message[name.replace("_", "-").title()] = value
    message.set_content(text)
    for name, content in files:
        message.add_attachment(content, maintype="application", subtype="octet-stream", filename=name)
    return bytes(message)


def hand_over(raw: bytes, *, origin: Origin = Origin.COMMAND, read: bool = True, **told: Any) -> Mail:
    """Have a mail taken in and, unless told otherwise, worked off."""
    mail = receive_mail(raw, origin=origin, at=timezone.now(), **told)
    if read:
        work_off_but_rendering()
        mail.refresh_from_db()
    return mail


def outcomes(mail: Mail) -> list[str]:
    """What became of each attachment."""
    return [each.outcome for each in told_of(mail)]


def answer(mail: Mail) -> str:
    """The text of a mail's answer, as one line."""
    assert mail.answer is not None, mail.silence
    return " ".join(mail.answer.body.split())
