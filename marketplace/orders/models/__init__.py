"""Orders, their lines, their payment and their way."""

from marketplace.orders.models.lines import Funder, LineKind, OrderLine, OrderRate
from marketplace.orders.models.orders import Billable, Fulfilment, Order, OrderChange, State, What
from marketplace.orders.models.returns import (
    RateLeft,
    Refund,
    RefundChange,
    RefundState,
    Return,
    ReturnLine,
)
from marketplace.orders.models.tenders import Custody, Method, Tender, TenderState

__all__ = [
    "Billable",
    "Custody",
    "Fulfilment",
    "Funder",
    "LineKind",
    "Method",
    "Order",
    "OrderChange",
    "OrderLine",
    "OrderRate",
    "RateLeft",
    "Refund",
    "RefundChange",
    "RefundState",
    "Return",
    "ReturnLine",
    "State",
    "Tender",
    "TenderState",
    "What",
]
