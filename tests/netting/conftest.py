"""A document of ana's seller, its set-off, and an order disputed on it."""

from datetime import date
from typing import Any

import pytest
from django.utils import timezone

from marketplace.kernel.models import OutgoingMail
from marketplace.kernel.zones import local_date
from marketplace.ledger.models import Entry
from marketplace.parties.models import Market, Seller
from settlement.documents.models import Document
from settlement.netting.models import (
    Dispute,
    DisputeMessage,
    Item,
    SetOff,
)
from settlement.netting.operations.disputing import dispute_orders
from settlement.netting.queries import BUCKETS
from tests.billing.conftest import mexico, sol
from tests.cast import settle, take
from tests.netting.telling import invoice
from tests.orders.telling import cod_fee, goods, shipping, tell_order, tender
from tests.stories.test_resale import CARD, COD, TRANSFER

__all__ = ["mexico", "sol"]

AGEING, CASH = "/admin/netting/item/ageing/", "/admin/netting/item/cash/"
OWING: dict[str, Any] = {
    "lines": [goods("6050.00"), shipping(), cod_fee()],
    "tenders": [tender("cod", "6207.30")],
}


def documented(market: Market, *told: dict[str, Any]) -> Document:
    take(market, *(tell_order(**facts) for facts in told))
    settle(market)
    return Document.objects.latest("pk")


@pytest.fixture
def document(market: Market, seller: Seller) -> Document:
    """The worked example: card, COD 1 and transfer."""
    return documented(market, CARD, COD | {"number": "COD-1"}, TRANSFER)


@pytest.fixture
def set_off(document: Document) -> SetOff:
    proposed = invoice(document)
    assert proposed is not None
    return proposed


@pytest.fixture
def dispute(set_off: SetOff, ana: Any) -> Dispute:
    """Ana says the courier has the cash."""
    reason = "The courier kept it.\nAsk him."
    at = timezone.now()
    (row,) = dispute_orders(set_off_id=set_off.pk, numbers=["COD-1"], reason=reason, by=ana, at=at)
    return row


def stand() -> tuple[Any, ...]:
    """All that a refusal may not change."""
    return (
        list(SetOff.objects.order_by("pk").values_list("state", "netted")),
        list(Item.objects.order_by("pk").values_list("settled", "reserved", "withheld")),
        list(Dispute.objects.order_by("pk").values_list("state", "outcome")),
        DisputeMessage.objects.count(),
        Entry.objects.count(),
        OutgoingMail.objects.count(),
    )


def column_now() -> str:
    """The column in which what was due on 5 October counts today."""
    days = (local_date(timezone.now(), "Europe/Prague") - date(2026, 10, 5)).days
    return next((f"upto_{end}" for end in BUCKETS if days <= end), "beyond")
