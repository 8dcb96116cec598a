"""Every write to sellers' invoices, by flow: handing in, deciding, reminding, marking."""
