"""``manage.py demo_erp``: the demo's ERP, where one stands in for Alegra."""

import json
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from sellers.erp.refusals import CannotConnect
from sellers.portal.demo.erp import NEW, companies, connect_demo


class Command(BaseCommand):
    help = "Connect the demo's Colombian seller to what stands in for Alegra at ALEGRA_URL."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--companies", action="store_true", help="only print what its books hold, as JSON"
        )
        parser.add_argument("--credentials", action="store_true", help="only print what a new seller enters")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["companies"]:
            self.stdout.write(json.dumps(companies(), ensure_ascii=False, indent=1))
        elif options["credentials"]:
            self.stdout.write(
                f"Seller {NEW.seller} (diego@demo.example) has no ERP yet; under Channels it connects Alegra"
                f"\n  with the e-mail {NEW.email} and the token {NEW.token}."
            )
        else:
            self._connect()

    def _connect(self) -> None:
        if not settings.ALEGRA_URL:
            raise CommandError("ALEGRA_URL is not set: the demo's companies are not in the real Alegra")
        try:
            channel = connect_demo(clock=timezone.now)
        except CannotConnect as refusal:
            raise CommandError(str(refusal)) from None
        self.stdout.write(f"connected: {channel}" if channel else "nothing to connect")
