"""``manage.py demo_code carla``: the current second-factor code of a demo login."""

import time
from typing import Any

from allauth.mfa import app_settings
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.core.management.base import BaseCommand, CommandError, CommandParser

from sellers.portal.demo.cast import SECRETS


class Command(BaseCommand):
    help = "Print the current second-factor code of a demo login."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", help=f"one of {', '.join(SECRETS)}, or its e-mail")

    def handle(self, *args: Any, **options: Any) -> None:
        name = options["name"].partition("@")[0]
        if name not in SECRETS:
            raise CommandError(f"no demo login {name} has a second factor; there are {', '.join(SECRETS)}")
        counter = int(time.time()) // app_settings.TOTP_PERIOD
        self.stdout.write(format_hotp_value(hotp_value(SECRETS[name], counter)))
