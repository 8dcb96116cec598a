"""A workbook's row as accounting reads it, and when a submission is out of all proportion. Pure: no Django,
no clock.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

ENOUGH_TO_COMPARE = 6
OUT_OF_PROPORTION = 100
"""How many times the usual a submission may be before a person must look: a runaway, not a good season."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its place in the sheet, the order number, columns F–H in minor units (None: left empty) and
    the payment's words of column I.
    """

    position: int
    number: str
    total: int | None = None
    voucher: int | None = None
    to_pay: int | None = None
    payment: str = ""


def is_out_of_proportion(*, orders: int, total: int, earlier: Sequence[tuple[int, int]]) -> bool:
    """Whether a submission's orders or total are a hundred times the median of the seller's earlier ones.

    ``earlier`` holds (orders, total) pairs; with fewer than six there is no usual to compare with.
    """
    if len(earlier) < ENOUGH_TO_COMPARE:
        return False
    usual_orders = median(count for count, _ in earlier)
    usual_total = median(amount for _, amount in earlier)
    return orders > OUT_OF_PROPORTION * usual_orders or total > OUT_OF_PROPORTION * usual_total
