"""Reading back what was drawn: a paper's PDF must say its reference, its sums and the totals of its lists.

Pure: no database, no clock.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from settlement.documents.fonts import shown
from settlement.documents.verification import Mismatch, squeezed
from settlement.netting.papers.facts import Listing, PaperFacts
from settlement.netting.papers.pdf import annexed, pages_of
from settlement.netting.papers.texts import amount, money, total_texts


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
