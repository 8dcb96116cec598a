"""Money to sellers, money from sellers, and what the bank says of both."""

from settlement.payouts.models.collections import (
    Collection,
    CollectionChange,
    CollectionItem,
    CollectionReceipt,
    CollectionState,
)
from settlement.payouts.models.confirmations import Confirmation
from settlement.payouts.models.payouts import (
    LIVE,
    Batch,
    BatchChange,
    BatchState,
    Payout,
    PayoutChange,
    PayoutItem,
    PayoutState,
)
from settlement.payouts.models.statements import (
    BankEntry,
    EntryState,
    Statement,
    StatementChange,
    StatementState,
)

__all__ = [
    "LIVE",
    "BankEntry",
    "Batch",
    "BatchChange",
    "BatchState",
    "Collection",
    "CollectionChange",
    "CollectionItem",
    "CollectionReceipt",
    "CollectionState",
    "Confirmation",
    "EntryState",
    "Payout",
    "PayoutChange",
    "PayoutItem",
    "PayoutState",
    "Statement",
    "StatementChange",
    "StatementState",
]
