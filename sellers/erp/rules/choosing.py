"""Which orders are invoiced automatically. Pure: no Django, no clock."""

from collections.abc import Collection
from enum import StrEnum


class Group(StrEnum):
    """What sellers call an order's status when they choose."""

    PENDING = "pending"
    SENT = "sent"
    COMPLETED = "completed"
    CANCELLED = "cancelled"
    OTHER = "other"


STATES: dict[Group, tuple[str, ...]] = {
    Group.PENDING: ("open", "shipping"),
    Group.SENT: ("shipped",),
    Group.COMPLETED: ("delivered",),
    Group.CANCELLED: ("cancelled",),
    Group.OTHER: ("blocked", "returned", "lost"),
}


def states_of(groups: Collection[str]) -> list[str]:
    """The statuses that groups stand for; all, where none is chosen."""
    chosen = [group for group in Group if group in groups] or list(Group)
    return [state for group in chosen for state in STATES[group]]
