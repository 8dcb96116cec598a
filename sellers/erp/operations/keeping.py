"""Keeping what was read of an ERP's catalogue."""

from collections.abc import Sequence
from datetime import datetime

from sellers.erp.models import CatalogueItem, Channel
from sellers.erp.port import Item

LONGEST_CODE = 64


def keep_items(channel: Channel, items: Sequence[Item], *, at: datetime) -> None:
    """Keep items as they were read; what an id stood for before is overwritten."""
    rows = [
        CatalogueItem(
            channel=channel,
            external_id=each.id,
            name=each.name[:250],
            reference=_code(each.reference),
            barcode=_code(each.barcode),
            active=each.active,
            stock={warehouse: str(count) for warehouse, count in each.stock},
            seen_at=at,
        )
        for each in {each.id: each for each in items}.values()
        if len(each.id) <= 40
    ]
    CatalogueItem.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["channel", "external_id"],
        update_fields=["name", "reference", "barcode", "active", "stock", "seen_at"],
    )


def _code(told: str) -> str:
    """A code as it is looked for; cut, a longer one could be another item's."""
    return told if len(told) <= LONGEST_CODE else ""


def forget_items(channel: Channel, *, before: datetime) -> None:
    """Forget the items that a whole reading did not meet."""
    CatalogueItem.objects.filter(channel=channel, seen_at__lt=before).delete()
