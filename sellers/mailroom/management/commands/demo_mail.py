"""``manage.py demo_mail``: send the demo's mails, good and bad, to the running listener."""

import smtplib
import time
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from marketplace.kernel.files import path_of
from marketplace.parties.models import Seller
from sellers.mailroom.demo.mails import ORDERS, Sent, mails, workbook_mail
from sellers.mailroom.demo.orders import waiting_orders
from settlement.exports.models import Export
from settlement.exports.operations import request_export
from settlement.periods.queries import offered_periods

SHOP, WHOLESALER = ("PE", "6105"), ("CZ", "3017")
WHOLESALER_LOGIN = "beto@demo.example"
PATIENCE_SECONDS = 60


class Command(BaseCommand):
    help = "Send the demo's mails to the listener, and say what to expect of each."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=settings.MAIL_PORT)

    def handle(self, *args: Any, **options: Any) -> None:
        now = timezone.now()
        shop = _seller(*SHOP)
        try:
            client = smtplib.SMTP(options["host"], options["port"], timeout=60)
        except OSError:
            where = f"{options['host']}:{options['port']}"
            raise CommandError(f"nothing listens on {where}: start it with make run") from None
        with client:
            sent = mails(shop.market, waiting_orders(shop, ORDERS, at=now), at=now)
            for place, mail in enumerate([*sent, *self._workbook(now)], start=1):
                client.sendmail(mail.envelope_from, [mail.to], mail.raw, mail_options=["BODY=8BITMIME"])
                self.stdout.write(f"{place:2}. {mail.title}, from {mail.envelope_from}\n    → {mail.expect}")
        self.stdout.write("Look in /admin/ under Mails; the answers lie in the outbox.")

    def _workbook(self, now: datetime) -> list[Sent]:
        """The mail with an export's workbook, written by a worker; none where that takes too long."""
        seller = _seller(*WHOLESALER)
        over = [each.span for each in offered_periods(seller=seller, at=now) if each.is_over]
        if not over:
            self.stderr.write("no workbook: no period is over")
            return []
        export = request_export(seller_id=seller.pk, span=max(over), by=None, at=now)
        until = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < until:
            file = Export.objects.select_related("file").get(pk=export.pk).file
            if file is not None:
                book = (file.name, path_of(file).read_bytes())
                return [
                    workbook_mail(
                        seller.market,
                        sender=WHOLESALER_LOGIN,
                        partner_number=seller.partner_number,
                        book=book,
                        at=now,
                    )
                ]
            time.sleep(0.2)
        self.stderr.write("no workbook: no worker wrote it")
        return []


def _seller(market: str, number: str) -> Seller:
    row = Seller.objects.filter(market__code=market, partner_number=number).select_related("market").first()
    if row is None:
        raise CommandError(f"there is no seller {number} in {market}: these mails are of the demo's sellers")
    return row
