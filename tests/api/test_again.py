"""What is sent once more: by a person, or because a worker died."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone

from marketplace.kernel import jobs
from marketplace.kernel.books import run_checks
from marketplace.kernel.models import OutgoingMail
from marketplace.orders.models import Order
from marketplace.users.models import User
from sellers.api.models import Delivery, DeliveryState, Webhook
from sellers.api.operations.webhooks import (
    send_again,
    send_dead_again,
    switch_off,
    switch_on,
)
from sellers.api.rules import MOST_TRIES, Fault
from tests.api.conftest import Clock, Watch
from tests.api.servers import ShopServer


def test_a_switched_off_webhook_is_told_nothing_and_what_waited_is_given_up(
    webhook: Webhook, shop: ShopServer, open_order: Callable[..., Order], watch: Watch, ana: User
) -> None:
    shop.status = 500
    open_order(number="A")
    watch()
    switch_off(webhook_id=webhook.pk, by=ana, at=timezone.now())
    open_order(number="B")
    watch()
    shop.status = 200
    switch_on(webhook_id=webhook.pk, by=ana, clock=timezone.now)
    open_order(number="C")
    watch()

    assert [each["order"]["number"] for each in shop.told()] == ["A", "C"]
    assert Delivery.objects.get(order__number="A").fault == Fault.SWITCHED_OFF
    assert not OutgoingMail.objects.exists()
    assert run_checks() == []


def test_what_failed_is_sent_again_as_a_message_of_its_own(
    webhook: Webhook, shop: ShopServer, open_order: Callable[..., Order], watch: Watch, ana: User
) -> None:
    open_order(number="A")
    watch()
    ended = Delivery.objects.get()

    fresh = send_again(delivery_id=ended.pk, by=ana, at=timezone.now())
    watch()

    ended.refresh_from_db()
    fresh.refresh_from_db()
    assert (ended.state, fresh.state) == (DeliveryState.DONE, DeliveryState.DONE)
    assert (ended.tries, fresh.tries, fresh.again) == (1, 1, 1)
    assert len({each.headers["Saldo-Delivery"] for each in shop.received}) == 2


def test_all_that_failed_is_sent_again_but_once(
    webhook: Webhook,
    shop: ShopServer,
    open_order: Callable[..., Order],
    watch: Watch,
    ana: User,
    clock: Clock,
) -> None:
    shop.status = 400
    open_order(number="A")
    open_order(number="B")
    for _ in range(MOST_TRIES):
        watch()
        clock.ahead += timedelta(hours=8)
    shop.status = 200
    shop.received.clear()

    assert send_dead_again(webhook_id=webhook.pk, by=ana, at=timezone.now()) == 2
    assert send_dead_again(webhook_id=webhook.pk, by=ana, at=timezone.now()) == 0
    watch()

    assert [each["order"]["number"] for each in shop.told()] == ["A", "B"]


def test_what_a_worker_was_sending_when_it_died_is_sent_again_under_the_same_name(
    webhook: Webhook,
    shop: ShopServer,
    open_order: Callable[..., Order],
    watch: Watch,
    monkeypatch: pytest.MonkeyPatch,
    clock: Clock,
) -> None:
    class Killed(BaseException):
        """The process is gone."""

    def die(name: str) -> None:
        if name == "api.after_speaking":
            raise Killed

    open_order()
    with monkeypatch.context() as patched, pytest.raises(Killed):
        patched.setattr("sellers.api.operations.pushing.fault_point", die)
        watch()
    assert Delivery.objects.get().state == DeliveryState.SENDING

    clock.ahead = timedelta(minutes=5)
    jobs.sweep(at=timezone.now())
    watch()

    assert Delivery.objects.get().state == DeliveryState.DONE
    assert len({each.headers["Saldo-Delivery"] for each in shop.received}) == 1
    assert len(shop.received) == 2
