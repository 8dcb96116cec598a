"""A receipt is what its file said, and a file's outcome is told once."""

from marketplace.kernel.triggers import Trigger, frozen

TRIGGERS: list[Trigger] = [
    *frozen(
        "receipts_receipt",
        [
            "market_id",
            "seller_id",
            "order_id",
            "returned_id",
            "original_id",
            "syntax",
            "kind",
            "type_code",
            "number",
            "identity",
            "uid",
            "issued_on",
            "currency",
            "total",
            "buyer",
            "signature",
            "xml_id",
            "pdf_id",
            "sha256",
            "late",
            "registered_at",
            "registered_by_id",
        ],
    ),
    *frozen("receipts_receiptchange", ["receipt_id", "from_state", "to_state", "by_id", "at", "reason"]),
    *frozen(
        "receipts_bundle",
        ["market_id", "seller_id", "origin", "order_id", "subject", "opened_at", "opened_by_id"],
        once=["done_at"],
    ),
    *frozen(
        "receipts_receivedfile",
        ["bundle_id", "position", "name", "file_id", "came_at"],
        once=["decided_at", "receipt_id"],
    ),
]
