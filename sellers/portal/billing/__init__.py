"""What a seller's pages of billing show: the account, deposits, drafts, invoices, changes, automatic runs."""
