"""``manage.py import_returns FILE --market HU``: register a file of returns; refused ones are named, good
ones kept.
"""

from collections.abc import Iterator
from typing import IO, Any

from django.utils import timezone

from marketplace.orders.operations.intake import Outcome, Taken
from marketplace.orders.operations.returning import register_returns
from marketplace.orders.parsing.files import split_lines
from marketplace.orders.parsing.returns import read_return
from marketplace.orders.rules.facts import Refused
from marketplace.parties.importing import ImportCommand, Item
from marketplace.parties.models import Market


class Command(ImportCommand):
    help = "Register a file of returns. The same again changes nothing; refunds paid since are noted."
    outcomes = Outcome
    what = "return"

    def take(self, market: Market, file: IO[bytes], options: dict[str, Any]) -> Iterator[Item]:
        for place, text in split_lines(file):
            taken = _take(market, text)
            yield Item(place, taken.number, taken.outcome, taken.reason)


def _take(market: Market, text: bytes | Refused) -> Taken:
    try:
        if isinstance(text, Refused):
            raise text
        facts = read_return(text)
    except Refused as refusal:
        return Taken("", Outcome.REFUSED, str(refusal))
    return register_returns(market=market, told=[facts], by=None, at=timezone.now())[0]
