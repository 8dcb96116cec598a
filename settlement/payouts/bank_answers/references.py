"""Finding the variable symbol in what a payer or his bank wrote. Pure: no Django, no clock."""

import re
from collections.abc import Iterable

_MARKED = re.compile(r"(?<![A-Z0-9])VS\s?[:.=/-]?\s*([0-9]{1,10})(?![0-9])", re.IGNORECASE)
"""VS:123, VS 123 or /VS123/SS/KS, as Czech and Slovak banks write it into one field or another."""
_BARE = re.compile(r"(?:RF[0-9]{2})?([0-9]{1,10})", re.IGNORECASE)
"""The number alone, or as an international creditor reference."""


def variable_symbol_in(*, structured: Iterable[str], end_to_end: str, text: str) -> str:
    """The symbol without leading zeros, from the surest place that has one; "" if none has.

    The field for references is surest, then the payer's id, then what he wrote.
    """
    for reference in structured:
        if symbol := _symbol(reference):
            return symbol
    return _marked(end_to_end) or _symbol(text)


def _symbol(text: str) -> str:
    bare = _BARE.fullmatch("".join(text.split()))
    return bare[1].lstrip("0") if bare else _marked(text)


def _marked(text: str) -> str:
    marked = _MARKED.search(text)
    return marked[1].lstrip("0") if marked else ""
