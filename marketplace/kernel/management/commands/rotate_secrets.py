"""``manage.py rotate_secrets``: seal every secret anew with the first key."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from marketplace.kernel.audit import record
from marketplace.kernel.secrets import Unreadable, rotate_all


class Command(BaseCommand):
    help = "Seal every secret anew with the first of FIELD_ENCRYPTION_KEYS; the other keys may go then."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            count = rotate_all()
        except Unreadable as refusal:
            raise CommandError(str(refusal)) from None
        record(verb="secrets.rotated", subject=str(count), by=None, at=timezone.now())
        self.stdout.write(f"{count} secrets sealed with the first key")
