"""Every write to fee invoices, by flow."""
