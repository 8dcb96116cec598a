"""What the pages of ERP channels show."""
