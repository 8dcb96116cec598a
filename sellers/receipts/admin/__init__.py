"""Receipts in the back office."""

from sellers.receipts.admin.files import ReceivedFileAdmin
from sellers.receipts.admin.receipts import ReceiptAdmin

__all__ = ["ReceiptAdmin", "ReceivedFileAdmin"]
