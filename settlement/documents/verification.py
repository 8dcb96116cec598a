"""Reading back what was drawn: the totals in PDF and workbook must be the document's. Pure: no Django."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from marketplace.kernel.amounts import amount_text, money_text
from settlement.documents.facts import DocumentFacts

ORDERS_SHEET = 1
AMOUNTS = slice(6, 13)
"""Columns G to M: total, held by seller and marketplace, and what the document bills."""


class Mismatch(Exception):
    """A drawn file does not say what the document says."""


def check_pdf(path: Path, facts: DocumentFacts) -> None:
    """Look for the sums on the first page and for the total of all orders at the end.

    :raises Mismatch: if one is missing.
    """
    from pypdf import PdfReader

    pages = PdfReader(path).pages
    start = "".join(squeezed(page.extract_text()) for page in pages[:2])
    end = "".join(squeezed(page.extract_text()) for page in pages[-2:])
    for text in (facts.reference, *_summed_up(facts)):
        _expect(squeezed(text), start, f"the first page of {facts.reference}.pdf")
    closing = "".join(squeezed(_amount(facts, each)) for each in facts.control_totals)
    _expect(squeezed(facts.words["total_of"]) + closing, end, f"the last page of {facts.reference}.pdf")


def check_workbook(path: Path, facts: DocumentFacts) -> None:
    """Add the orders up again, and compare them and the first sheet with the document.

    :raises Mismatch: if a sum differs or an order is missing.
    """
    from python_calamine import CalamineWorkbook

    with CalamineWorkbook.from_path(str(path)) as book:
        first = {row[0]: row[1] for row in book.get_sheet_by_index(0).to_python() if len(row) > 1}
        rows = _order_rows(book.get_sheet_by_index(ORDERS_SHEET))
        count, sums = 0, [0] * 7
        for row in rows:
            count += 1
            sums = [total + (minor(cell) or 0) for total, cell in zip(sums, row[AMOUNTS], strict=True)]
    total, *rest = facts.control_totals
    wanted = [total, facts.held_by_seller, facts.held_by_marketplace, *rest]
    if (count - 1, sums) != (facts.orders, [2 * each for each in wanted]):
        raise Mismatch(
            f"{facts.reference}.xlsx: {count - 1} orders and their total add to {sums}, not to twice {wanted}"
        )
    for label, amount in _first_sheet(facts):
        if minor(first.get(label)) != amount:
            raise Mismatch(f"{facts.reference}.xlsx: {label!r} is {first.get(label)!r}, not {amount}")


def _order_rows(sheet: Any) -> Iterator[list[Any]]:
    """The rows below the heading: the orders, then their total, which doubles every sum."""
    rows = sheet.iter_rows()
    next(rows)
    yield from rows


def _summed_up(facts: DocumentFacts) -> Iterator[str]:
    for rate in facts.rates:
        yield _row(facts, rate.net, rate.vat, rate.gross)
    yield _row(facts, *facts.billed)
    for name, amount in (*facts.summary, *facts.settlement):
        yield f"{facts.words[name]} {_amount(facts, amount)}"
    yield money_text(abs(facts.net_due), currency=facts.currency, language=facts.language)


def _first_sheet(facts: DocumentFacts) -> Iterator[tuple[str, int]]:
    yield from ((facts.words[name], amount) for name, amount in (*facts.summary, *facts.settlement))
    yield facts.words["net_sentence"], abs(facts.net_due)
    yield facts.words["total"], facts.billed[0]


def _row(facts: DocumentFacts, *amounts: int) -> str:
    return " ".join(_amount(facts, amount) for amount in amounts)


def _amount(facts: DocumentFacts, minor: int) -> str:
    return amount_text(minor, currency=facts.currency, language=facts.language)


def minor(cell: object) -> int | None:
    """A number cell in minor units; workbooks know binary fractions only, hence the rounding."""
    return round(cell * 100) if isinstance(cell, int | float) else None


def _expect(text: str, found: str, where: str) -> None:
    if text not in found:
        raise Mismatch(f"{text!r} does not stand on {where}")


def squeezed(text: str) -> str:
    """A text without blanks of any kind: PDF readers see some where none are, and none where some are."""
    return "".join(text.split())
