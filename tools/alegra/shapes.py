"""The service's inconsistencies, made to measure: the same record always takes the same shape.

Real answers write numbers as numbers or texts, templates as an object or a list, a contact's type as a text
or a list. Here the record's id decides, so that ten records are enough to meet every shape.
"""

from decimal import Decimal
from typing import Any

CENT = Decimal("0.01")


def turn(key: str, sides: int) -> int:
    """Return which of so many shapes a record takes."""
    return int(key) % sides if key.isdigit() else sum(key.encode()) % sides


def amount(value: str | Decimal, key: str) -> Any:
    """Write an amount of the header: a number, or a text with two places."""
    number = Decimal(value)
    return f"{number:.2f}" if turn(key, 2) == 0 else number


def padded(value: str | Decimal, key: str) -> Any:
    """Write an amount as a number, or as a text padded to ten places."""
    number = Decimal(value)
    return f"{number:.10f}" if turn(key, 2) == 0 else number


def exact(value: str | Decimal, key: str) -> Any:
    """Write an unrounded amount: a number, or a text with all its places."""
    number = Decimal(value)
    return f"{number:f}" if turn(key, 4) == 0 else number


def one_or_list(value: Any, key: str, sides: int = 3) -> Any:
    """Write a value bare, or alone in a list."""
    return [value] if turn(key, sides) == 0 else value


def nothing(key: str) -> Any:
    """Write what is absent: an empty object, an empty list or null."""
    return ({}, [], None)[turn(key, 3)]
