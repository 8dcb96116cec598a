"""Every write of the mailroom."""
