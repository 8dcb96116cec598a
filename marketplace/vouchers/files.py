"""A file of vouchers, issued line by line: what became of each, refused ones named, good ones kept."""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import IO, Any

from marketplace.parties.models import Market
from marketplace.vouchers.models import Origin
from marketplace.vouchers.operations import Outcome, Told, issue_vouchers
from marketplace.vouchers.parsing import Unread, read_lines
from marketplace.vouchers.rules import VoucherFacts
from marketplace.vouchers.wording import unread_text

AT_ONCE = 500

Clock = Callable[[], datetime]


def issue_file(
    *, market: Market, file: IO[bytes], origin: Origin, by: Any, clock: Clock
) -> Iterator[tuple[int, Told]]:
    """Issue the vouchers of a file, some hundred in a transaction; each line's number with its outcome,
    not in order. The same file again changes nothing.
    """
    batch: list[tuple[int, VoucherFacts]] = []
    for place, told in read_lines(file):
        if isinstance(told, Unread):
            yield place, Told("", Outcome.REFUSED, unread_text(told))
        else:
            batch.append((place, told))
        if len(batch) >= AT_ONCE:
            yield from _issue(market, batch, origin, by, clock())
            batch = []
    yield from _issue(market, batch, origin, by, clock())


def _issue(
    market: Market, batch: list[tuple[int, VoucherFacts]], origin: Origin, by: Any, at: datetime
) -> Iterator[tuple[int, Told]]:
    facts = [each for _, each in batch]
    outcomes = issue_vouchers(market=market, told=facts, origin=origin, by=by, at=at)
    yield from zip([place for place, _ in batch], outcomes, strict=True)
