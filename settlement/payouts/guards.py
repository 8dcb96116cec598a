"""Money that moved is never edited: what is paid, to whom and of what is written once."""

from marketplace.kernel.triggers import Trigger, frozen

CHANGE = ("from_state", "to_state", "by_id", "at", "reason")
NUMBERED = ("reference", "market_id", "year", "serial", "currency")

TRIGGERS: list[Trigger] = [
    *frozen(
        "payouts_batch",
        [*NUMBERED, "pay_on", "created_at", "created_by_id"],
        once=["file_id", "approved_at", "approved_by_id"],
        until=("state", "created", ["count", "total"]),
    ),
    *frozen("payouts_batchchange", ["batch_id", *CHANGE]),
    *frozen(
        "payouts_payout",
        [*NUMBERED, "seller_id", "set_off_id", "exact", "amount", "created_at"],
        once=["pdf_id", "paid_on"],
        until=("state", "created", ["account"]),
    ),
    *frozen("payouts_payoutitem", ["payout_id", "item_id", "amount"]),
    *frozen("payouts_payoutchange", ["payout_id", *CHANGE]),
    *frozen(
        "payouts_collection",
        [*NUMBERED, "seller_id", "set_off_id", "symbol", "exact", "amount", "demanded_at", "due_on"],
        once=["pdf_id"],
        until=("state", "demanded", ["received"]),
    ),
    *frozen("payouts_collectionitem", ["collection_id", "item_id", "amount"]),
    *frozen(
        "payouts_collectionreceipt",
        ["collection_id", "amount", "settled", "received_on", "at", "by_id", "note"],
    ),
    *frozen("payouts_collectionchange", ["collection_id", *CHANGE]),
    *frozen("payouts_statement", ["market_id", "file_id", "sha256", "uploaded_at", "uploaded_by_id"]),
    *frozen("payouts_statementchange", ["statement_id", *CHANGE]),
    *frozen(
        "payouts_bankentry",
        [
            "statement_id",
            "market_id",
            "position",
            "identity",
            "status",
            "bank_reference",
            "booked_on",
            "amount",
            "currency",
            "end_to_end",
            "original_message",
            "symbol",
            "creditor_reference",
            "text",
            "counterparty",
            "counterparty_account",
            "reason_code",
            "reason",
        ],
        # A deposit taken back as another seller's leaves its movement to the right one.
        once=["payout_id", "collection_id"],
    ),
    *frozen(
        "payouts_confirmation",
        [
            "market_id",
            "seller_id",
            "as_of",
            "before",
            "currency",
            "owed_to_seller",
            "owed_by_seller",
            "asked_at",
        ],
        once=["pdf_id"],
    ),
]
