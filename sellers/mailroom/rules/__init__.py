"""What a mail means to us: decisions without a database."""
