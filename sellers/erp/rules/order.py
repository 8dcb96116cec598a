"""Whether a list's ids tell what is older. Pure: no Django, no clock."""

from collections.abc import Sequence
from itertools import pairwise


def falling(ids: Sequence[str]) -> bool:
    """Whether all ids are numbers, each less than the one before."""
    return all(_is_number(each) for each in ids) and all(int(one) > int(two) for one, two in pairwise(ids))


def growing(ids: Sequence[str]) -> bool:
    """Whether all ids are numbers, each more than the one before."""
    return falling(list(reversed(ids)))


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit()
