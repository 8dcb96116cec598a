"""Everything a paper says, frozen, as JSON lines: first its header, then one line per row of its lists.

Amounts are minor units, days local. Pure: no Django, no clock.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Any, TypeAlias

from settlement.documents.facts import PartyFacts

Cell: TypeAlias = str | int | date | None
Row: TypeAlias = tuple[int, Sequence[Cell]]
"""The place of the list it belongs to, and its cells; the rows of a list follow each other."""


class Kind(StrEnum):
    """What a column holds: its width and its alignment follow from it."""

    NUMBER = "number"
    TEXT = "text"
    LONG = "long"
    DAY = "day"
    AMOUNT = "amount"


class RowsDiffer(Exception):
    """The rows of a list are not as many as its header says, or do not add up to its totals."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a list: its heading, what it holds, and for amounts the total, where one makes sense."""

    label: str
    kind: Kind
    total: int | None = None


@dataclass(frozen=True, slots=True)
class Listing:
    """A list of a paper: how many rows it has, and the words of its last line; ``sheet`` is what a
    workbook calls it, where not as its heading says.
    """

    heading: str
    columns: tuple[Column, ...]
    rows: int
    closing: str
    note: str = ""
    sheet: str = ""

    @property
    def name(self) -> str:
        return self.sheet or self.heading


@dataclass(frozen=True, slots=True)
class Sum:
    """An amount and what it is."""

    label: str
    amount: int


@dataclass(frozen=True, slots=True)
class Shown:
    """A party under its heading; the one addressed stands out."""

    heading: str
    party: PartyFacts
    addressed: bool = False


@dataclass(frozen=True, slots=True)
class Payment:
    """How to pay: details by label, and a picture of a code (SVG of our own making) with its caption."""

    heading: str
    details: tuple[tuple[str, str], ...]
    picture: str = ""
    caption: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """Room for what the reader declares: choices to tick, and lines to fill in."""

    heading: str
    text: str
    choices: tuple[str, ...]
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PaperFacts:
    """What stands above a paper's lists; ``words`` are labels by name, all in the market's language."""

    title: str
    reference: str
    market: str
    currency: str
    language: str
    spoken: str
    meta: tuple[tuple[str, str], ...]
    stressed: str
    text: str
    parties: tuple[Shown, Shown]
    sums_heading: str
    sums: tuple[Sum, ...]
    result: Sum
    note: str
    lists: tuple[Listing, ...]
    words: Mapping[str, str]
    payment: Payment | None = None
    answer: Answer | None = None
    holds_files: bool = False
    """Whether it is to be a PDF that may hold files by its standard (PDF/A-3)."""

    @property
    def rows(self) -> int:
        """How many rows all lists have."""
        return sum(listing.rows for listing in self.lists)


@dataclass
class Tally:
    """Adds the rows of a list up as they are laid out: proof that none was lost on the way."""

    listing: Listing
    rows: int = 0
    sums: list[int] = field(default_factory=list)

    def counting(self, rows: Iterable[Sequence[Cell]]) -> Iterator[Sequence[Cell]]:
        """Pass the rows on, adding each up.

        :raises RowsDiffer: at the end, if they are not what the header says.
        """
        self.sums = [0] * len(self.listing.columns)
        for row in rows:
            self.rows += 1
            self.sums = [done + _number(cell) for done, cell in zip(self.sums, row, strict=True)]
            yield row
        wanted = [column.total for column in self.listing.columns]
        differ = any(
            total is not None and total != done for total, done in zip(wanted, self.sums, strict=True)
        )
        if self.rows != self.listing.rows or differ:
            raise RowsDiffer(
                f"{self.listing.heading}: {self.rows} rows of {self.sums}, "
                f"not {self.listing.rows} of {wanted}"
            )


def write_facts(path: Path, facts: PaperFacts, rows: Iterable[Row]) -> None:
    """Write the header and the rows, one JSON value a line."""
    with path.open("w", encoding="utf-8") as out:
        out.write(_line({**asdict(facts), "words": dict(facts.words)}))
        out.writelines(_line([place, *cells]) for place, cells in rows)


def read_header(path: Path) -> PaperFacts:
    """Read the first line back."""
    with path.open(encoding="utf-8") as source:
        value = json.loads(source.readline())
    first, second = (Shown(**{**each, "party": PartyFacts(**each["party"])}) for each in value["parties"])
    payment, answer = value["payment"], value["answer"]
    made = {
        "meta": _pairs(value["meta"]),
        "parties": (first, second),
        "sums": tuple(Sum(**each) for each in value["sums"]),
        "result": Sum(**value["result"]),
        "lists": tuple(_listing(each) for each in value["lists"]),
        "payment": payment and Payment(**{**payment, "details": _pairs(payment["details"])}),
        "answer": answer
        and Answer(answer["heading"], answer["text"], tuple(answer["choices"]), tuple(answer["lines"])),
    }
    return PaperFacts(**{**value, **made})


def read_rows(path: Path, place: int) -> Iterator[list[Cell]]:
    """Read the rows of one list back, one at a time; days come as ISO texts."""
    with path.open(encoding="utf-8") as source:
        source.readline()
        for line in source:
            found, *cells = json.loads(line)
            if found == place:
                yield cells


def _listing(value: Mapping[str, Any]) -> Listing:
    columns = tuple(Column(**{**each, "kind": Kind(each["kind"])}) for each in value["columns"])
    return Listing(**{**value, "columns": columns})


def _pairs(value: Iterable[Sequence[str]]) -> tuple[tuple[str, str], ...]:
    return tuple((label, text) for label, text in value)


def _number(cell: Cell) -> int:
    return cell if isinstance(cell, int) else 0


def _line(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=_iso) + "\n"


def _iso(value: date) -> str:
    return value.isoformat()
