"""Mails that came in, their attachments, and the addresses that may send for a seller."""

from sellers.mailroom.models.mails import Authentication, Mail, MailChange, Origin, Route, Silence, State, Why
from sellers.mailroom.models.parts import MailPart, Outcome
from sellers.mailroom.models.senders import AllowedSender

__all__ = [
    "AllowedSender",
    "Authentication",
    "Mail",
    "MailChange",
    "MailPart",
    "Origin",
    "Outcome",
    "Route",
    "Silence",
    "State",
    "Why",
]
