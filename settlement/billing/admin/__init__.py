"""Deposits, fees, invoices, change requests and automatic invoicing in the back office."""

from settlement.billing.admin import automatic, commission, deposits, fees, invoices, requests

__all__ = ["automatic", "commission", "deposits", "fees", "invoices", "requests"]
