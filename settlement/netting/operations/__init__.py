"""Every write to open items, set-offs and disputes, by flow."""
