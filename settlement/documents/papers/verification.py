"""Reading back what was drawn: a paper must say its reference, its sums and the totals of its lists.

Pure: no database, no clock.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from settlement.documents.fonts import shown
from settlement.documents.papers.facts import Listing, PaperFacts
from settlement.documents.papers.pdf import annexed, pages_of
from settlement.documents.papers.texts import amount, money, total_texts
from settlement.documents.papers.workbook import sheets_of
from settlement.documents.verification import Mismatch, minor, squeezed


def check_paper(path: Path, facts: PaperFacts) -> None:
    """Look for what the paper must say, where it must say it.

    :raises Mismatch: if something is missing.
    """
    from pypdf import PdfReader

    pages, long = PdfReader(path).pages, annexed(facts)
    first = len(pages) - sum(pages_of(facts.lists[place]) for place in long)
    start = _text(pages[:first])
    _expect([facts.reference, facts.title, *_sums(facts)], start, facts, "its first pages")
    for place, listing in enumerate(facts.lists):
        if place in long:
            first += pages_of(listing)
            _expect([_closing(facts, listing)], _text(pages[first - 1 : first]), facts, f"page {first}")
        elif listing.rows:
            _expect([_closing(facts, listing)], start, facts, "its tables")


def check_paper_workbook(path: Path, facts: PaperFacts) -> None:
    """Add the lists up again, and compare them and the sums of the first sheet with the paper.

    :raises Mismatch: if a sum differs or a row is missing.
    """
    from python_calamine import CalamineWorkbook

    with CalamineWorkbook.from_path(str(path)) as book:
        first = {row[0]: row[1] for row in book.get_sheet_by_index(0).to_python() if len(row) > 1}
        for sheet, place in sheets_of(facts).items():
            _check_sheet(book.get_sheet_by_index(sheet - 1), facts, facts.lists[place])
    for each in (*facts.sums, facts.result):
        if minor(first.get(each.label)) != each.amount:
            raise Mismatch(f"{facts.reference}.xlsx: {each.label!r} is {first.get(each.label)!r}")


def _check_sheet(sheet: Any, facts: PaperFacts, listing: Listing) -> None:
    """Below the headings stand the rows, then their total, which doubles every sum."""
    rows = sheet.iter_rows()
    next(rows)
    count, sums = -1, [0] * len(listing.columns)
    for row in rows:
        count += 1
        sums = [total + (minor(cell) or 0) for total, cell in zip(sums, row, strict=True)]
    for column, total in zip(listing.columns, sums, strict=True):
        if column.total is not None and total != 2 * column.total:
            raise Mismatch(f"{facts.reference}.xlsx: {column.label}: {total}, not twice {column.total}")
    if count != listing.rows:
        raise Mismatch(f"{facts.reference}.xlsx: {listing.heading}: {count} rows, not {listing.rows}")


def _sums(facts: PaperFacts) -> Iterator[str]:
    for each in facts.sums:
        yield f"{each.label} {amount(facts, each.amount)}"
    yield f"{facts.result.label} {money(facts, facts.result.amount)}"


def _closing(facts: PaperFacts, listing: Listing) -> str:
    return " ".join([listing.closing, *total_texts(facts, listing)])


def _text(pages: Any) -> str:
    return "".join(squeezed(page.extract_text()) for page in pages).casefold()


def _expect(texts: list[str], found: str, facts: PaperFacts, where: str) -> None:
    for text in texts:
        if squeezed(shown(text)).casefold() not in found:
            raise Mismatch(f"{text!r} does not stand on {where} of {facts.reference}.pdf")
