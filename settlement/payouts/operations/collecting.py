"""Money that comes in for a demand, in whole or in part, and demands taken back."""

from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from marketplace.kernel.audit import record
from marketplace.kernel.faults import fault_point
from marketplace.kernel.states import IllegalMove, move
from marketplace.ledger.operations import post
from marketplace.ledger.rules import Draft, Leg
from marketplace.parties.models import Seller
from settlement.documents.operations.voiding import ReasonMissing
from settlement.netting.operations.paying import release_reserved, settle_reserved
from settlement.payouts.models import Collection, CollectionReceipt, CollectionState


class TooMuchMoney(Exception):
    """More came in than the demand asks for."""


@transaction.atomic
def receive_money(
    *, collection_id: int, amount: int, received_on: date, by: Any, at: datetime, note: str = ""
) -> CollectionReceipt:
    """Note money that came in for a demand, in minor units; its oldest items are settled first.

    :raises IllegalMove: if the demand waits for none.
    :raises TooMuchMoney: if it is more than is missing.
    """
    collection = _locked(collection_id)
    if collection.state != CollectionState.DEMANDED:
        raise IllegalMove(_("%(collection)s waits for no money.") % {"collection": collection})
    if not 0 < amount <= collection.missing:
        raise TooMuchMoney(
            _("It is not between zero and what %(collection)s misses.") % {"collection": collection}
        )
    whole = amount == collection.missing
    parts = _parts(collection, None if whole else amount)
    receipt = CollectionReceipt.objects.create(
        collection=collection,
        amount=amount,
        settled=sum(parts.values()),
        received_on=received_on,
        at=at,
        by=by,
        note=note[:200],
    )
    settle_reserved(amounts=parts)
    post(_draft(collection, receipt))
    fault_point("payouts.after_posting")
    collection.received += amount
    collection.save(update_fields=["received"])
    if whole:
        move(collection, CollectionState.PAID, by=by, at=at)
    _record(collection, "collection.received", by, at, amount=amount)
    return receipt


@transaction.atomic
def cancel_collection(*, collection_id: int, reason: str, by: Any, at: datetime) -> Collection:
    """Take a demand back; what it has not received is carried to the seller's next set-off.

    :raises IllegalMove: if it waits for nothing.
    :raises ReasonMissing: if no reason is given.
    """
    if not reason.strip():
        raise ReasonMissing(_("Say why; the seller and your colleagues will read it."))
    collection = _locked(collection_id)
    move(collection, CollectionState.CANCELLED, by=by, at=at, reason=reason.strip()[:300])
    release_reserved(amounts=_parts(collection, None))
    _record(collection, "collection.cancelled", by, at, reason=reason[:200])
    return collection


def _locked(collection_id: int) -> Collection:
    """Lock seller and collection, in that order."""
    Seller.objects.locked().get(pk=Collection.objects.values_list("seller", flat=True).get(pk=collection_id))
    return Collection.objects.locked().select_related("seller", "market").get(pk=collection_id)


def _parts(collection: Collection, amount: int | None) -> dict[int, int]:
    """What an amount settles of the items not settled yet, oldest first; of all that is left if None.

    The last receipt settles all that is left, so that the rounding of the demand ends in it.
    """
    settled = sum(collection.receipts.values_list("settled", flat=True))
    parts: dict[int, int] = {}
    rows = collection.items.select_related("item").order_by("item__due_at", "item__number", "item")
    for row in rows:
        done = min(settled, row.amount)
        settled -= done
        part = row.amount - done if amount is None else min(row.amount - done, amount)
        if part:
            parts[row.item_id] = part
            amount = None if amount is None else amount - part
    return parts


def _draft(collection: Collection, receipt: CollectionReceipt) -> Draft:
    return Draft(
        key=f"collection:{collection.reference}:{receipt.pk}",
        market_id=collection.market_id,
        at=receipt.at,
        text=f"Received for {collection.reference}",
        legs=(
            Leg("bank", receipt.amount),
            Leg("receivable", -receipt.settled, seller_id=collection.seller_id),
            Leg("rounding", receipt.settled - receipt.amount),
        ),
    )


def _record(collection: Collection, verb: str, by: Any, at: datetime, **details: str | int) -> None:
    record(
        verb=verb,
        subject=collection.reference,
        by=by,
        at=at,
        seller_id=collection.seller_id,
        details=details,
    )
