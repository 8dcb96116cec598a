"""Every write to ERP channels, by flow."""
