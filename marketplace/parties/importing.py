"""What the commands that take a market's files in have in common: good items are kept, refused ones named."""

import json
import sys
from abc import abstractmethod
from collections import Counter
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import IO, Any, NamedTuple

from django.core.management.base import BaseCommand, CommandError, CommandParser

from marketplace.parties.models import Market


class Item(NamedTuple):
    """What became of one item of a file; ``outcome`` "refused" has a reason."""

    line: int
    name: str
    outcome: str
    reason: str


class ImportCommand(BaseCommand):
    """Take a file in, item by item, and tell what became of each; exits 1 if one was refused."""

    outcomes: type[StrEnum]
    what: str
    """What an item is, and what names it: "order"."""
    named: str = "number"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", help="the file, or - for standard input")
        parser.add_argument("--market", required=True, help="the market's code, e.g. CZ")
        parser.add_argument("--json", action="store_true", help="print one JSON value")

    def handle(self, *args: Any, **options: Any) -> None:
        market = Market.objects.filter(code=options["market"]).first()
        if market is None:
            raise CommandError(f"there is no market {options['market']}")
        counts: Counter[str] = Counter(dict.fromkeys(self.outcomes, 0))
        refused: list[dict[str, Any]] = []
        with _opened(options["file"]) as file:
            for item in self.take(market, file, options):
                counts[item.outcome] += 1
                if item.outcome == "refused":
                    refused.append({"line": item.line, self.named: item.name, "reason": item.reason})
        refused.sort(key=lambda each: each["line"])
        self._tell(options["json"], counts, refused)
        if refused:
            sys.exit(1)

    @abstractmethod
    def take(self, market: Market, file: IO[bytes], options: dict[str, Any]) -> Iterator[Item]:
        """Take the items of a file in; they need not come back in order."""

    def _tell(self, as_json: bool, counts: Counter[str], refused: list[dict[str, Any]]) -> None:
        if as_json:
            self.stdout.write(json.dumps({**counts, "refused": refused}))
            return
        for each in refused:
            name = each[self.named] or "?"
            self.stdout.write(f"line {each['line']}, {self.what} {name}: refused: {each['reason']}")
        self.stdout.write(", ".join(f"{count} {outcome}" for outcome, count in counts.items()))


def _opened(name: str) -> IO[bytes]:
    if name == "-":
        return sys.stdin.buffer
    try:
        return Path(name).open("rb")
    except OSError as error:
        raise CommandError(f"{name} cannot be read: {error.strerror}") from None
