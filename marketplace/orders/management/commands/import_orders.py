"""``manage.py import_orders FILE --market CZ``: take in a file of orders; refused ones are named, good
ones kept.
"""

import json
from collections.abc import Iterator
from typing import IO, Any

from django.core.management.base import CommandError, CommandParser
from django.utils import timezone

from marketplace.orders.operations.intake import Outcome, Taken, take_orders
from marketplace.orders.parsing import mall, saldo, unas
from marketplace.orders.parsing.files import split_document, split_lines
from marketplace.orders.rules.facts import OrderFacts, Refused
from marketplace.parties.importing import ImportCommand, Item
from marketplace.parties.models import Market

AT_ONCE = 200


class Command(ImportCommand):
    help = "Take in a file of orders. The same orders again change nothing; later statuses move them on."
    outcomes = Outcome
    what = "order"

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--format", choices=["saldo", "mall", "unas"], default="saldo", dest="layout")
        parser.add_argument(
            "--seller", default="", help="the partner number, for formats that name no seller"
        )

    def take(self, market: Market, file: IO[bytes], options: dict[str, Any]) -> Iterator[Item]:
        for taken, place in _take_in(market, file, self._reader(market, options)):
            yield Item(place, taken.number, taken.outcome, taken.reason)

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
