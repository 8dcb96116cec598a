"""The worked examples of a resale settlement, from the document to the money, to the cent."""

from datetime import UTC, date, datetime
from typing import Any

from marketplace.kernel.books import run_checks
from marketplace.ledger.queries import balance
from marketplace.parties.models import Cadence, Market, NegativeBalance, Seller
from settlement.documents.models import Document
from settlement.netting.models import Item, State
from settlement.payouts.models import Collection, CollectionState, PayoutState
from settlement.payouts.operations.collecting import receive_money
from tests.cast import OCTOBER, settle, take
from tests.netting.telling import agree, give_account, invoice, pay, send_payouts
from tests.orders.telling import cod_fee, goods, shipping, tell_order, tender
from tests.stories.test_resale import CARD, COD, TRANSFER

OWING: dict[str, Any] = {
    "lines": [goods("6050.00"), shipping(), cod_fee()],
    "tenders": [tender("cod", "6207.30")],
}
NEXT_YEAR = datetime(2026, 11, 22, tzinfo=UTC)


def documented(market: Market, *told: dict[str, Any], through: date = OCTOBER) -> Document:
    take(market, *(tell_order(**facts) for facts in told))
    settle(market, through)
    return Document.objects.get()


def books(market: Market, seller: Seller) -> dict[str, int]:
    """The balances that tell how a settlement stands."""
    kinds = {"payable": seller.pk, "receivable": seller.pk, "prepaid": None, "bank": None}
    return {kind: balance(market_id=market.pk, kind=kind, seller_id=owner) for kind, owner in kinds.items()}


def test_from_three_orders_to_the_money(market: Market, seller: Seller, carla: Any, dan: Any) -> None:
    give_account(seller)
    set_off = invoice(documented(market, CARD, COD, TRANSFER))
    assert set_off is not None
    assert (set_off.payables, set_off.receivables, set_off.netted) == (3878_05, 2577_30, 2577_30)

    agreed = agree(set_off)
    assert agreed.state == State.CONFIRMED
    assert run_checks() == []
    assert books(market, seller)["payable"] == -1300_75
    (payout,) = send_payouts(seller, carla, dan)
    assert (payout.amount, payout.state) == (1300_75, PayoutState.SENT)
    paid = pay(payout)

    assert paid.state == PayoutState.PAID
    assert books(market, seller) == {"payable": 0, "receivable": 0, "prepaid": 0, "bank": 635_25}
    assert not Item.objects.unsettled().exists()
    assert run_checks() == []


def test_cash_of_the_marketplaces_courier_is_paid_out_in_full(
    market: Market, seller: Seller, carla: Any, dan: Any
) -> None:
    give_account(seller)
    set_off = invoice(documented(market, COD | {"fulfilment": "marketplace_courier"}))

    assert set_off is not None
    assert set_off.netted == 0
    agree(set_off)
    (payout,) = send_payouts(seller, carla, dan)
    assert payout.amount == 2214_30


def test_a_seller_who_owes_is_demanded_to_pay_where_its_contract_says_so(
    market: Market, seller: Seller
) -> None:
    seller.contract.negative_balance = NegativeBalance.DEMAND
    seller.contract.save()
    set_off = invoice(documented(market, OWING))
    assert set_off is not None
    assert (set_off.netted, set_off.to_pay, set_off.to_collect) == (5299_80, 0, 907_50)

    agree(set_off)
    demand = Collection.objects.get()
    assert (demand.amount, demand.state) == (907_50, CollectionState.DEMANDED)
    receive_money(
        collection_id=demand.pk, amount=907_50, received_on=date(2026, 11, 20), by=None, at=NEXT_YEAR
    )

    assert books(market, seller) == {"payable": 0, "receivable": 0, "prepaid": 0, "bank": 907_50}
    assert Collection.objects.get().state == CollectionState.PAID
    assert run_checks() == []


def test_a_seller_who_owes_carries_it_and_the_next_set_off_takes_those_very_items(
    market: Market, seller: Seller
) -> None:
    seller.contract.cadence = Cadence.HALF_MONTH
    seller.contract.save()
    set_off = invoice(documented(market, OWING, through=date(2026, 10, 15)))
    assert set_off is not None
    agree(set_off)
    assert not Collection.objects.exists()
    carried = Item.objects.unsettled().get()
    assert carried.available == 907_50

    take(market, tell_order(lines=[goods("1210.00")], delivered="2026-10-20T11:30:00+02:00"))
    answer = settle(market)[-1]

    assert answer["carried_in"] == "-907.50"
    following = invoice(Document.objects.latest("pk"), "FV-2026-2")
    assert following is not None
    assert (following.netted, following.to_pay) == (907_50, 1028_50 - 907_50)
    assert following.lines.filter(item=carried).count() == 1
    agree(following)
    assert run_checks() == []
