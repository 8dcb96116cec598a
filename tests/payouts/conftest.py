"""What is to be paid either way, at its stages."""

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from marketplace.parties.models import Market, NegativeBalance, Seller
from settlement.documents.models import Document
from settlement.netting.models import SetOff
from settlement.payouts.models import (
    Batch,
    Collection,
    Payout,
)
from settlement.payouts.operations.batching import make_batch
from settlement.payouts.operations.paying import mark_failed
from tests.billing.conftest import mexico, sol
from tests.cast import client_of, settle, take
from tests.netting.telling import agree, give_account, invoice, send_payouts
from tests.orders.telling import cod_fee, goods, shipping, tell_order, tender
from tests.stories.test_resale import CARD

__all__ = ["mexico", "sol"]

OWING: dict[str, Any] = {
    "lines": [goods("6050.00"), shipping(), cod_fee()],
    "tenders": [tender("cod", "6207.30")],
}


def agreed(market: Market, *told: dict[str, Any]) -> SetOff:
    take(market, *(tell_order(**facts) for facts in told))
    settle(market)
    set_off = invoice(Document.objects.latest("pk"))
    assert set_off is not None
    return agree(set_off)


@pytest.fixture
def payout(market: Market, seller: Seller) -> Payout:
    """A payout of 1,149.50 that waits for a payment batch."""
    give_account(seller)
    agreed(market, CARD)
    return Payout.objects.get()


@pytest.fixture
def batch(payout: Payout, market: Market, carla: Any) -> Batch:
    """A batch that carla prepared."""
    return make_batch(market=market, by=carla, at=timezone.now())


@pytest.fixture
def sent(payout: Payout, seller: Seller, carla: Any, dan: Any) -> Payout:
    """A payout given to the bank."""
    return send_payouts(seller, carla, dan)[0]


@pytest.fixture
def failed(sent: Payout) -> Payout:
    return mark_failed(payout_id=sent.pk, reason="The account is closed.", by=None, at=timezone.now())


@pytest.fixture
def demand(market: Market, seller: Seller) -> Collection:
    """A demand of 907.50."""
    seller.contract.negative_balance = NegativeBalance.DEMAND
    seller.contract.save()
    agreed(market, OWING)
    return Collection.objects.get()


@pytest.fixture
def dan_client(dan: Any) -> Client:
    return client_of(dan)
