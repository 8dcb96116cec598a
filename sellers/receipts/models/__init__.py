"""Sellers' receipts to their customers, and the files they came in."""

from sellers.receipts.models.bundles import GOOD, QUIET, Bundle, BundleState, Origin, Outcome, ReceivedFile
from sellers.receipts.models.receipts import GATE_KINDS, Kind, Receipt, ReceiptChange, State

__all__ = [
    "GATE_KINDS",
    "GOOD",
    "QUIET",
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
