"""Decisions about invoicing orders in an ERP. Pure: no Django, no clock."""
