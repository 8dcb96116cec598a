"""A system of the marketplace's: the payment system that tells of deposits, the one that charges fees."""

import json
from dataclasses import dataclass
from typing import Any

from django.test import Client
from django.utils import timezone

from marketplace.ledger.models import Entry
from marketplace.parties.models import Market
from sellers.api.models import Scope
from sellers.api.operations.market_keys import make_market_key
from settlement.billing.models import Deposit, Fee

DEPOSITS, FEES = "/api/v1/market/deposits/", "/api/v1/market/fees/"
PAYMENT: dict[str, Any] = {
    "seller": "7101",
    "external_id": "pay-1",
    "amount": "1500.00",
    "currency": "MXN",
    "received_at": "2026-10-05T12:00:00-06:00",
    "method": "card",
}
SERVICE: dict[str, Any] = {
    "seller": "7101",
    "external_id": "label-1",
    "kind": "shipping",
    "text": "Label 1",
    "amount": "116.00",
    "charged_at": "2026-10-05T12:30:00-06:00",
}


@dataclass
class Payments:
    """The marketplace's system with its key."""

    token: str
    client: Client

    def get(self, address: str, **headers: str) -> Any:
        return self.client.get(address, headers={"Authorization": f"Bearer {self.token}", **headers})

    def post(self, address: str, told: Any) -> Any:
        body = told if isinstance(told, (str, bytes)) else json.dumps(told)
        shown = {"Authorization": f"Bearer {self.token}"}
        return self.client.post(address, body, content_type="application/json", headers=shown)

    def pay(self, **changes: Any) -> Any:
        return self.post(DEPOSITS, PAYMENT | changes)

    def charge(self, *services: dict[str, Any]) -> Any:
        return self.post(FEES, [SERVICE | changes for changes in services or ({},)])


def payments_of(market: Market, *scopes: Scope) -> Payments:
    _key, token = make_market_key(
        market_id=market.pk, name="payments", scopes=scopes or list(Scope), by=None, at=timezone.now()
    )
    return Payments(token, Client(enforce_csrf_checks=True))


def stand() -> tuple[Any, ...]:
    """All that a refusal may not change."""
    return (
        list(Deposit.objects.order_by("pk").values()),
        list(Fee.objects.order_by("pk").values()),
        Entry.objects.count(),
    )


def outcomes(answer: Any) -> list[str]:
    """What became of each fee of a call that was taken."""
    assert answer.status_code == 200, answer.content
    return [each["outcome"] for each in answer.json()["fees"]]
