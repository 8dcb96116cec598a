"""The PDF of a paper. Pure: no database, no clock.

Usually it is one tagged document with real tables. Where there are thousands of rows, its long lists follow
as lines of text: a table of them would take minutes and gigabytes.
"""

from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from django.utils.safestring import SafeString

from settlement.documents.chunks import Identity, write_chunks
from settlement.documents.papers.facts import Cell, Listing, PaperFacts, Tally, read_header, read_rows
from settlement.documents.papers.lines import Setting, heading, measure, row_line, total_line
from settlement.documents.papers.texts import list_texts, page_texts
from settlement.documents.pdf import ACCESSIBLE
from settlement.documents.printing import fill_in, lay_out, without_collector

MOST_ROWS = 1500
"""Rows that the tables of one paper may hold."""

ARCHIVED = "pdf/a-3a"

SHORT_LIST = 100
"""Rows of a list that stays a table in any paper."""

ROWS_ON_A_PAGE, PAGES_AT_ONCE = 70, 10


def write_paper(source: Path, target: Path) -> None:
    """Write the PDF of the facts in a file.

    :raises RowsDiffer: if the rows of a list are not what the header says.
    """
    facts = read_header(source)
    long = annexed(facts)
    context = {**page_texts(facts), "lists": _tables(facts, source, without=long)}
    if long:
        _write_annexed(facts, source, target, context, long)
        return
    variant = ARCHIVED if facts.holds_files else ACCESSIBLE
    with without_collector():
        lay_out(fill_in("paper.html", context)).write_pdf(target, pdf_variant=variant)


def annexed(facts: PaperFacts) -> tuple[int, ...]:
    """The places of the lists that follow as lines of text."""
    if facts.rows <= MOST_ROWS:
        return ()
    return tuple(place for place, listing in enumerate(facts.lists) if listing.rows > SHORT_LIST)


def pages_of(listing: Listing) -> int:
    """How many pages a list takes as lines of text."""
    return -(-listing.rows // ROWS_ON_A_PAGE)


def _tables(facts: PaperFacts, source: Path, *, without: Sequence[int]) -> list[dict[str, Any]]:
    return [
        list_texts(facts, listing, Tally(listing).counting(read_rows(source, place)))
        for place, listing in enumerate(facts.lists)
        if listing.rows and place not in without
    ]


def _write_annexed(
    facts: PaperFacts, source: Path, target: Path, context: dict[str, Any], long: Sequence[int]
) -> None:
    def cover(pages: str) -> str:
        return fill_in("paper.html", {**context, "pages": pages})

    def annex(before: int, pages: str) -> Iterator[tuple[str, int]]:
        for place in long:
            for lines in _chunks(facts, source, place):
                texts = {**context, **lines, "pages": pages, "first_page": str(before + 1)}
                count = len(lines["lines"])
                yield fill_in("lines.html", texts), count
                before += count

    write_chunks(
        target,
        cover=cover,
        annex=annex,
        annexed=sum(pages_of(facts.lists[place]) for place in long),
        identity=Identity(f"{facts.title} {facts.reference}", facts.parties[0].party.name, facts.spoken),
    )


def _chunks(facts: PaperFacts, source: Path, place: int) -> Iterator[dict[str, Any]]:
    """A list's pages, some at a time; the last ends with the totals."""
    listing = facts.lists[place]
    setting = measure(facts, listing, read_rows(source, place))
    tally = Tally(listing)
    rows = tally.counting(read_rows(source, place))
    while pages := list(islice(_pages(facts, listing, rows, setting), PAGES_AT_ONCE)):
        last = tally.rows == listing.rows
        yield {
            "head": SafeString(heading(listing, setting)),
            "lines": [SafeString(page) for page in pages],
            "closing": SafeString(total_line(facts, listing, setting)) if last else "",
        }


def _pages(
    facts: PaperFacts, listing: Listing, rows: Iterator[Sequence[Cell]], setting: Setting
) -> Iterator[str]:
    while some := list(islice(rows, ROWS_ON_A_PAGE)):
        yield "\n".join(row_line(facts, listing, row, setting) for row in some)
