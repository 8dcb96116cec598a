"""Open items, set-offs and disputes in the back office."""

from settlement.netting.admin import disputes, items, set_offs

__all__ = ["disputes", "items", "set_offs"]
