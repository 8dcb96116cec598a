"""A fee invoice is never edited; its files are filled in once."""

from marketplace.kernel.triggers import Trigger, frozen

TRIGGERS: list[Trigger] = [
    *frozen(
        "billing_feeinvoice",
        [
            "reference",
            "kind",
            "market_id",
            "seller_id",
            "document_id",
            "year",
            "serial",
            "issued_at",
            "issued_on",
            "supplied_on",
            "currency",
            "vat_bp",
            "net",
            "vat",
            "gross",
        ],
        once=["pdf_id", "xlsx_id"],
    ),
]
