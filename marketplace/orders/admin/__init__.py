"""Orders, returns and refunds in the back office."""

from marketplace.orders.admin import orders, refunds, returns

__all__ = ["orders", "refunds", "returns"]
