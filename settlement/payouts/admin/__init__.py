"""Payouts, payment batches, demands and the bank's files in the back office."""

from settlement.payouts.admin import batches, collections, confirmations, entries, payouts, statements

__all__ = ["batches", "collections", "confirmations", "entries", "payouts", "statements"]
