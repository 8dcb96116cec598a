"""Orders as sellers' own systems take them: our JSON with the voucher told in words, and UNAS's XML."""
