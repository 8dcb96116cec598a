"""Which line of an invoice goes on which of several new ones, as a person said so."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from sellers.portal.invoice_form import AmountField
from settlement.billing.models import BillingInvoice, BillingLine
from settlement.billing.rules.splitting import MOST_RESULTS, Part

FEWEST = 2
PARTS = "parts"
FEW = 5
MOST_NAMED = 200
"""Lines whose choices a form carries one by one; of more, one field tells all, and scripts fill it."""

_SPAN = re.compile(r"(\d{1,6})(?:\s*[-–]\s*(\d{1,6}))?")


@dataclass(frozen=True, slots=True)
class PartField:
    """What of a line goes on one of the invoices, as it was typed."""

    invoice: int
    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Row:
    """A line, and where it goes: the number of an invoice, or in parts."""

    line: BillingLine
    choice: str
    fields: Sequence[PartField] = ()

    @property
    def in_parts(self) -> bool:
        return self.choice == PARTS


@dataclass
class Board:
    """All lines with their choices; ``problems`` are what could not be read."""

    count: int
    rows: list[Row]
    ranges: Mapping[int, str] = field(default_factory=dict)
    parts: dict[int, list[Part]] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)

    @property
    def numbers(self) -> range:
        return range(1, self.count + 1)

    @property
    def is_named(self) -> bool:
        """Whether each choice is a field of its own."""
        return len(self.rows) <= MOST_NAMED

    @property
    def takes_ranges(self) -> bool:
        """Whether there are lines enough to name several at once, or somebody did."""
        return len(self.rows) > FEW or any(self.ranges.values())

    @property
    def assigned(self) -> str:
        """All choices in one text."""
        return ",".join(f"{row.line.position}:{row.choice}" for row in self.rows)

    @property
    def sums(self) -> list[tuple[int, int]]:
        """What each invoice comes to."""
        return [(number, sum(part.gross for part in self.parts[number])) for number in self.numbers]

    @property
    def left(self) -> int:
        """What no invoice has, or, below nothing, what is on too many."""
        return sum(row.line.gross for row in self.rows) - sum(gross for _number, gross in self.sums)


def board_of(invoice: BillingInvoice, told: Mapping[str, Any]) -> Board:
    """Read the choices; a line of which nothing is said goes on the first invoice."""
    lines = list(invoice.lines.select_related("deposit", "fee").order_by("position"))
    count = _count(told)
    board = Board(count, [], dict.fromkeys(range(1, count + 1), ""))
    choices = _choices(told, board, {line.position for line in lines})
    board.rows = [_row(line, choices.get(line.position, "1"), told, count) for line in lines]
    board.parts = {number: [] for number in board.numbers}
    for row in board.rows:
        for number, part in _parts(row, board):
            board.parts[number].append(part)
    return board


def _count(told: Mapping[str, Any]) -> int:
    text = str(told.get("count", ""))
    count = int(text) if text.isdecimal() and len(text) < 4 else FEWEST
    count += ("add" in told) - ("drop" in told)
    return max(FEWEST, min(count, MOST_RESULTS))


def _choices(told: Mapping[str, Any], board: Board, lines: Collection[int]) -> dict[int, str]:
    """By line; what was chosen one by one counts more than the text of all, spans typed more than either."""
    allowed = {PARTS, *map(str, board.numbers)}
    pairs = (each.partition(":") for each in str(told.get("assigned", "")).split(","))
    choices = {int(line): choice for line, _colon, choice in pairs if line.isdecimal() and len(line) < 7}
    for line in lines:
        if (chosen := told.get(f"line_{line}")) is not None:
            choices[line] = str(chosen)
    for number in board.numbers:
        for line in _spans(str(told.get(f"lines_{number}", ""))[:500], max(lines, default=0), number, board):
            choices[line] = str(number)
    return {line: choice if choice in allowed else "1" for line, choice in choices.items()}


def _spans(text: str, last: int, number: int, board: Board) -> Iterator[int]:
    """The lines, up to the last there is, that a text such as "1-40, 55" names."""
    for piece in filter(None, (each.strip() for each in text.replace(";", ",").split(","))):
        found = _SPAN.fullmatch(piece)
        if found is None:
            board.problems.append(
                _("“%(text)s” names no lines; write them like 1-40, 55.") % {"text": piece[:40]}
            )
            board.ranges = {**board.ranges, number: text}
            return
        first = int(found[1])
        yield from range(first, min(int(found[2] or first), last) + 1)


def _row(line: BillingLine, choice: str, told: Mapping[str, Any], count: int) -> Row:
    if choice != PARTS:
        return Row(line, choice)
    names = [f"part_{line.position}_{number}" for number in range(1, count + 1)]
    fields = [
        PartField(number, name, str(told.get(name, "")).strip()[:30]) for number, name in enumerate(names, 1)
    ]
    return Row(line, PARTS, fields)


def _parts(row: Row, board: Board) -> Iterator[tuple[int, Part]]:
    if not row.in_parts:
        yield int(row.choice), Part(row.line.position, row.line.gross)
        return
    for each in row.fields:
        minor = _minor(each, row, board)
        if minor:
            yield each.invoice, Part(row.line.position, minor)


def _minor(each: PartField, row: Row, board: Board) -> int:
    if not each.text:
        return 0
    try:
        return int(AmountField().clean(each.text))
    except ValidationError as refusal:
        told = {"line": row.line.position, "problem": " ".join(refusal.messages)}
        board.problems.append(_("Line %(line)s: %(problem)s") % told)
        return 0
