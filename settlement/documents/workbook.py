"""The Excel workbook of a document: the facts, one row per order, one row per product.

openpyxl makes the styled shell; the rows, which may be many, are written into its sheets as they come. Money
is written as the decimal number it is, texts as texts: nothing is rounded, and nothing becomes a formula.
Pure: no Django, no clock.
"""

import re
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import IO

from settlement.documents.facts import BilledOrder, DocumentFacts, Totals, read_header, read_orders
from settlement.documents.shell import ORDERS, PRODUCTS, Styles, make_shell
from settlement.exports.sheets import text_cell

ROWS_AT_ONCE = 500
EPOCH = datetime(1899, 12, 30)  # noqa: DTZ001  # workbooks know no time zones; ours are the market's local time
MOST_ROWS = 1_048_574
NO_TEXT = ' t="inlineStr"><is><t></t></is></c>'
DIMENSION = re.compile(rb"<dimension [^>]*>")
"""The shell's own size, which its rows outgrow; some readers would believe it."""


class TooManyRows(Exception):
    """A sheet cannot hold so many orders or products."""


def write_workbook(source: Path, target: Path) -> None:
    """Write the workbook of the facts in a file.

    :raises TooManyRows: if there are more products than a sheet has rows.
    """
    facts = read_header(source)
    if max(facts.orders, facts.products) > MOST_ROWS:
        raise TooManyRows(facts.reference)
    shell, styles = make_shell(facts)
    rows = {
        ORDERS: _order_rows(facts, read_orders(source), styles),
        PRODUCTS: _product_rows(facts, read_orders(source), styles),
    }
    fill(shell, target, rows)


def fill(shell: IO[bytes], target: Path, sheets: Mapping[int, Iterator[str]]) -> None:
    """Write a shell, with rows in its sheets, by their places from one."""
    rows = {f"xl/worksheets/sheet{place}.xml": some for place, some in sheets.items()}
    with zipfile.ZipFile(shell) as made, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as out:
        for name in made.namelist():
            with out.open(name, "w") as part:
                _fill_part(part, made.read(name), rows.get(name, iter(())))


def _fill_part(part: IO[bytes], shell: bytes, rows: Iterator[str]) -> None:
    """Copy a part, with rows after those it has."""
    before, end, after = shell.partition(b"</sheetData>")
    part.write(DIMENSION.sub(b"", before))
    while some := "".join(islice(rows, ROWS_AT_ONCE)):
        part.write(some.replace(NO_TEXT, "/>").encode())
    part.write(end + after)


def _order_rows(facts: DocumentFacts, orders: Iterable[BilledOrder], styles: Styles) -> Iterator[str]:
    text, unit, money = text_pattern(styles.text), text_pattern(styles.unit), money_pattern(styles.money)
    day = f'<c s="{styles.moment}"><v>%s</v></c>'
    row = f"<row>{text}{text}{day}{day}{unit}{text}{money * 7}{unit}</row>"
    totals, yes, currency = Totals(facts), text_cell(facts.words["yes"]), text_cell(facts.currency)
    for order in totals.counting(orders):
        total, *rest = facts.amounts_of(order)
        yield row % (
            text_cell(order.number),
            text_cell(order.customer),
            serial(order.created),
            serial(order.delivered),
            yes if order.late else text_cell(order.original),
            text_cell(order.payment),
            total,
            order.held_by_seller,
            order.held_by_marketplace,
            *rest,
            currency,
        )
    total, *rest = totals.control_totals
    amounts = (total, totals.held_by_seller, totals.held_by_marketplace, *rest)
    closing, bold = text_pattern(styles.total), money_pattern(styles.total_money)
    yield f"<row>{closing}{closing * 5}{bold * 7}{closing}</row>" % (
        text_cell(facts.words["total_of"]),
        *[""] * 5,
        *amounts,
        currency,
    )


def _product_rows(facts: DocumentFacts, orders: Iterable[BilledOrder], styles: Styles) -> Iterator[str]:
    text, unit, money = text_pattern(styles.text), text_pattern(styles.unit), money_pattern(styles.money)
    row = f'<row>{text}{text}{text}<c s="{styles.count}"><v>%d</v></c>%s{money}{money}{unit}</row>'
    currency = text_cell(facts.currency)
    for order in orders:
        number = text_cell(order.number)
        for each in order.products:
            yield row % (
                number,
                text_cell(each.name),
                text_cell(each.sku),
                each.quantity,
                _rate(each.vat_bp, styles),
                each.sale_gross,
                each.net,
                currency,
            )


def _rate(vat_bp: int | None, styles: Styles) -> str:
    if vat_bp is None:
        return "<c/>"
    style = styles.rate if vat_bp % 100 else styles.whole_rate
    return f'<c s="{style}"><v>{vat_bp}E-4</v></c>'


def text_pattern(style: int) -> str:
    """A cell that a text, escaped, is put into."""
    return f'<c s="{style}" t="inlineStr"><is><t>%s</t></is></c>'


def money_pattern(style: int) -> str:
    """Minor units, written as the hundredths they are."""
    return f'<c s="{style}"><v>%dE-2</v></c>'


def serial(moment: datetime) -> str:
    """A moment as workbooks count it: days since the end of 1899, here to ten decimals."""
    passed = moment - EPOCH
    part = (passed.seconds * 10**10 + 43_200) // 86_400
    return f"{passed.days}.{part:010d}"
