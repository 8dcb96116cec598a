"""Splitting a file of orders into the texts of single orders, without reading it whole where it is lines."""

import json
from collections.abc import Iterator
from decimal import Decimal
from typing import IO, Any

from marketplace.kernel import lines
from marketplace.orders.rules.facts import Refused

LONGEST_ORDER = 2 * 1024 * 1024
LARGEST_DOCUMENT = 64 * 1024 * 1024


def split_lines(source: IO[bytes]) -> Iterator[tuple[int, bytes | Refused]]:
    """The lines of a JSON Lines file with their numbers; an overlong line is refused, the rest go on."""
    for place, line in lines.split_lines(source, longest=LONGEST_ORDER):
        yield place, line or Refused("longer than 2 MB; that is no order")


def split_document(source: IO[bytes]) -> Iterator[tuple[int, bytes | Refused]]:
    """The orders of a file that is one order, an array of them, a page ``{"paging", "data"}``, or JSON
    Lines.
    """
    head = source.read(LARGEST_DOCUMENT + 1)
    if len(head) > LARGEST_DOCUMENT:
        yield 1, Refused("larger than 64 MB; send it in parts")
        return
    try:
        document = json.loads(head, parse_float=Decimal)
    except (json.JSONDecodeError, UnicodeDecodeError, RecursionError):
        yield from (
            (place, line.strip()) for place, line in enumerate(head.splitlines(), start=1) if line.strip()
        )
        return
    for place, order in enumerate(_orders(document), start=1):
        yield place, json.dumps(order, default=_exact).encode()


def _orders(document: Any) -> list[Any]:
    if isinstance(document, dict) and isinstance(document.get("data"), list):
        return list(document["data"])
    return document if isinstance(document, list) else [document]


def _exact(value: Any) -> str:
    """A decimal as text, which the readers take as they take a number."""
    return str(value)
