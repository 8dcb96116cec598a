"""``manage.py import_orders FILE --market CZ``: take in a file of orders; refused ones are named, good
ones kept.
"""

import json
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from marketplace.orders.operations.intake import Outcome, Taken, take_orders
from marketplace.orders.parsing import mall, saldo, unas
from marketplace.orders.parsing.files import split_document, split_lines
from marketplace.orders.rules.facts import OrderFacts, Refused
from marketplace.parties.models import Market

AT_ONCE = 200


class Command(BaseCommand):
    help = "Take in a file of orders. The same orders again change nothing; later statuses move them on."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", help="the file, or - for standard input")
        parser.add_argument("--market", required=True, help="the market's code, e.g. CZ")
        parser.add_argument("--format", choices=["saldo", "mall", "unas"], default="saldo", dest="layout")
        parser.add_argument(
            "--seller", default="", help="the partner number, for formats that name no seller"
        )
        parser.add_argument("--json", action="store_true", help="print one JSON value")

    def handle(self, *args: Any, **options: Any) -> None:
        market = Market.objects.filter(code=options["market"]).first()
        if market is None:
            raise CommandError(f"there is no market {options['market']}")
        reader = self._reader(market, options)
        counts: Counter[str] = Counter(dict.fromkeys(Outcome, 0))
        refused: list[dict[str, Any]] = []
        with _opened(options["file"]) as file:
            for taken, place in _take_in(market, file, reader):
                counts[taken.outcome] += 1
                if taken.outcome == Outcome.REFUSED:
                    refused.append({"line": place, "number": taken.number, "reason": taken.reason})
        refused.sort(key=lambda each: each["line"])
        self._tell(options["json"], counts, refused)
        if refused:
            sys.exit(1)

    def _reader(self, market: Market, options: dict[str, Any]) -> Any:
        if options["layout"] == "saldo":
            return split_lines, saldo.read_order
        if not options["seller"]:
            name = {"mall": "MALL", "unas": "UNAS"}[options["layout"]]
            raise CommandError(
                f"{name}'s orders name no seller: say whose they are with --seller PARTNER_NUMBER"
            )
        terms = {"seller": options["seller"], "standard_vat_bp": market.standard_vat_bp}
        if options["layout"] == "unas":
            return unas.split_orders, lambda order: unas.read_order(order, **terms)
        return split_document, lambda text: mall.read_order(text, **terms)

    def _tell(self, as_json: bool, counts: Counter[str], refused: list[dict[str, Any]]) -> None:
        if as_json:
            self.stdout.write(json.dumps({**counts, "refused": refused}))
            return
        for each in refused:
            self.stdout.write(
                f"line {each['line']}, order {each['number'] or '?'}: refused: {each['reason']}"
            )
        self.stdout.write(", ".join(f"{count} {outcome}" for outcome, count in counts.items()))


def _opened(name: str) -> IO[bytes]:
    if name == "-":
        return sys.stdin.buffer
    try:
        return Path(name).open("rb")
    except OSError as error:
        raise CommandError(f"{name} cannot be read: {error.strerror}") from None


def _take_in(market: Market, file: IO[bytes], reader: Any) -> Iterator[tuple[Taken, int]]:
    splitter, read = reader
    batch: list[tuple[int, OrderFacts]] = []
    for place, text in splitter(file):
        try:
            if isinstance(text, Refused):
                raise text
            facts = read(text)
            # An order told twice goes on from where its first telling brought it, wherever batches end.
            if any(facts.number == before.number for _, before in batch):
                yield from _take_batch(market, batch)
                batch = []
            batch.append((place, facts))
        except Refused as refusal:
            yield Taken(_number_in(text), Outcome.REFUSED, str(refusal)), place
        if len(batch) >= AT_ONCE:
            yield from _take_batch(market, batch)
            batch = []
    if batch:
        yield from _take_batch(market, batch)


def _take_batch(market: Market, batch: list[tuple[int, OrderFacts]]) -> Iterator[tuple[Taken, int]]:
    outcomes = take_orders(market=market, told=[facts for _, facts in batch], at=timezone.now())
    yield from zip(outcomes, [place for place, _ in batch], strict=True)


def _number_in(text: Any) -> str:
    """The order number of a text that was refused, where it can be made out."""
    if isinstance(text, unas.Element):
        return unas.number_of(text)[:32]
    try:
        order = json.loads(text)
        return str(order.get("number") or order.get("id") or "")[:32]
    except (ValueError, TypeError, AttributeError, RecursionError):
        return ""
