"""Every write about sellers' systems, by flow."""
