"""Markets, sellers and the people who act for them."""

from marketplace.parties.models.markets import (
    Cadence,
    FallbackField,
    Market,
    OrderPlace,
    ReceiptReader,
    RefundOrder,
)
from marketplace.parties.models.members import Member, Role
from marketplace.parties.models.sellers import (
    AccountState,
    BankAccount,
    BusinessModel,
    Contract,
    NegativeBalance,
    Seller,
)

__all__ = [
    "AccountState",
    "BankAccount",
    "BusinessModel",
    "Cadence",
    "Contract",
    "FallbackField",
    "Market",
    "Member",
    "NegativeBalance",
    "OrderPlace",
    "ReceiptReader",
    "RefundOrder",
    "Role",
    "Seller",
]
