"""Killing those who send orders to an ERP, at every step and at random."""
