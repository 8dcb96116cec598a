"""The orders of a large document, as lines of text: a page is one run of lines instead of a thousand boxes.

A table of twenty thousand orders would take minutes and gigabytes; lines are drawn ten pages at a time (see
chunks.py). Pure: no database, no clock.
"""

from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from django.utils.safestring import SafeString

from settlement.documents.chunks import Identity, write_chunks
from settlement.documents.columns import Columns, heading, measure, order_lines, total_line
from settlement.documents.facts import BilledOrder, DocumentFacts, Totals
from settlement.documents.printing import fill_in

ORDERS_ON_A_PAGE = 35
PAGES_AT_ONCE = 10


def write_annexed(
    facts: DocumentFacts,
    orders: Callable[[], Iterable[BilledOrder]],
    target: Path,
    *,
    texts: dict[str, Any],
) -> None:
    """Write the first page, then the orders; ``orders`` is read twice.

    :raises PagesLost: if the pages are not as many as they should be.
    """
    columns = measure(facts, orders())

    def cover(pages: str) -> str:
        return fill_in("document.html", {**texts, "pages": pages})

    def annex(before: int, pages: str) -> Iterator[tuple[str, int]]:
        return _chunks(facts, orders(), columns, {**texts, "pages": pages}, before)

    write_chunks(
        target,
        cover=cover,
        annex=annex,
        annexed=-(-facts.orders // ORDERS_ON_A_PAGE),
        identity=Identity(f"{facts.words['title']} {facts.reference}", facts.marketplace.name, facts.spoken),
    )


def _chunks(
    facts: DocumentFacts,
    orders: Iterable[BilledOrder],
    columns: Columns,
    texts: dict[str, Any],
    before: int,
) -> Iterator[tuple[str, int]]:
    totals, first = Totals(facts), True
    counted = totals.counting(orders)
    head = SafeString(heading(facts, columns))
    while pages := list(islice(_pages(facts, counted, columns), PAGES_AT_ONCE)):
        last = totals.orders == facts.orders
        context = {
            "lines": [SafeString(page) for page in pages],
            "head": head,
            "first_page": str(before + 1),
            "closing": SafeString(total_line(facts, totals)) if last else "",
            "any_late": last and columns.any_late,
            "first": first,
        }
        yield fill_in("annex.html", {**texts, **context}), len(pages)
        before, first = before + len(pages), False


def _pages(facts: DocumentFacts, orders: Iterator[BilledOrder], columns: Columns) -> Iterator[str]:
    while some := list(islice(orders, ORDERS_ON_A_PAGE)):
        yield "\n".join(order_lines(facts, order, columns) for order in some)
