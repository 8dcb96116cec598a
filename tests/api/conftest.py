"""Ana's seller has a system of its own: a key to fetch orders with, a server to be told of them."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from marketplace.kernel import jobs
from marketplace.orders.models import Order
from marketplace.parties.models import Market, Seller
from marketplace.users.models import User
from sellers.api import tasks
from sellers.api.models import Webhook
from sellers.api.operations.keys import make_key
from sellers.api.operations.webhooks import save_webhook
from tests.api.market import Payments, payments_of
from tests.api.servers import ShopServer, shop_server
from tests.billing.conftest import mexico, sol

__all__ = ["mexico", "sol"]

Watch = Callable[[], None]
MakeOrder = Callable[..., Order]
OPEN: dict[str, Any] = {"status": "open", "status_times": {}}


@dataclass
class System:
    """A seller's system with its key."""

    token: str
    client: Client

    def get(self, address: str, **headers: str) -> Any:
        return self.client.get(address, headers={"Authorization": f"Bearer {self.token}", **headers})

    def post(self, address: str) -> Any:
        return self.client.post(address, headers={"Authorization": f"Bearer {self.token}"})


def system_of(seller: Seller, by: User) -> System:
    _key, token = make_key(seller_id=seller.pk, name="warehouse", by=by, at=timezone.now())
    return System(token, Client(enforce_csrf_checks=True))


@pytest.fixture
def system(seller: Seller, ana: User) -> System:
    return system_of(seller, ana)


@pytest.fixture
def rivals_system(rival: Seller, beto: User) -> System:
    return system_of(rival, beto)


@pytest.fixture
def payments(mexico: Market, sol: Seller) -> Payments:
    return payments_of(mexico)


@pytest.fixture
def shop() -> Iterator[ShopServer]:
    with shop_server() as server:
        yield server


@pytest.fixture
def webhook(seller: Seller, ana: User, shop: ShopServer) -> Webhook:
    return hook(seller, ana, shop.url)


def hook(seller: Seller, by: User, url: str, wire: str = "saldo") -> Webhook:
    webhook, _secret = save_webhook(seller_id=seller.pk, url=url, wire=wire, by=by, clock=timezone.now)
    return webhook


@pytest.fixture
def watch() -> Callable[[], None]:
    """Beat once, and have the workers do all there is to do."""

    def beat() -> None:
        tasks.watch()
        jobs.work_off()

    return beat


class Clock:
    """A clock that a test sets forward."""

    def __init__(self) -> None:
        self.ahead = timedelta(0)

    def __call__(self) -> datetime:
        return datetime.now(tz=timezone.get_current_timezone()) + self.ahead  # noqa: TID251


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The clock workers read, which the test may set forward."""
    told = Clock()
    monkeypatch.setattr("django.utils.timezone.now", told)
    return told


@pytest.fixture
def open_order(make_order: Callable[..., Order]) -> Callable[..., Order]:
    """An open order whose payment has arrived."""

    def make(**facts: Any) -> Order:
        paid = {"method": "card", "amount": "1210.00", "paid_at": "2026-10-02T09:13:00+02:00"}
        return make_order(**(OPEN | {"tenders": [paid]} | facts))

    return make
