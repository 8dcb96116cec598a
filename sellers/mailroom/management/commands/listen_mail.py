"""``manage.py listen_mail``: take in mail by SMTP, or LMTP, from the mail server before us."""

import asyncio
import contextlib
import signal
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from sellers.mailroom.listening import serve


class Command(BaseCommand):
    help = "Listen for mails to our mailboxes, until stopped."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--host", default="127.0.0.1", help="the address to listen on")
        parser.add_argument("--port", type=int, default=settings.MAIL_PORT, help="MAIL_PORT, else 8025")
        parser.add_argument("--lmtp", action="store_true", help="speak LMTP instead of SMTP")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            asyncio.run(self._listen(options["host"], options["port"], lmtp=options["lmtp"]))
        except OSError as error:
            told = f"{options['host']}:{options['port']}: {error.strerror or error}"
            raise CommandError(f"cannot listen on {told}") from None

    async def _listen(self, host: str, port: int, *, lmtp: bool) -> None:
        server = await serve(host=host, port=port, lmtp=lmtp)
        stopped = asyncio.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, stopped.set)
        self.stdout.write(f"listening for {'LMTP' if lmtp else 'SMTP'} on {host}:{port}")
        self.stdout.flush()
        await stopped.wait()
        server.close()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(server.wait_closed(), 5)
