"""Taking orders in, and again: the same order changes nothing, a later status moves it on."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from django.db import DataError, IntegrityError, OperationalError, transaction

from marketplace.kernel.states import move
from marketplace.ledger.operations import post_all
from marketplace.orders.models import (
    Billable,
    Order,
    OrderChange,
    OrderLine,
    OrderRate,
    State,
    Tender,
    TenderState,
)
from marketplace.orders.operations.moves import arrive, capture
from marketplace.orders.operations.refunding import undo_payment
from marketplace.orders.operations.rows import OrderRows, build, check_bounds
from marketplace.orders.operations.telling import tell_of_vouchers
from marketplace.orders.operations.till import Till
from marketplace.orders.rules.facts import OrderFacts, Refused
from marketplace.orders.rules.ways import times_along, way
from marketplace.parties.models import Contract, Market, Seller


class Outcome(StrEnum):
    """What became of an order that was told to us."""

    TAKEN = "taken"
    MOVED = "moved"
    UNCHANGED = "unchanged"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Taken:
    """The outcome for one order, and the reason where it was refused."""

    number: str
    outcome: Outcome
    reason: str = ""


def take_orders(*, market: Market, told: Sequence[OrderFacts], at: datetime, by: Any = None) -> list[Taken]:
    """Take in orders of one market in one transaction; a refused one does not stop the rest.

    Two intakes that bring the same new order at once meet at its unique number; the slower one then
    takes its orders one by one and finds it standing.
    """
    try:
        return _take(market, told, at, by)
    except (IntegrityError, OperationalError):
        if len(told) == 1:
            raise
    except (DataError, OverflowError, UnicodeError) as error:
        if len(told) == 1:
            return [Taken(told[0].number, Outcome.REFUSED, f"it cannot be kept: {error}"[:300])]
    return [taken for facts in told for taken in take_orders(market=market, told=[facts], at=at, by=by)]


@transaction.atomic
def _take(market: Market, told: Sequence[OrderFacts], at: datetime, by: Any) -> list[Taken]:
    contracts = _lock_contracts(market, {facts.seller for facts in told})
    numbers = [facts.number for facts in told]
    standing = {row.number: row for row in Order.objects.locked().filter(market=market, number__in=numbers)}
    fresh: dict[str, OrderRows] = {}
    outcomes: dict[int, Taken] = {}

    def take(place: int, facts: OrderFacts, till: Till | None) -> None:
        try:
            outcome = _take_one(market, facts, contracts, standing, fresh, till, at, by)
            outcomes[place] = Taken(facts.number, outcome)
        except Refused as refusal:
            outcomes[place] = Taken(facts.number, Outcome.REFUSED, str(refusal))

    for place, facts in enumerate(told):
        if facts.number in standing:
            take(place, facts, None)
    # Vouchers are read only now: an order that ended just above may have given some back.
    till = Till(market, told, standing)
    for place, facts in enumerate(told):
        if facts.number not in standing:
            take(place, facts, till)
    insert_rows(list(fresh.values()))
    till.close()
    for rows in fresh.values():
        undo_payment(rows.order, at=at)
    tell_of_vouchers(market, [rows.order for rows in fresh.values()], at=at)
    return [outcomes[place] for place in range(len(told))]


def insert_rows(batch: Sequence[OrderRows]) -> None:
    """Write new orders set by set: orders, then their children, then the books."""
    Order.objects.bulk_create([rows.order for rows in batch])
    OrderLine.objects.bulk_create(_owned(rows.lines for rows in batch), batch_size=2000)
    OrderRate.objects.bulk_create(_owned(rows.rates for rows in batch), batch_size=2000)
    Tender.objects.bulk_create(_owned(rows.tenders for rows in batch), batch_size=2000)
    OrderChange.objects.bulk_create(_owned(rows.changes for rows in batch), batch_size=2000)
    Billable.objects.bulk_create([row for rows in batch if (row := rows.billable())])
    post_all([draft for rows in batch for draft in rows.drafts()])


def _owned(groups: Iterable[Sequence[Any]]) -> list[Any]:
    """The children of all orders, told their order's key now that it has one."""
    children = [child for group in groups for child in group]
    for child in children:
        child.order_id = child.order.pk
    return children


