"""``manage.py import_vouchers FILE --market HU``: issue a file of vouchers; refused ones are named, good
ones kept.
"""

from collections.abc import Iterator
from typing import IO, Any

from django.core.management.base import CommandParser
from django.utils import timezone

from marketplace.parties.importing import ImportCommand, Item
from marketplace.parties.models import Market
from marketplace.vouchers.files import issue_file
from marketplace.vouchers.models import Origin
from marketplace.vouchers.operations import Outcome


class Command(ImportCommand):
    help = 'Issue the vouchers of a file with lines of {"code", "amount", "expires_on"}; safe to repeat.'
    outcomes = Outcome
    what = "voucher"
    named = "code"

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument(
            "--given", action="store_true", help="they are given away, at the marketplace's expense"
        )

    def take(self, market: Market, file: IO[bytes], options: dict[str, Any]) -> Iterator[Item]:
        origin = Origin.GIVEN if options["given"] else Origin.SOLD
        outcomes = issue_file(market=market, file=file, origin=origin, by=None, clock=timezone.now)
        for place, told in outcomes:
            yield Item(place, told.code, told.outcome, told.reason)
