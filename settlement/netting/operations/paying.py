"""What payments do to items: what was reserved for one is settled by it, or free again without it."""

from collections.abc import Iterable, Mapping

from django.db import connection
from django.db.models import F

from settlement.netting.models import Item


def settle_reserved(*, amounts: Mapping[int, int]) -> None:
    """Settle items by what was reserved of them; amounts by item."""
    items = _locked(amounts)
    for item in items:
        item.reserved -= amounts[item.pk]
        item.settled += amounts[item.pk]
    _save(items)


def release_reserved(*, amounts: Mapping[int, int]) -> None:
    """Free what was reserved of items; it comes on the next set-off."""
    items = _locked(amounts)
    for item in items:
        item.reserved -= amounts[item.pk]
    _save(items)


def reserve_again(*, amounts: Mapping[int, int]) -> None:
    """Open again what a payment had settled and the bank sent back; it stays reserved for the next try."""
    items = _locked(amounts)
    for item in items:
        item.settled -= amounts[item.pk]
        item.reserved += amounts[item.pk]
    _save(items)


def settle_cash(*, item_id: int, amount: int) -> None:
    """Settle a part of an order's cash that turned out to be with the marketplace."""
    assert connection.in_atomic_block
    Item.objects.filter(pk=item_id).update(settled=F("settled") + amount)


def _locked(amounts: Iterable[int]) -> list[Item]:
    assert connection.in_atomic_block
    return list(Item.objects.locked().filter(pk__in=list(amounts)))


def _save(items: list[Item]) -> None:
    Item.objects.bulk_update(items, ["settled", "reserved"], batch_size=500)
