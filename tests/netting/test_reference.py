"""Random months of selling, invoicing, disputing, agreeing and paying, against a ledger in plain Python."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import count
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from marketplace.kernel.books import run_checks
from marketplace.ledger.queries import balance
from marketplace.parties.models import Cadence, Market, NegativeBalance, Seller
from settlement.documents.models import Document, Invoicing
from settlement.netting.models import Dispute, DisputeState, Item, Outcome, SetOff, Side, State
from settlement.netting.operations.disputing import decide_dispute, dispute_orders
from settlement.netting.queries import balance_of
from settlement.payouts.models import Collection, CollectionState, Payout
from settlement.payouts.operations.collecting import receive_money
from settlement.payouts.operations.paying import mark_failed, mark_paid, retry_payout
from settlement.payouts.queries import open_items, totals
from tests.cast import settle, take, work_off_but_rendering
from tests.netting.telling import agree, give_account, invoice, send_payouts
from tests.orders.telling import goods, tell_order, tender

FIRST = date(2026, 9, 7)
WEEKS = 4
numbers = count(1)


@dataclass
class Reference:
    """What two honest bookkeepers would note on paper: debts, oldest first, each with what is left of it."""

    owed_to_seller: dict[str, int] = field(default_factory=dict)
    owed_by_seller: dict[str, int] = field(default_factory=dict)
    bank: int = 0

    def net(self, withheld_payable: int, withheld_cash: set[str]) -> int:
        """Set off the oldest first, all that is not disputed; how much."""
        cash = {number: left for number, left in self.owed_by_seller.items() if number not in withheld_cash}
        pool = min(sum(self.owed_to_seller.values()) - withheld_payable, sum(cash.values()))
        amount, self.owed_by_seller = pool, _less(self.owed_by_seller, cash, pool)
        self.owed_to_seller = _less(self.owed_to_seller, self.owed_to_seller, pool)
        return amount


def _less(debts: dict[str, int], taken_from: dict[str, int], pool: int) -> dict[str, int]:
    left = dict(debts)
    for key in taken_from:
        part = min(left[key], pool)
        left[key] -= part
        pool -= part
    return {key: amount for key, amount in left.items() if amount}


def week(place: int) -> tuple[date, date]:
    first = FIRST + timedelta(weeks=place)
    return first, first + timedelta(days=6)


ORDERS = st.lists(st.tuples(st.sampled_from(["cod", "card"]), st.integers(1_00, 99_999_00)), max_size=4)
PLANS = st.lists(
    st.fixed_dictionaries(
        {
            "orders": ORDERS,
            "invoice": st.booleans(),
            "dispute": st.booleans(),
            "pay": st.sampled_from(["paid", "sent back", "wait"]),
        }
    ),
    min_size=WEEKS,
    max_size=WEEKS,
)


def tell(method: str, price: int, day: date) -> dict[str, Any]:
    amount = f"{price // 100}.{price % 100:02d}"
    return tell_order(
        number=f"R{next(numbers)}",
        lines=[goods(amount)],
        tenders=[tender(method, amount)],
        placed=f"{day}T08:00:00+02:00",
        delivered=f"{day}T12:00:00+02:00",
    )


@pytest.mark.parametrize("terms", [NegativeBalance.CARRY, NegativeBalance.DEMAND])
@settings(
    max_examples=5,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    derandomize=True,
)
@given(plan=PLANS)
def test_the_books_agree_with_paper(
    terms: NegativeBalance, market: Market, seller: Seller, carla: Any, dan: Any, plan: list[dict[str, Any]]
) -> None:
    point = transaction.savepoint()
    try:
        play(market, seller, carla, dan, terms, plan)
    finally:
        transaction.savepoint_rollback(point)


def play(
    market: Market, seller: Seller, carla: Any, dan: Any, terms: str, plan: list[dict[str, Any]]
) -> None:
    seller.contract.cadence, seller.contract.negative_balance = Cadence.WEEK, terms
    seller.contract.save()
    give_account(seller)
    paper = Reference()
    for place, step in enumerate(plan):
        sell(market, paper, step["orders"], *week(place))
        if step["invoice"]:
            bill(seller, paper, disputing=step["dispute"])
        pay(seller, paper, carla, dan, how=step["pay"])
        compare(market, seller, paper)
    settle_disputes(seller, paper)
    compare(market, seller, paper)


def sell(market: Market, paper: Reference, orders: list[tuple[str, int]], first: date, last: date) -> None:
    told = [
        tell(method, price, first + timedelta(days=place)) for place, (method, price) in enumerate(orders)
    ]
    take(market, *told)
    settle(market, last)
    for (method, price), order in zip(orders, told, strict=True):
        if method == "cod":
            paper.owed_by_seller[order["number"]] = price
        else:
            paper.bank += price


def bill(seller: Seller, paper: Reference, *, disputing: bool) -> None:
    """Invoice every document that waits, and answer the set-off each brings."""
    for document in Document.objects.of(seller).filter(invoicing=Invoicing.AWAITED).order_by("pk"):
        invoice(document, f"FV{document.pk}")
        paper.owed_to_seller[f"FV{document.pk}"] = document.purchase_gross
        answer(seller, paper, disputing=disputing)


def answer(seller: Seller, paper: Reference, *, disputing: bool) -> None:
    while set_off := SetOff.objects.filter(seller=seller, state=State.PROPOSED).first():
        cash = set_off.lines.filter(item__side=Side.RECEIVABLE, disputed=0).order_by("-position").first()
        if disputing and cash is not None:
            dispute_orders(
                set_off_id=set_off.pk, numbers=[cash.item.number], reason="No.", by=None, at=timezone.now()
            )
            disputing = False
        set_off.refresh_from_db()
        waiting = list(Dispute.objects.open().filter(seller=seller))
        on_the_way = in_payment(seller)
        withheld = sum(each.share for each in waiting) + on_the_way[Side.PAYABLE]
        held = {each.order.number for each in waiting if each.cash}
        demanded = set(
            Item.objects.filter(seller=seller, side=Side.RECEIVABLE, reserved__gt=0).values_list(
                "number", flat=True
            )
        )
        assert paper.net(withheld, held | demanded) == set_off.netted
        agree(set_off)


def in_payment(seller: Seller) -> dict[str, int]:
    rows = Item.objects.filter(seller=seller, reserved__gt=0).values_list("side", "reserved")
    sums: dict[str, int] = {Side.PAYABLE: 0, Side.RECEIVABLE: 0}
    for side, amount in rows:
        sums[side] += amount
    return sums


def pay(seller: Seller, paper: Reference, carla: Any, dan: Any, *, how: str) -> None:
    if how == "wait":
        return
    if Payout.objects.waiting().filter(seller=seller).exists():
        for payout in send_payouts(seller, carla, dan):
            if how == "sent back":
                mark_paid(payout_id=payout.pk, paid_on=FIRST, by=None, at=timezone.now())
                mark_failed(payout_id=payout.pk, reason="Closed.", by=None, at=timezone.now())
                retry_payout(payout_id=payout.pk, by=carla, at=timezone.now())
                continue
            mark_paid(payout_id=payout.pk, paid_on=FIRST, by=None, at=timezone.now())
            paper.owed_to_seller = _pay_off(paper.owed_to_seller, _amounts(payout))
            paper.bank -= payout.amount
    for demand in Collection.objects.filter(seller=seller, state=CollectionState.DEMANDED):
        receive_money(
            collection_id=demand.pk, amount=demand.missing, received_on=FIRST, by=None, at=timezone.now()
        )
        paper.owed_by_seller = _pay_off(paper.owed_by_seller, _amounts(demand))
        paper.bank += demand.missing
    work_off_but_rendering()


def _amounts(payment: Any) -> dict[str, int]:
    return dict(payment.items.values_list("item__number", "amount"))


def _pay_off(debts: dict[str, int], paid: dict[str, int]) -> dict[str, int]:
    left = {key: amount - paid.get(key, 0) for key, amount in debts.items()}
    assert all(amount >= 0 for amount in left.values())
    assert paid.keys() <= debts.keys()
    return {key: amount for key, amount in left.items() if amount}


def settle_disputes(seller: Seller, paper: Reference) -> None:
    """Every second dispute is about cash that was with the marketplace all along."""
    for place, each in enumerate(Dispute.objects.open().filter(seller=seller).order_by("pk")):
        ours = place % 2 == 0 and each.cash > 0
        outcome = Outcome.HELD_HERE if ours else Outcome.STANDS
        decide_dispute(dispute_id=each.pk, outcome=outcome, text="So.", by=None, at=timezone.now())
        if ours:
            del paper.owed_by_seller[each.order.number]
            paper.bank += each.cash
        work_off_but_rendering()
    assert not Dispute.objects.filter(seller=seller, state=DisputeState.OPEN).exists()


def compare(market: Market, seller: Seller, paper: Reference) -> None:
    books = balance_of(seller=seller)
    assert books.owed_to_seller == sum(paper.owed_to_seller.values())
    assert books.owed_by_seller == sum(paper.owed_by_seller.values())
    assert balance(market_id=market.pk, kind="bank") == paper.bank
    now = timezone.now() + timedelta(seconds=1)
    found = open_items(seller=seller, before=now)
    assert totals(found, Side.PAYABLE) == books.owed_to_seller
    assert {each.item.number: each.open for each in found if each.item.side == Side.RECEIVABLE} == (
        paper.owed_by_seller
    )
    assert run_checks() == []
