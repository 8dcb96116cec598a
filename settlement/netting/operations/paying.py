"""What payments do to items: what was reserved for one is settled by it, or free again without it."""

from collections.abc import Iterable, Mapping

from django.db import connection
from django.db.models import F

from settlement.netting.models import Item


def settle_reserved(*, amounts: Mapping[int, int]) -> None:
    """Settle items by what was reserved of them; amounts by item."""
    for item in _locked(amounts):
        item.reserved -= amounts[item.pk]
        item.settled += amounts[item.pk]
        item.save(update_fields=["reserved", "settled"])


def release_reserved(*, amounts: Mapping[int, int]) -> None:
    """Free what was reserved of items; it comes on the next set-off."""
    for item in _locked(amounts):
        item.reserved -= amounts[item.pk]
        item.save(update_fields=["reserved"])


def reserve_again(*, amounts: Mapping[int, int]) -> None:
    """Open again what a payment had settled and the bank sent back; it stays reserved for the next try."""
    for item in _locked(amounts):
        item.settled -= amounts[item.pk]
        item.reserved += amounts[item.pk]
        item.save(update_fields=["settled", "reserved"])


def settle_cash(*, item_id: int, amount: int) -> None:
    """Settle a part of an order's cash that turned out to be with the marketplace."""
    assert connection.in_atomic_block
    Item.objects.filter(pk=item_id).update(settled=F("settled") + amount)


def _locked(amounts: Iterable[int]) -> list[Item]:
    assert connection.in_atomic_block
    return list(Item.objects.locked().filter(pk__in=list(amounts)))
