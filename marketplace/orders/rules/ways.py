"""The order's status machine: its moves, and the way from one status to another. Pure: no Django, no
clock.
"""

from collections.abc import Mapping
from datetime import datetime

BLOCKED, OPEN, SHIPPING, SHIPPED = "blocked", "open", "shipping", "shipped"
DELIVERED, RETURNED, CANCELLED, LOST = "delivered", "returned", "cancelled", "lost"

MOVES: Mapping[str, frozenset[str]] = {
    BLOCKED: frozenset({OPEN, CANCELLED}),
    OPEN: frozenset({SHIPPING, SHIPPED, CANCELLED}),
    SHIPPING: frozenset({SHIPPED, CANCELLED}),
    SHIPPED: frozenset({DELIVERED, RETURNED, LOST}),
    DELIVERED: frozenset(),
    RETURNED: frozenset(),
    CANCELLED: frozenset(),
    LOST: frozenset(),
}


def way(start: str, end: str, told: Mapping[str, datetime]) -> list[str] | None:
    """The shortest way between two statuses, through a status we were told of where there is a choice.

    None if there is no way; empty if start and end are the same.
    """
    ways: list[list[str]] = [[start]]
    arrived = []
    while ways:
        path = ways.pop(0)
        if path[-1] == end:
            arrived.append(path[1:])
        ways.extend([*path, step] for step in sorted(MOVES[path[-1]]))
    # Most told-of statuses first: a trace with "shipping" in it beats the shorter one without.
    return max(arrived, key=lambda path: (sum(step in told for step in path), -len(path)), default=None)


def times_along(path: list[str], told: Mapping[str, datetime], last: datetime) -> list[tuple[str, datetime]]:
    """Each step of a way with its instant: as told, else that of the next step told of, never after it."""
    stamped, at = [], told.get(path[-1], last) if path else last
    for step in reversed(path):
        at = min(told.get(step, at), at)
        stamped.append((step, at))
    return stamped[::-1]
