"""How an order's invoice is found again in an ERP: by a mark in its notes. Pure: no Django, no clock."""

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple
from urllib.parse import quote, unquote

LONGEST_NOTE = 500
NOTES = 2
"""An invoice has one note that is printed and one that is not; the mark is in either."""

_BEGINS = "[Saldo "
_MARK = re.compile(r"\[Saldo ([A-Z]{2})-([^\[\]\s]{1,300})\]")


class Marked(NamedTuple):
    """An order: two markets may use one number."""

    market: str
    number: str


def mark_of(order: Marked) -> str:
    """The mark of an order's invoice; what could not stand in it is written as in an address."""
    return f"[Saldo {order.market}-{quote(order.number, safe='/:+,;=@')}]"


def orders_marked(texts: Iterable[str]) -> list[Marked]:
    """The orders that notes are marked with."""
    found = (pair for text in texts for pair in _MARK.findall(text or ""))
    return [Marked(market, unquote(number)) for market, number in found]


def may_be_marked(texts: Sequence[str]) -> bool:
    """Whether notes may have been marked before they were left out or cut: some lists show no whole ones."""
    notes = [text for text in texts if text]
    are_whole = len(texts) >= NOTES and any(notes) and not any(note.startswith(_BEGINS) for note in notes)
    return not orders_marked(notes) and not are_whole


def marked(mark: str, note: str) -> str:
    """A note that carries the mark, cut so that the mark always stands in it whole."""
    room = LONGEST_NOTE - len(mark) - 1
    text = " ".join(note.split())
    return f"{mark} {text[: max(0, room)]}".strip()
