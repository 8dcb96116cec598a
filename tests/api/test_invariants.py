"""Each promise about webhooks and their messages is shown to notice when it is broken."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import override_settings

from marketplace.kernel.books import CHECKS, run_checks
from marketplace.orders.models import Order
from marketplace.parties.models import Seller
from sellers.api.models import Webhook
from tests.api.servers import ShopServer
from tests.ledger.test_ledger import plant

FAULTS = {
    "webhooks: every move of an order is written down for its seller's webhook": "DELETE FROM api_delivery",
    "webhooks: every message ends once, delivered or given up on, after no more tries than there are": (
        "UPDATE api_delivery SET status = 500"
    ),
    "webhooks: no message waits unworked for a quarter of an hour": (
        "UPDATE api_delivery SET state = 'waiting', ended_at = NULL, due_at = '2026-01-01T00:00:00+00:00'"
    ),
    "webhooks: every secret opens with the keys there are": "UPDATE api_webhook SET secret = 'x'",
}
OF_ANOTHER = "webhooks: a message tells its own seller of its own orders"


@pytest.fixture(autouse=True)
def _told(
    webhook: Webhook, shop: ShopServer, make_order: Callable[..., Order], watch: Callable[[], None]
) -> None:
    """An order was told, and the seller's server took it."""
    make_order(status="open", status_times={})
    watch()
    assert len(shop.received) == 1


@pytest.mark.parametrize("check", FAULTS)
def test_a_fault_is_noticed(check: str) -> None:
    assert run_checks() == []

    assert check in plant(FAULTS[check])


def test_a_message_about_another_sellers_order_is_noticed(rival: Seller) -> None:
    assert OF_ANOTHER in plant("UPDATE api_delivery SET seller_id = %s", rival.pk)


def test_a_key_that_is_gone_is_noticed_before_a_message_is_due(settings: Any) -> None:
    from cryptography.fernet import Fernet

    with override_settings(FIELD_ENCRYPTION_KEYS=[Fernet.generate_key().decode()]):
        broken = {each.check for each in run_checks()}

    assert broken == {"webhooks: every secret opens with the keys there are"}


def test_every_promise_has_its_fault_here() -> None:
    assert {name for name in CHECKS if name.startswith("webhooks:")} == {*FAULTS, OF_ANOTHER}
