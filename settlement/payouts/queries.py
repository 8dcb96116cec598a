"""What was open at any instant, from what was agreed, paid, received and decided before it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from marketplace.parties.models import Seller
from settlement.documents.models import DocumentChange
from settlement.documents.models import State as DocumentState
from settlement.invoices.models import InvoiceChange
from settlement.invoices.models import State as InvoiceState
from settlement.netting.models import SOURCES, Dispute, Item, Outcome, SetOffLine
from settlement.netting.models import State as SetOffState
from settlement.netting.sums import merge, sums_of
from settlement.payouts.models import Collection, PayoutChange, PayoutItem, PayoutState


@dataclass(frozen=True, slots=True)
class OpenItem:
    """An item and what was open of it, in minor units."""

    item: Item
    open: int


def open_items(*, seller: Seller, before: datetime) -> list[OpenItem]:
    """What was open between the marketplace and a seller just before an instant, oldest due first.

    The amounts add up to what the books say of that instant.
    """
    items = list(
        _standing(Item.objects.of(seller).filter(opened_at__lt=before), before)
        .select_related(*SOURCES, "invoice", "order")
        .oldest_first()
    )
    settled = settled_before(Item.objects.of(seller), before=before)
    left = (OpenItem(item, item.total - settled.get(item.pk, 0)) for item in items)
    return [each for each in left if each.open]


def settled_before(items: "QuerySet[Item]", *, before: datetime) -> dict[int, int]:
    """What was settled of items before an instant, by item."""
    mine = items.values("pk")
    agreed = SetOffLine.objects.filter(
        item__in=mine, netted__gt=0, set_off__state=SetOffState.CONFIRMED, set_off__confirmed_at__lt=before
    )
    settled: dict[int, int] = sums_of(agreed, "item", "netted")
    paid = PayoutItem.objects.filter(_paid(before), item__in=mine)
    merge(settled, sums_of(paid, "item", "amount"))
    taken_over = Dispute.objects.filter(cash_item__in=mine, outcome=Outcome.HELD_HERE, closed_at__lt=before)
    merge(settled, sums_of(taken_over, "cash_item", "cash"))
    for collection in Collection.objects.filter(items__item__in=mine, receipts__at__lt=before).distinct():
        merge(settled, received_of(collection, before=before))
    return settled


def received_of(collection: Collection, *, before: datetime | None = None) -> dict[int, int]:
    """What its receipts, all or those before an instant, settled of a demand's items, oldest first."""
    receipts = collection.receipts.all()
    if before is not None:
        receipts = receipts.filter(at__lt=before)
    left = sum(receipts.values_list("settled", flat=True))
    parts: dict[int, int] = {}
    for row in collection.items.order_by("item__due_at", "item__number", "item"):
        parts[row.item_id] = min(left, row.amount)
        left -= parts[row.item_id]
    return parts


def _standing(items: Any, before: datetime) -> Any:
    """Those whose paper was not void, or cancelled, by then."""
    voided = DocumentChange.objects.filter(
        document=OuterRef("document"), to_state=DocumentState.VOID, at__lt=before
    )
    cancelled = InvoiceChange.objects.filter(
        invoice=OuterRef("invoice"), to_state=InvoiceState.CANCELLED, at__lt=before
    )
    return items.filter(~Exists(voided), ~Exists(cancelled))


def _paid(before: datetime) -> Q:
    """Payouts that were paid by then, and not sent back by then."""
    changes = PayoutChange.objects.filter(payout=OuterRef("payout"), at__lt=before)
    paid = Exists(changes.filter(to_state=PayoutState.PAID))
    sent_back = Exists(changes.filter(from_state=PayoutState.PAID))
    return Q(paid) & ~Q(sent_back)


def totals(items: Iterable[OpenItem], side: str) -> int:
    """What is open on a side."""
    return sum(each.open for each in items if each.item.side == side)
