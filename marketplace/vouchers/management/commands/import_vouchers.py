"""``manage.py import_vouchers FILE --market HU``: issue a file of vouchers; refused ones are named, good
ones kept.
"""

import json
import sys
from collections import Counter
from pathlib import Path
from typing import IO, Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from marketplace.parties.models import Market
from marketplace.vouchers.files import issue_file
from marketplace.vouchers.models import Origin
from marketplace.vouchers.operations import Outcome


class Command(BaseCommand):
    help = 'Issue the vouchers of a file with lines of {"code", "amount", "expires_on"}; safe to repeat.'

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", help="the file, or - for standard input")
        parser.add_argument("--market", required=True, help="the market's code, e.g. HU")
        parser.add_argument(
            "--given", action="store_true", help="they are given away, at the marketplace's expense"
        )
        parser.add_argument("--json", action="store_true", help="print one JSON value")

    def handle(self, *args: Any, **options: Any) -> None:
        market = Market.objects.filter(code=options["market"]).first()
        if market is None:
            raise CommandError(f"there is no market {options['market']}")
        origin = Origin.GIVEN if options["given"] else Origin.SOLD
        counts: Counter[str] = Counter(dict.fromkeys(Outcome, 0))
        refused: list[dict[str, Any]] = []
        with _opened(options["file"]) as file:
            outcomes = issue_file(market=market, file=file, origin=origin, by=None, clock=timezone.now)
            for place, told in outcomes:
                counts[told.outcome] += 1
                if told.outcome == Outcome.REFUSED:
                    refused.append({"line": place, "code": told.code, "reason": told.reason})
        self._tell(options["json"], counts, sorted(refused, key=lambda each: each["line"]))
        if refused:
            sys.exit(1)

    def _tell(self, as_json: bool, counts: Counter[str], refused: list[dict[str, Any]]) -> None:
        if as_json:
            self.stdout.write(json.dumps({**counts, "refused": refused}))
            return
        for each in refused:
            self.stdout.write(
                f"line {each['line']}, voucher {each['code'] or '?'}: refused: {each['reason']}"
            )
        self.stdout.write(", ".join(f"{count} {outcome}" for outcome, count in counts.items()))


def _opened(name: str) -> IO[bytes]:
    if name == "-":
        return sys.stdin.buffer
    try:
        return Path(name).open("rb")
    except OSError as error:
        raise CommandError(f"{name} cannot be read: {error.strerror}") from None
