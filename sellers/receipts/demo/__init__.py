"""The receipts of the demo's Peruvian shops: making them, and having had them for months."""

from sellers.receipts.demo.making import make_receipt, page_of_text, receipt_name, receipt_number

__all__ = ["make_receipt", "page_of_text", "receipt_name", "receipt_number"]
