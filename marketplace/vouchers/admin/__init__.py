"""Vouchers in the back office."""

from marketplace.vouchers.admin import vouchers

__all__ = ["vouchers"]
