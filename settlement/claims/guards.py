"""A claim is written and given back, never changed."""

from marketplace.kernel.references import refers
from marketplace.kernel.triggers import Trigger, frozen

TRIGGERS: list[Trigger] = [
    *frozen("claims_claim", ["order_id", "reference", "claimed_at"], deletable=True),
    refers("claims_claim", "order_id", "orders_order"),
]
