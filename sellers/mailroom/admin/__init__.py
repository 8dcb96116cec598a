"""The mailroom in the back office."""

from sellers.mailroom.admin.mails import MailAdmin
from sellers.mailroom.admin.parts import MailPartAdmin
from sellers.mailroom.admin.senders import AllowedSenderAdmin

__all__ = ["AllowedSenderAdmin", "MailAdmin", "MailPartAdmin"]
