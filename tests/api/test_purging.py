"""Messages that ended ninety days ago are forgotten; all others stay."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from marketplace.config.schedule import SCHEDULE
from marketplace.kernel.books import run_checks
from marketplace.orders.models import Order
from sellers.api import tasks
from sellers.api.models import Delivery, Webhook
from sellers.api.operations import purging
from tests.api.conftest import Clock, Watch
from tests.api.servers import ShopServer


def test_old_messages_go_new_ones_stay_and_the_books_say_nothing_is_missing(
    webhook: Webhook,
    shop: ShopServer,
    open_order: Callable[..., Order],
    watch: Watch,
    clock: Clock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(purging, "PORTION", 2)
    for place in range(5):
        open_order(number=f"OLD{place}")
    watch()
    clock.ahead = timedelta(days=60)
    open_order(number="NEW")
    watch()

    clock.ahead = timedelta(days=91)
    tasks.purge()
    watch()

    assert [each.order.number for each in Delivery.objects.all() if each.order] == ["NEW"]
    assert len(shop.received) == 6, "what is forgotten is not sent again"
    assert run_checks() == []
    open_order(number="NEWEST")
    watch()
    assert shop.told()[-1]["order"]["number"] == "NEWEST"


def test_a_message_under_way_is_never_deleted(
    webhook: Webhook, shop: ShopServer, open_order: Callable[..., Order], watch: Watch, clock: Clock
) -> None:
    shop.status = 503
    open_order()
    watch()

    assert purging.purge_deliveries(at=timezone.now() + timedelta(days=1000)) == 0
    with pytest.raises(IntegrityError), transaction.atomic():
        Delivery.objects.all().delete()
    assert Delivery.objects.count() == 1


def test_the_sweep_is_on_the_schedule() -> None:
    assert {"task": tasks.purge.name, "schedule": 86_400.0} in SCHEDULE.values()
