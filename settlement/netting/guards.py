"""What was agreed is never edited: items keep what they are of, set-offs once answered keep everything."""

from marketplace.kernel.triggers import Trigger, frozen

TRIGGERS: list[Trigger] = [
    *frozen(
        "netting_item",
        [
            "market_id",
            "seller_id",
            "side",
            "paper",
            "fee_id",
            "billing_id",
            "document_id",
            "invoice_id",
            "order_id",
            "number",
            "due_at",
            "opened_at",
            "currency",
            "total",
        ],
    ),
    *frozen(
        "netting_setoff",
        [
            "reference",
            "market_id",
            "seller_id",
            "year",
            "serial",
            "ground",
            "proposed_at",
            "answer_by",
            "lapses_at",
            "currency",
        ],
        once=["pdf_id"],
        until=(
            "state",
            "proposed",
            [
                "state",
                "payables",
                "receivables",
                "netted",
                "disputed_payables",
                "disputed_receivables",
                "confirmed_at",
                "confirmed_by_id",
                "how",
            ],
        ),
    ),
    *frozen(
        "netting_setoffline",
        ["set_off_id", "item_id", "position"],
        until=("state", "proposed", ["state", "total", "disputed", "netted", "remaining"]),
    ),
    *frozen("netting_setoffchange", ["set_off_id", "from_state", "to_state", "by_id", "at", "reason"]),
    *frozen(
        "netting_dispute",
        [
            "market_id",
            "seller_id",
            "set_off_id",
            "order_id",
            "cash_item_id",
            "cash",
            "opened_at",
            "opened_by_id",
        ],
        until=("state", "open", ["state", "outcome", "closed_at", "invoice_item_id", "share"]),
    ),
    *frozen("netting_disputemessage", ["dispute_id", "at", "by_id", "from_seller", "text"]),
    *frozen("netting_disputechange", ["dispute_id", "from_state", "to_state", "by_id", "at", "reason"]),
]
