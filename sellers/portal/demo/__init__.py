"""The demo marketplace: the same for the same seed."""
