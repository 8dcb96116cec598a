"""Every write to orders, by flow."""
