"""What an agreed set-off leaves: a payout to the seller, a demand to it, or nothing."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from marketplace.kernel.audit import record
from marketplace.kernel.jobs import enqueue
from marketplace.kernel.money import round_to_unit
from marketplace.kernel.numbers import take_numbers
from marketplace.kernel.zones import local_date
from settlement.netting.models import SetOff, Side, State
from settlement.netting.operations.answering import lock_set_offs
from settlement.netting.operations.paying import release_reserved
from settlement.payouts.models import Collection, CollectionItem, Payout, PayoutItem, PayoutState
from settlement.payouts.symbols import variable_symbol

PAYOUTS, COLLECTIONS = "payout", "collection"
DAYS_TO_PAY = 14


def prepare(*, set_off_id: int, at: datetime) -> Payout | Collection | None:
    """Prepare what an agreed set-off leaves to be paid, once; None where nothing is, or it is carried."""
    assert connection.in_atomic_block
    (set_off,) = lock_set_offs([set_off_id])
    if set_off.state != State.CONFIRMED or set_off.payouts.exists() or set_off.collections.exists():
        return None
    if amounts := _left(set_off, Side.PAYABLE):
        return _pay(set_off, amounts, at)
    if amounts := _left(set_off, Side.RECEIVABLE):
        return _demand(set_off, amounts, at)
    return None


def create_payout(set_off: SetOff, amounts: Mapping[int, int], at: datetime, *, by: Any = None) -> Payout:
    """Write a payout of reserved items, numbered; the caller has locked the set-off."""
    exact, year = sum(amounts.values()), local_date(at, set_off.market.zone).year
    (serial,) = take_numbers(market_id=set_off.market_id, kind=PAYOUTS, year=year)
    payout = Payout.objects.create(
        reference=f"{set_off.market.code}-P-{year}-{serial:06d}",
        market=set_off.market,
        seller=set_off.seller,
        set_off=set_off,
        year=year,
        serial=serial,
        state=PayoutState.CREATED,
        currency=set_off.currency,
        exact=exact,
        amount=round_to_unit(exact, set_off.market.practical_unit),
        created_at=at,
    )
    PayoutItem.objects.bulk_create(
        PayoutItem(payout=payout, item_id=item, amount=amount) for item, amount in sorted(amounts.items())
    )
    record(
        verb="payout.created",
        subject=payout.reference,
        by=by,
        at=at,
        seller_id=payout.seller_id,
        details={"set_off": set_off.reference, "amount": payout.amount},
    )
    return payout


def _left(set_off: SetOff, side: Side) -> dict[int, int]:
    """What was reserved of a side's items when the set-off was agreed, by item."""
    return dict(set_off.lines.filter(item__side=side, reserved__gt=0).values_list("item", "reserved"))


def _release(set_off: SetOff, amounts: Mapping[int, int]) -> None:
    """Carry what is less than anybody can pay; prepared again, nothing is reserved any more."""
    release_reserved(amounts=amounts)
    set_off.lines.update(reserved=0)


def _pay(set_off: SetOff, amounts: dict[int, int], at: datetime) -> Payout | None:
    if not round_to_unit(sum(amounts.values()), set_off.market.practical_unit):
        _release(set_off, amounts)
        return None
    return create_payout(set_off, amounts, at)


def _demand(set_off: SetOff, amounts: dict[int, int], at: datetime) -> Collection | None:
    exact = sum(amounts.values())
    amount = round_to_unit(exact, set_off.market.practical_unit)
    if not amount:
        _release(set_off, amounts)
        return None
    today = local_date(at, set_off.market.zone)
    (serial,) = take_numbers(market_id=set_off.market_id, kind=COLLECTIONS, year=today.year)
    collection = Collection.objects.create(
        reference=f"{set_off.market.code}-D-{today.year}-{serial:06d}",
        market=set_off.market,
        seller=set_off.seller,
        set_off=set_off,
        year=today.year,
        serial=serial,
        symbol=variable_symbol(today.year % 100 * 1_000_000 + serial),
        currency=set_off.currency,
        exact=exact,
        amount=amount,
        demanded_at=at,
        due_on=today + timedelta(days=DAYS_TO_PAY),
    )
    CollectionItem.objects.bulk_create(
        CollectionItem(collection=collection, item_id=item, amount=part)
        for item, part in sorted(amounts.items())
    )
    record(
        verb="collection.demanded",
        subject=collection.reference,
        by=None,
        at=at,
        seller_id=collection.seller_id,
        details={"set_off": set_off.reference, "amount": amount},
    )
    enqueue(
        "payouts.render_demand",
        key=collection.reference,
        seller_id=collection.seller_id,
        collection_id=collection.pk,
    )
    return collection
