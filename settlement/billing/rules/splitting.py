"""What is to replace an invoice, and whether it may. Pure: no Django, no clock."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

from settlement.billing.rules.recipients import Recipient, recipient_of

MOST_RESULTS = 50


class Misfit(Enum):
    """Why what is wanted cannot replace the invoice."""

    NOTHING = "nothing"
    ONE_ONLY = "one_only"
    TOO_MANY = "too_many"
    EMPTY = "empty"
    UNKNOWN_LINE = "unknown_line"
    NOT_POSITIVE = "not_positive"
    LINE_DIFFERS = "line_differs"
    TWICE_ON_ONE = "twice_on_one"


class CannotReplace(ValueError):
    """What is wanted cannot replace the invoice; ``line`` is the position it is about, 0 for none."""

    def __init__(self, misfit: Misfit, line: int = 0) -> None:
        super().__init__(misfit.value)
        self.misfit, self.line = misfit, line


@dataclass(frozen=True, slots=True)
class Part:
    """A line of the invoice, or a part of it, in minor units."""

    line: int
    gross: int


@dataclass(frozen=True, slots=True)
class Wanted:
    """One of the invoices that are to replace another."""

    recipient: Recipient
    parts: tuple[Part, ...]

    @property
    def gross(self) -> int:
        return sum(part.gross for part in self.parts)

    def as_json(self) -> dict[str, Any]:
        return {
            "recipient": self.recipient.as_json(),
            "parts": [[part.line, part.gross] for part in self.parts],
        }


def wanted_of(told: Sequence[Mapping[str, Any]]) -> tuple[Wanted, ...]:
    """What is wanted, from its stored form."""
    return tuple(
        Wanted(
            recipient_of(each["recipient"]),
            tuple(Part(int(line), int(gross)) for line, gross in each["parts"]),
        )
        for each in told
    )


def check_split(lines: Mapping[int, int], wanted: Sequence[Wanted]) -> None:
    """Whether every line, or each part of it, stands on exactly one of the invoices wanted.

    :param lines: the invoice's lines, gross by position.
    :raises CannotReplace: if something is lost, doubled or empty.
    """
    if not wanted:
        raise CannotReplace(Misfit.NOTHING)
    if len(wanted) > MOST_RESULTS:
        raise CannotReplace(Misfit.TOO_MANY)
    sums = dict.fromkeys(lines, 0)
    for each in wanted:
        _check_one(each, lines)
        for part in each.parts:
            sums[part.line] += part.gross
    for line, gross in lines.items():
        if sums[line] != gross:
            raise CannotReplace(Misfit.LINE_DIFFERS, line)


def _check_one(each: Wanted, lines: Mapping[int, int]) -> None:
    if not each.parts:
        raise CannotReplace(Misfit.EMPTY)
    if len({part.line for part in each.parts}) != len(each.parts):
        raise CannotReplace(Misfit.TWICE_ON_ONE)
    for part in each.parts:
        if part.line not in lines:
            raise CannotReplace(Misfit.UNKNOWN_LINE, part.line)
        if part.gross <= 0:
            raise CannotReplace(Misfit.NOT_POSITIVE, part.line)
