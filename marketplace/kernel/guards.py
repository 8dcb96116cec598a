"""What the kernel's tables may never have done to them."""

from marketplace.kernel.triggers import Trigger, frozen

TRIGGERS: list[Trigger] = [
    *frozen(
        "kernel_auditrecord",
        ["id", "at", "by_id", "verb", "subject", "seller_id", "address", "details"],
        once=["chain", "seal"],
    ),
    *frozen("kernel_storedfile", ["id", "seller_id", "name", "content_type", "sha256", "size", "created_at"]),
]