def _lock_contracts(market: Market, partner_numbers: set[str]) -> dict[str, Contract]:
    """The contracts of the sellers named, their rows locked: a delivery and a period's close must not
    pass each other.
    """
    sellers = Seller.objects.locked().filter(market=market, partner_number__in=partner_numbers)
    keys = [seller.pk for seller in sellers]
    rows = Contract.objects.filter(seller__in=keys).select_related("seller")
    return {row.seller.partner_number: row for row in rows}


def _take_one(
    market: Market,
    facts: OrderFacts,
    contracts: dict[str, Contract],
    standing: dict[str, Order],
    fresh: dict[str, OrderRows],
    till: Till | None,
    at: datetime,
    by: Any,
) -> Outcome:
    contract = contracts.get(facts.seller)
    standing_here = facts.number in standing
    if contract is None or not (contract.seller.is_active or standing_here):
        raise Refused(f"seller: {market.code} has no active seller with partner number {facts.seller}")
    if facts.number in fresh:
        return _twice_in_one_batch(fresh[facts.number].order, facts)
    if facts.number not in standing:
        rows = build(facts=facts, market=market, contract=contract, at=at)
        assert till is not None, "new orders come after those that stand"
        till.pay(rows, facts)
        fresh[facts.number] = rows
        return Outcome.TAKEN
    return _again(standing[facts.number], contract, facts, by)


def _twice_in_one_batch(order: Order, facts: OrderFacts) -> Outcome:
    _same(order, facts)
    if order.state != facts.status:
        raise Refused(
            f"status: this file tells it twice, as {order.state} and as {facts.status}; send the later again"
        )
    return Outcome.UNCHANGED


def _again(order: Order, contract: Contract, facts: OrderFacts, by: Any) -> Outcome:
    """An order we hold already: nothing, or the rest of the way to where it is now."""
    if order.seller_id != contract.seller_id:
        raise Refused("number: this order number is taken")
    check_bounds(facts)
    _same(order, facts)
    path = _rest_of_the_way(order, facts)
    paid = _note_payments(order, facts)  # after all that may refuse: a refused order changes nothing
    if not path:
        return Outcome.MOVED if paid else Outcome.UNCHANGED
    last = facts.status_times.get(facts.status, facts.placed_at)
    for step, moved_at in times_along(path, facts.status_times, last):
        move(order, step, by=by, at=moved_at, also=arrive(order, step, at=moved_at))
    return Outcome.MOVED


def _rest_of_the_way(order: Order, facts: OrderFacts) -> list[str]:
    """The steps from where the order is to where it is told to be; none if it is there or beyond."""
    if facts.status == order.state or way(facts.status, order.state, {}) is not None:
        return []
    path = way(order.state, facts.status, facts.status_times)
    if path is None:
        raise Refused(f"status: the order is {order.state}; it cannot become {facts.status}")
    if State.DELIVERED in path and State.DELIVERED not in facts.status_times:
        raise Refused("status_times.delivered: missing; the delivery instant decides the period")
    return path


def _note_payments(order: Order, facts: OrderFacts) -> bool:
    """Capture the tenders that are told as paid and were awaited here; whether there were any."""
    told = {place: each.paid_at for place, each in enumerate(facts.tenders, start=1) if each.paid_at}
    # A voucher that was not redeemed with its order never pays it later.
    waiting = order.tenders.filter(state=TenderState.AWAITED, voucher=None)
    awaited = [each for each in waiting if each.position in told]
    for tender in awaited:
        capture(order, [tender], at=told[tender.position])
    if awaited:
        undo_payment(order, at=max(told[tender.position] for tender in awaited))
    return bool(awaited)


def _same(order: Order, facts: OrderFacts) -> None:
    told = facts.parts()
    differing = sorted(part for part, digest in told.items() if order.parts.get(part) != digest)
    if differing:
        raise Refused(
            f"{', '.join(differing)}: other than when the order was taken in; what was agreed never changes"
        )
