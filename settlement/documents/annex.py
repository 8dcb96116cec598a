"""The orders of a large document, as lines of text: a page is one run of lines instead of a thousand boxes.

Ten pages at a time are laid out by two processes beside this one, then all are joined: a table of twenty
thousand orders would take minutes and gigabytes. Pure: no database, no clock.
"""

import gc
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import chain, islice
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from django.utils.safestring import SafeString

from settlement.documents.columns import Columns, heading, measure, order_lines, total_line
from settlement.documents.facts import BilledOrder, DocumentFacts, Totals
from settlement.documents.printing import fill_in, lay_out, without_collector

ORDERS_ON_A_PAGE = 35
PAGES_AT_ONCE = 10
PROCESSES = 2
CHUNKS_PER_PROCESS = 6
"""Then a fresh process takes over, so that memory does not grow with the document."""


class PagesLost(Exception):
    """A chunk did not come out as many pages as it should: the numbering would lie."""


@dataclass(frozen=True, slots=True)
class Chunk:
    """Some pages as HTML, where they go, and how many there must be."""

    html: str
    target: Path
    pages: int


def write_annexed(
    facts: DocumentFacts,
    orders: Callable[[], Iterable[BilledOrder]],
    target: Path,
    *,
    texts: dict[str, Any],
) -> None:
    """Write the first page, then the orders; ``orders`` is read twice."""
    columns = measure(facts, orders())
    context = get_context("forkserver")
    context.set_forkserver_preload(["weasyprint"])
    with context.Pool(PROCESSES, maxtasksperchild=CHUNKS_PER_PROCESS) as pool:
        first = pool.apply(count_pages, [fill_in("document.html", texts)])
        pages = first + -(-facts.orders // ORDERS_ON_A_PAGE)
        numbered = {**texts, "pages": str(pages)}
        cover = Chunk(fill_in("document.html", numbered), target.with_suffix(".0.pdf"), first)
        chunks = _chunks(facts, orders(), columns, target, numbered, first)
        parts = list(pool.imap(print_chunk, chain([cover], chunks)))
    _join(parts, target, facts, pages)


def count_pages(html: str) -> int:
    """How many pages some HTML takes."""
    return len(lay_out(html).pages)


def print_chunk(chunk: Chunk) -> Path:
    """Lay out one chunk and write it; run in a process of its own.

    :raises PagesLost: if the pages are not as many as they should be.
    """
    with without_collector():
        laid_out = lay_out(chunk.html)
        if len(laid_out.pages) != chunk.pages:
            raise PagesLost(f"{len(laid_out.pages)} instead of {chunk.pages}")
        laid_out.write_pdf(chunk.target)
    del laid_out
    gc.collect()
    return chunk.target


def _chunks(
    facts: DocumentFacts,
    orders: Iterable[BilledOrder],
    columns: Columns,
    target: Path,
    texts: dict[str, Any],
    before: int,
) -> Iterator[Chunk]:
    totals, place = Totals(), 0
    counted = totals.counting(orders)
    head = SafeString(heading(facts, columns))
    while pages := list(islice(_pages(facts, counted, columns), PAGES_AT_ONCE)):
        place += 1
        last = totals.orders == facts.orders
        context = {
            "lines": [SafeString(page) for page in pages],
            "head": head,
            "first_page": str(before + 1),
            "closing": SafeString(total_line(facts, totals)) if last else "",
            "any_late": last and columns.any_late,
            "first": place == 1,
        }
        part = target.with_suffix(f".{place}.pdf")
        yield Chunk(fill_in("annex.html", {**texts, **context}), part, len(pages))
        before += len(pages)


def _pages(facts: DocumentFacts, orders: Iterator[BilledOrder], columns: Columns) -> Iterator[str]:
    while some := list(islice(orders, ORDERS_ON_A_PAGE)):
        yield "\n".join(order_lines(facts, order, columns) for order in some)


def _join(parts: Iterable[Path], target: Path, facts: DocumentFacts, pages: int) -> None:
    from pypdf import PdfWriter
    from pypdf.generic import BooleanObject, DictionaryObject, NameObject, TextStringObject

    writer = PdfWriter()
    for part in parts:
        writer.append(part, import_outline=False)
        part.unlink()
    if len(writer.pages) != pages:
        raise PagesLost(f"{len(writer.pages)} instead of {pages}")
    title = f"{facts.words['title']} {facts.reference}"
    writer.add_metadata({"/Title": title, "/Author": facts.marketplace.name})
    writer.root_object[NameObject("/Lang")] = TextStringObject(facts.spoken)
    shown = DictionaryObject({NameObject("/DisplayDocTitle"): BooleanObject(True)})
    writer.root_object[NameObject("/ViewerPreferences")] = shown
    writer.write(target)
