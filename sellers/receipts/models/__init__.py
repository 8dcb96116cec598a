"""Sellers' receipts to their customers, and the files they came in."""

from sellers.receipts.models.bundles import Bundle, BundleState, Origin, Outcome, ReceivedFile
from sellers.receipts.models.receipts import GATE_KINDS, Kind, Receipt, ReceiptChange, State

__all__ = [
    "GATE_KINDS",
    "Bundle",
    "BundleState",
    "Kind",
    "Origin",
    "Outcome",
    "Receipt",
    "ReceiptChange",
    "ReceivedFile",
    "State",
]
