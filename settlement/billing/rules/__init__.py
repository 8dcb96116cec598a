"""Decisions about deposits, fees and their invoices. Pure: no Django, no clock."""
