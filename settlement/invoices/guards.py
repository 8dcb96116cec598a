"""An invoice is what was handed in: only its state, its findings and what later stages note change."""

from marketplace.kernel.triggers import Trigger, frozen

TRIGGERS: list[Trigger] = [
    *frozen(
        "invoices_invoice",
        [
            "market_id",
            "seller_id",
            "document_id",
            "number",
            "issued_on",
            "currency",
            "net",
            "vat",
            "gross",
            "file_id",
            "syntax",
            "submitted_at",
            "submitted_by_id",
        ],
        once=["findings", "booked_at"],
    ),
    *frozen("invoices_invoicerate", ["invoice_id", "vat_bp", "net", "vat"]),
    *frozen("invoices_invoicechange", ["invoice_id", "from_state", "to_state", "by_id", "at", "reason"]),
]
