"""What a seller owes: demanded, paid, carried."""

from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from marketplace.kernel.books import run_checks
from marketplace.kernel.states import IllegalMove
from marketplace.parties.models import Market, NegativeBalance, Seller
from settlement.netting.models import Item
from settlement.payouts.models import (
    BankEntry,
    Collection,
    CollectionState,
    EntryState,
)
from settlement.payouts.operations.collecting import TooMuchMoney, cancel_collection, receive_money
from settlement.payouts.operations.matching import NoMatch, assign_entry, set_aside
from settlement.payouts.operations.preparing import prepare
from tests.cast import today_in
from tests.orders.telling import cod_fee, goods, shipping, tender
from tests.payouts.conftest import agreed
from tests.payouts.telling import movement, statement, upload


@pytest.fixture
def demand(market: Market, seller: Seller) -> Collection:
    """A demand of 907.50."""
    seller.contract.negative_balance = NegativeBalance.DEMAND
    seller.contract.save()
    lines = [goods("6050.00"), shipping(), cod_fee()]
    agreed(market, {"lines": lines, "tenders": [tender("cod", "6207.30")]})
    return Collection.objects.get()


def test_a_demand_is_paid_by_its_variable_symbol(demand: Collection, market: Market) -> None:
    upload(market, statement(market, movement(907_50, text=f"VS {demand.symbol}")))

    assert Collection.objects.get().state == CollectionState.PAID
    assert not Item.objects.unsettled().exists()
    assert run_checks() == []


def test_a_demand_is_paid_in_parts(demand: Collection, market: Market) -> None:
    upload(market, statement(market, movement(400_00, text=f"VS {demand.symbol}")))
    half = Collection.objects.get()
    assert (half.state, half.missing) == (CollectionState.DEMANDED, 507_50)
    assert run_checks() == []

    rest = movement(507_50, text=f"VS {demand.symbol}", reference="BANK-2")
    upload(market, statement(market, rest, number="2026-2"))

    assert Collection.objects.get().state == CollectionState.PAID
    assert run_checks() == []


def test_more_than_is_demanded_waits_for_a_person(demand: Collection, market: Market) -> None:
    upload(market, statement(market, movement(1000_00, text=f"VS {demand.symbol}")))

    assert BankEntry.objects.get().state == EntryState.UNMATCHED
    assert Collection.objects.get().received == 0
    with pytest.raises(TooMuchMoney):
        receive_money(
            collection_id=demand.pk,
            amount=1000_00,
            received_on=today_in(market),
            by=None,
            at=timezone.now(),
        )


def test_money_without_a_symbol_is_matched_by_hand_once(
    demand: Collection, market: Market, carla: Any
) -> None:
    upload(market, statement(market, movement(907_50, text="thanks")))
    entry = BankEntry.objects.get()
    assert entry.state == EntryState.UNMATCHED
    with pytest.raises(NoMatch):
        assign_entry(entry_id=entry.pk, reference="CZ-D-2026-999999", by=carla, at=timezone.now())

    assign_entry(entry_id=entry.pk, reference=demand.reference.lower(), by=carla, at=timezone.now())

    assert Collection.objects.get().state == CollectionState.PAID
    with pytest.raises(IllegalMove):
        set_aside(entry_id=entry.pk, reason="Not ours.", by=carla, at=timezone.now())
    assert run_checks() == []


def test_a_demand_taken_back_is_carried(demand: Collection) -> None:
    cancel_collection(
        collection_id=demand.pk, reason="We wait for the next period.", by=None, at=timezone.now()
    )

    assert sum(item.available for item in Item.objects.unsettled()) == 907_50
    assert run_checks() == []


def test_two_alike_payments_of_different_days_are_two_payments(demand: Collection, market: Market) -> None:
    first = movement(400_00, text=f"VS {demand.symbol}", reference="")
    upload(market, statement(market, first))

    later = first.replace("2026-11-20", "2026-11-19")
    upload(market, statement(market, later, number="2026-2"))

    assert BankEntry.objects.count() == 2
    assert Collection.objects.get().received == 800_00
    assert run_checks() == []


def test_a_contract_changed_in_between_demands_nothing_twice(market: Market, seller: Seller) -> None:
    lines = [goods("6050.00"), shipping(), cod_fee()]
    carried = agreed(market, {"lines": lines, "tenders": [tender("cod", "6207.30")]})
    seller.contract.negative_balance = NegativeBalance.DEMAND
    seller.contract.save()

    with transaction.atomic():
        assert prepare(set_off_id=carried.pk, at=timezone.now()) is None

    assert not Collection.objects.exists()
    assert run_checks() == []
