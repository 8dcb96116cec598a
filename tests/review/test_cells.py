"""What spreadsheets do to a cell: numbers and amounts are read exactly, or the row is named."""

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from tests.review.reading import read, refusal
from tests.review.workbooks import (
    order_row,
    saved_by_excel,
)


@pytest.mark.parametrize(
    ("cell", "number"),
    [
        (10085339302, "10085339302"),
        (10085339302.0, "10085339302"),
        (" 42 ", "42"),
        ("'42", "42"),
        ("A-1", "A-1"),
    ],
)
def test_an_order_number_survives_what_spreadsheets_do_to_it(
    cell: object, number: str, tmp_path: Path
) -> None:
    path = saved_by_excel(tmp_path / "numbers.xlsx", order_row(cell))

    assert [row.number for row in read(path)] == [number]


@pytest.mark.parametrize(
    ("cell", "minor"),
    [
        (2577.3, 2577_30), (0.1 + 0.2, 30), (1234.5, 1234_50), (0, 0), (-12.01, -12_01), (None, None),
        ("1.234,50", 1234_50), ("1,234.50", 1234_50), ("1\u00a0234,5", 1234_50), ("1 234,50", 1234_50),
        ("-12", -12_00), ("12345,67", 12345_67), (999999999.99, 999999999_99),
    ],
)  # fmt: skip
def test_an_amount_is_read_exactly(cell: object, minor: int | None, tmp_path: Path) -> None:
    path = saved_by_excel(tmp_path / "amounts.xlsx", order_row("A", total=cell))

    assert [row.total for row in read(path)] == [minor]


@pytest.mark.parametrize(
    ("row", "told"),
    [
        (order_row("A", total=1.005), "row 3, column F: the amount has more than two decimals"),
        (order_row("A", to_pay="soon"), "row 3, column H: this is no amount"),
        (order_row("A", voucher=True), "row 3, column G: this is no amount"),
        (order_row(None), "row 3: the order number (column A) is missing"),
        (order_row(123456789012345678), "row 3: the order number was turned into a rounded number"),
        (order_row(datetime(2026, 10, 1)), "row 3: column A holds no order number"),
        (order_row(1.5), "row 3: column A holds no order number"),
    ],
)
def test_a_row_that_cannot_be_understood_is_named(row: list[Any], told: str, tmp_path: Path) -> None:
    path = saved_by_excel(tmp_path / "row.xlsx", order_row("FINE"), row)

    assert told in refusal(path)


def sum_row(total: int) -> list[Any]:
    return [None, 0, "Total:", None, None, total, 0, total]


def test_a_sum_added_below_is_no_order(tmp_path: Path) -> None:
    path = saved_by_excel(tmp_path / "sum.xlsx", order_row("A"), order_row("B"), [], sum_row(2420))

    assert [row.number for row in read(path)] == ["A", "B"]


def test_a_row_without_a_number_that_is_no_sum_is_not_dropped(tmp_path: Path) -> None:
    path = saved_by_excel(tmp_path / "no-sum.xlsx", order_row("A"), order_row("B"), sum_row(2419))

    assert "row 4" in refusal(path)


def test_orders_below_a_sum_are_not_dropped(tmp_path: Path) -> None:
    path = saved_by_excel(tmp_path / "below.xlsx", order_row("A"), sum_row(1210), order_row("B"))

    assert "row 3" in refusal(path)
