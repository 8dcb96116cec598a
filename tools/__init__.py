"""Tools for development: nothing of the product imports them."""
