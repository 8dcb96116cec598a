"""What a person's spreadsheet made of order numbers and amounts. Pure: no Django, no clock."""

import re
from decimal import Decimal

EXACT_NUMBERS = 10**15
"""From here on spreadsheets round whole numbers."""

_BLANKS = re.compile(r"[\s\u00a0\u202f\u2007]+")
_AMOUNT = re.compile(r"(?P<sign>[-\u2212]?)(?P<whole>\d{1,3}(?:[.,' ]?\d{3})*|\d+)(?:[.,](?P<part>\d{1,2}))?")


class Rounded(ValueError):
    """A number too long for a spreadsheet: its last digits are lost."""


class NotANumber(ValueError):
    """The cell holds no order number."""


class NotAnAmount(ValueError):
    """The cell holds no amount."""


class TooFine(ValueError):
    """The amount is finer than a hundredth."""


def order_number(cell: object) -> str:
    """An order number, also where the spreadsheet took it for a number; "" where the cell is empty.

    :raises Rounded: if digits of it are lost.
    :raises NotANumber: if it is a date, a truth value or a fraction.
    """
    if isinstance(cell, str):
        return cell.strip().removeprefix("'").strip()
    if isinstance(cell, bool) or not isinstance(cell, (int, float)) or cell != cell or cell % 1:
        raise NotANumber
    if abs(cell) >= EXACT_NUMBERS:
        raise Rounded
    return str(int(cell))


def amount(cell: object) -> int | None:
    """An amount in minor units; None where the cell is empty.

    :raises NotAnAmount: if it is none.
    :raises TooFine: if it has more than two decimals.
    """
    if isinstance(cell, str):
        return _amount_in(cell) if cell.strip() else None
    if isinstance(cell, bool) or not isinstance(cell, (int, float)) or not abs(cell) < EXACT_NUMBERS:
        raise NotAnAmount
    # What a spreadsheet shows as 0.30 it may keep as 0.30000000000000004: a millionth is noise, not money.
    minor = round(Decimal(repr(cell)), 6) * 100
    if minor % 1:
        raise TooFine
    return int(minor)


def _amount_in(text: str) -> int:
    """An amount typed as a text: ``1 234,50``, ``1.234,50``, ``-12``."""
    found = _AMOUNT.fullmatch(_BLANKS.sub("", text.strip().removeprefix("'")))
    if found is None:
        raise NotAnAmount
    whole = re.sub(r"\D", "", found["whole"])
    minor = int(whole) * 100 + int((found["part"] or "").ljust(2, "0"))
    return -minor if found["sign"] else minor
