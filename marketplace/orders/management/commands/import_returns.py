"""``manage.py import_returns FILE --market HU``: register a file of returns; refused ones are named, good
ones kept.
"""

import json
import sys
from collections import Counter
from pathlib import Path
from typing import IO, Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from marketplace.orders.operations.intake import Outcome, Taken
from marketplace.orders.operations.returning import register_returns
from marketplace.orders.parsing.files import split_lines
from marketplace.orders.parsing.returns import read_return
from marketplace.orders.rules.facts import Refused
from marketplace.parties.models import Market


class Command(BaseCommand):
    help = "Register a file of returns. The same again changes nothing; refunds paid since are noted."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", help="the file, or - for standard input")
        parser.add_argument("--market", required=True, help="the market's code, e.g. HU")
        parser.add_argument("--json", action="store_true", help="print one JSON value")

    def handle(self, *args: Any, **options: Any) -> None:
        market = Market.objects.filter(code=options["market"]).first()
        if market is None:
            raise CommandError(f"there is no market {options['market']}")
        counts: Counter[str] = Counter(dict.fromkeys(Outcome, 0))
        refused: list[dict[str, Any]] = []
        with _opened(options["file"]) as file:
            for place, text in split_lines(file):
                taken = _take(market, text)
                counts[taken.outcome] += 1
                if taken.outcome == Outcome.REFUSED:
                    refused.append({"line": place, "number": taken.number, "reason": taken.reason})
        self._tell(options["json"], counts, refused)
        if refused:
            sys.exit(1)

    def _tell(self, as_json: bool, counts: Counter[str], refused: list[dict[str, Any]]) -> None:
        if as_json:
            self.stdout.write(json.dumps({**counts, "refused": refused}))
            return
        for each in refused:
            self.stdout.write(
                f"line {each['line']}, return {each['number'] or '?'}: refused: {each['reason']}"
            )
        self.stdout.write(", ".join(f"{count} {outcome}" for outcome, count in counts.items()))


def _take(market: Market, text: bytes | Refused) -> Taken:
    try:
        if isinstance(text, Refused):
            raise text
        facts = read_return(text)
    except Refused as refusal:
        return Taken("", Outcome.REFUSED, str(refusal))
    return register_returns(market=market, told=[facts], by=None, at=timezone.now())[0]


def _opened(name: str) -> IO[bytes]:
    if name == "-":
        return sys.stdin.buffer
    try:
        return Path(name).open("rb")
    except OSError as error:
        raise CommandError(f"{name} cannot be read: {error.strerror}") from None
