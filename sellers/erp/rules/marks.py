"""How an order's invoice is found again in an ERP: by a mark in its notes. Pure: no Django, no clock."""

import re
from collections.abc import Iterable

LONGEST_NOTE = 500
_MARK = re.compile(r"\[Saldo ([^\[\]\s]{1,32})\]")


def mark_of(order_number: str) -> str:
    """The mark of an order's invoice."""
    return f"[Saldo {order_number}]"


def orders_marked(texts: Iterable[str]) -> list[str]:
    """The order numbers that notes are marked with."""
    return [number for text in texts for number in _MARK.findall(text or "")]


def marked(mark: str, note: str) -> str:
    """A note that carries the mark, cut so that the mark always stands in it whole."""
    room = LONGEST_NOTE - len(mark) - 1
    text = " ".join(note.split())
    return f"{mark} {text[:room]}".strip()
