"""UNAS orders: XML in UNAS's own words, read one by one into facts.

An order names no seller, so its caller does. Its instants carry no offset and are Budapest's.
"""

from marketplace.orders.parsing.unas.orders import number_of, read_order
from marketplace.orders.parsing.unas.tree import Element, split_orders

__all__ = ["Element", "number_of", "read_order", "split_orders"]
