"""Open items, the set-offs that net them, and disputes about them."""

from settlement.netting.models.disputes import Dispute, DisputeChange, DisputeMessage, DisputeState, Outcome
from settlement.netting.models.items import ITEM_SOURCES, SOURCES, Item, Paper, Side
from settlement.netting.models.setoffs import (
    Ground,
    How,
    LineState,
    SetOff,
    SetOffChange,
    SetOffLine,
    State,
)

__all__ = [
    "ITEM_SOURCES",
    "SOURCES",
    "Dispute",
    "DisputeChange",
    "DisputeMessage",
    "DisputeState",
    "Ground",
    "How",
    "Item",
    "LineState",
    "Outcome",
    "Paper",
    "SetOff",
    "SetOffChange",
    "SetOffLine",
    "Side",
    "State",
]
