"""Every write to payouts, collections and what the bank says, by flow."""
