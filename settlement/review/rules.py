"""A workbook's row as accounting reads it. Pure: no Django, no clock."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its place in the sheet, the order number, and columns F–H in minor units (None: left
    empty).
    """

    position: int
    number: str
    total: int | None = None
    voucher: int | None = None
    to_pay: int | None = None
