"""``manage.py poll_mail``: take in what is new in the mailbox of MAIL_IMAP_URL, once."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from sellers.mailroom.gateway import BadAddress
from sellers.mailroom.operations.fetching import fetch_mails


class Command(BaseCommand):
    help = "Take in the new mails of an IMAP mailbox; a job reads them."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--url", default=settings.MAIL_IMAP_URL, help="imaps://user:password@host/INBOX")

    def handle(self, *args: Any, **options: Any) -> None:
        if not options["url"]:
            raise CommandError("no mailbox: set MAIL_IMAP_URL=imaps://user:password@host/INBOX")
        try:
            taken = fetch_mails(url=options["url"], clock=timezone.now)
        except BadAddress as refusal:
            raise CommandError(str(refusal)) from None
        except Exception as error:  # whatever the wire says
            raise CommandError(f"the mailbox could not be read: {error}") from None
        self.stdout.write(f"{len(taken)} mails taken in")
