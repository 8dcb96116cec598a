"""What a refusal may not change."""

from typing import Any

from marketplace.ledger.models import Entry
from settlement.netting.models import Item
from settlement.payouts.models import (
    BankEntry,
    Batch,
    Collection,
    Payout,
    Statement,
)


def stand() -> tuple[Any, ...]:
    """All that a refusal may not change."""
    return (
        list(Batch.objects.order_by("pk").values_list("state", "count", "file")),
        list(Payout.objects.order_by("pk").values_list("state", "batch")),
        list(Collection.objects.order_by("pk").values_list("state", "received")),
        list(BankEntry.objects.order_by("pk").values_list("state", "note")),
        list(Item.objects.order_by("pk").values_list("settled", "reserved")),
        Statement.objects.count(),
        Entry.objects.count(),
    )
