"""An emulator of Alegra's API: a process of its own with a store of its own, and faults on demand.

``python -m tools.alegra --port 8077 --store var/alegra.sqlite3`` starts it; see docs/erp-emulator.md.
"""
