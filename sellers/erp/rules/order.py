"""Whether a list's ids tell what is older. Pure: no Django, no clock."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

ENOUGH = 10
"""So many of our own invoices, met from the newest to the oldest, are no chance."""


def falling(ids: Sequence[str]) -> bool:
    """Whether all ids are numbers, each less than the one before."""
    return all(_is_number(each) for each in ids) and all(int(one) > int(two) for one, two in pairwise(ids))


def growing(ids: Sequence[str]) -> bool:
    """Whether all ids are numbers, each more than the one before."""
    return falling(list(reversed(ids)))


@dataclass
class Trail:
    """A list that is read from its start: whether what follows must be older than what we know.

    ``known`` are our own invoices of before, each with its age: 0 is the newest. Nothing says that an ERP
    keeps to the order asked for, nor that its ids grow; so it is believed once enough of ours were met in it,
    each older than the one before, under ids that fall.
    """

    known: Mapping[str, int]
    met: list[int] = field(default_factory=list)
    _last: list[str] = field(default_factory=list)
    _in_order: bool = True

    def see(self, ids: Sequence[str]) -> None:
        """Go on by a page."""
        self._in_order = self._in_order and falling([*self._last, *ids])
        self._last = [*ids[-1:]] or self._last
        self.met += [self.known[each] for each in ids if each in self.known]

    @property
    def is_past(self) -> bool:
        """Whether all that follows is older than what we know."""
        in_age = all(one < two for one, two in pairwise(self.met))
        return self._in_order and in_age and len(self.met) >= ENOUGH


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit()
