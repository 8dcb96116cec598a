"""What billing promises; importing this declares all of it."""

from settlement.billing.invariants import commission, deposits, invoices

__all__ = ["commission", "deposits", "invoices"]
