"""Every write to receipts and the files they came in, by flow."""
