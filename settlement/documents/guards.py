"""Issued documents are never edited: only the state moves, and the files and the hash of the facts are filled
in once.
"""

from marketplace.kernel.references import refers
from marketplace.kernel.triggers import Trigger, frozen

TRIGGERS: list[Trigger] = [
    *frozen(
        "documents_document",
        [
            "reference",
            "market_id",
            "seller_id",
            "period_id",
            "submission_id",
            "kind",
            "model",
            "year",
            "serial",
            "issued_at",
            "issued_on",
            "currency",
            "orders",
            "customer_total",
            "purchase_net",
            "purchase_vat",
            "purchase_gross",
            "commission_net",
            "commission_vat",
            "held_by_seller",
            "held_by_marketplace",
        ],
        once=["facts_sha256", "pdf_id", "xlsx_id"],
    ),
    *frozen(
        "documents_documentline",
        [
            "document_id",
            "order_id",
            "position",
            "number",
            "customer",
            "placed_at",
            "delivered_at",
            "late",
            "payment",
            "total",
            "held_by_seller",
            "held_by_marketplace",
            "purchase_net",
            "purchase_vat",
            "commission_net",
            "commission_vat",
            "original",
            "products",
        ],
    ),
    refers("documents_documentline", "document_id", "documents_document", shared=True),
    refers("documents_documentline", "order_id", "orders_order"),
    *frozen("documents_documentrate", ["document_id", "vat_bp", "net", "vat", "customer_gross"]),
    *frozen("documents_documentchange", ["document_id", "from_state", "to_state", "by_id", "at", "reason"]),
]
