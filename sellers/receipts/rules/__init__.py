"""How receipts' files belong together, and to which order. Pure: no Django, no clock."""
