"""A voucher's terms and its movements are written once."""

from marketplace.kernel.triggers import Trigger, frozen

TRIGGERS: list[Trigger] = [
    *frozen("vouchers_voucher", ["market_id", "code", "origin", "currency", "amount", "issued_at"]),
    *frozen(
        "vouchers_vouchermovement",
        ["voucher_id", "key", "kind", "amount", "balance", "at", "by_id", "order", "reason"],
    ),
    *frozen("vouchers_voucherchange", ["voucher_id", "from_state", "to_state", "by_id", "at", "reason"]),
]
