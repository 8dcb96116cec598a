"""Reading a workbook somebody sent, in a process that may die: ``python -m settlement.exports.reading PATH``.

It knows no Django and writes lines of JSON: a list per order (row, number, columns F, G, H in minor units),
and at the end an object, how many there were or why the workbook is not taken. ``--own`` gives a workbook
that we wrote, and that nobody touched since, the room it may need.
"""

import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice
from pathlib import Path
from typing import Any, NamedTuple

from marketplace.kernel.sandbox import confine
from settlement.exports import cells
from settlement.exports.inspection import DAMAGED, TOO_LARGE, Limits, Refusal, inspect

UPLOADED = Limits()
OWN = Limits(unpacked_bytes=4 << 30, rows=8_000_000, memory_bytes=4 << 30, cpu_seconds=300)
SHEET_ROWS = 1_048_576
HEADING_WITHIN = 20
"""The heading stands in one of the first rows; people write notes above it."""
NEEDED, CERTAIN = 8, 12
"""Titles a heading needs, and from how many on it can be no other sheet of ours."""
NUMBER, TOTAL, VOUCHER, TO_PAY, PAYMENT = 0, 5, 6, 7, 8
LONGEST_PAYMENT = 60
DAYS = (3, 4)
"""Columns A and F to I; D and E, which every order has and no sum."""

Cells = Sequence[Any]


class Line(NamedTuple):
    """An order as the workbook tells it."""

    position: int
    number: str
    total: int | None
    voucher: int | None
    to_pay: int | None
    payment: str


def main(arguments: Sequence[str]) -> None:
    """Read the workbook named and write what it says."""
    limits = OWN if "--own" in arguments else UPLOADED
    confine(memory_bytes=limits.memory_bytes, cpu_seconds=limits.cpu_seconds)
    try:
        outcome: dict[str, Any] = {"rows": _tell(read(Path(arguments[0]), limits))}
    except Refusal as refusal:
        outcome = {"refused": refusal.code, "where": refusal.where}
    except MemoryError:
        outcome = {"refused": TOO_LARGE, "where": {}}
    sys.stdout.write(json.dumps(outcome) + "\n")


def _tell(lines: Iterable[Line]) -> int:
    count = 0
    for line in lines:
        sys.stdout.write(json.dumps(line) + "\n")
        count += 1
    return count


def read(path: Path, limits: Limits) -> Iterator[Line]:
    """The orders of a workbook, in its order.

    :raises Refusal: if it is no export for invoicing, or a row of it cannot be understood.
    """
    inspect(path, limits)
    from python_calamine import CalamineError, CalamineWorkbook, PasswordError

    try:
        with CalamineWorkbook.from_path(str(path)) as book:
            for count, line in enumerate(_orders_of(book), start=1):
                if count > limits.rows:
                    raise Refusal(TOO_LARGE)
                yield line
    except PasswordError:
        raise Refusal("encrypted") from None
    except (CalamineError, OSError, ValueError):
        raise Refusal(DAMAGED) from None


def _orders_of(book: Any) -> Iterator[Line]:
    """The orders of the first sheet that is an export's, and of the sheets that go on with it."""
    heading: list[str] = []
    offset = 0
    for place, name in enumerate(book.sheet_names):
        titles, rows = _under_heading(_numbered(book.get_sheet_by_index(place)))
        first = list(islice(rows, 1))
        if titles == heading if heading else _is_export(titles, first):
            yield from _lines(chain(first, rows), name, offset)
            heading, offset = titles, offset + SHEET_ROWS
    if not heading:
        raise Refusal("wrong_sheet")


def _numbered(sheet: Any) -> Iterator[tuple[int, Cells]]:
    """A sheet's rows that are not empty, counted as the spreadsheet counts them, from column A on."""
    left = [""] * sheet.start[1] if sheet.start else []
    for number, row in enumerate(sheet.iter_rows(), start=1):
        if any(_is_filled(cell) for cell in row):
            yield number, [*left, *row, *[""] * (NEEDED - len(left) - len(row))]


def _is_filled(cell: Any) -> bool:
    return bool(cell.strip()) if isinstance(cell, str) else True


def _under_heading(rows: Iterator[tuple[int, Cells]]) -> tuple[list[str], Iterator[tuple[int, Cells]]]:
    """The titles of a sheet, and the rows below them; no titles if it has none."""
    for _, row in islice(rows, HEADING_WITHIN):
        titles = [cell.strip() if isinstance(cell, str) else "" for cell in row]
        if all(titles[:NEEDED]):
            return list(filter(None, titles)), rows
    return [], rows


def _is_export(titles: list[str], first: list[tuple[int, Cells]]) -> bool:
    """Whether a sheet is an export, in any language; one with few columns must have amounts in F and H."""
    if len(titles) >= CERTAIN or not titles or not first:
        return len(titles) >= CERTAIN
    try:
        return all(cells.amount(first[0][1][column]) is not None for column in (TOTAL, TO_PAY))
    except ValueError:
        return False


def _lines(rows: Iterable[tuple[int, Cells]], sheet: str, offset: int) -> Iterator[Line]:
    """Rows as orders; one without a number and days is let pass where it is the sum of all, below them."""
    added_up = sum_at = 0
    for row, found in rows:
        line = _line(found, sheet, row, offset)
        is_sum = line.total == added_up and not any(_is_filled(found[column]) for column in DAYS)
        if sum_at or not (line.number or is_sum):
            raise Refusal("no_number", sheet=sheet, row=sum_at or row)
        if line.number:
            added_up += line.total or 0
            yield line
        else:
            sum_at = row


def _line(row: Cells, sheet: str, number: int, offset: int) -> Line:
    try:
        told = cells.order_number(row[NUMBER])
    except cells.Rounded:
        raise Refusal("rounded_number", sheet=sheet, row=number) from None
    except cells.NotANumber:
        raise Refusal("odd_number", sheet=sheet, row=number) from None
    total, voucher, to_pay = (_amount(row, column, sheet, number) for column in (TOTAL, VOUCHER, TO_PAY))
    payment = row[PAYMENT] if len(row) > PAYMENT else ""
    paid = payment.strip()[:LONGEST_PAYMENT] if isinstance(payment, str) else ""
    return Line(offset + number, told, total, voucher, to_pay, paid)


def _amount(row: Cells, column: int, sheet: str, number: int) -> int | None:
    try:
        return cells.amount(row[column])
    except cells.NotAnAmount:
        code = "no_amount"
    except cells.TooFine:
        code = "too_fine"
    raise Refusal(code, sheet=sheet, row=number, column="ABCDEFGH"[column])


if __name__ == "__main__":
    main(sys.argv[1:])
