"""The pages of ERP channels."""
