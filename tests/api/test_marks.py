"""No move of an order is missed, whatever order transactions commit in."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone

from marketplace.orders.models import Order, OrderChange
from marketplace.parties.models import Seller
from marketplace.users.models import User
from sellers.api import tasks
from sellers.api.models import Delivery, Mark, Webhook
from sellers.api.operations.webhooks import save_webhook, switch_off

Told = dict[str, Any]


@pytest.fixture
def open_order(make_order: Callable[..., Order]) -> Callable[..., Order]:
    def make(**facts: Any) -> Order:
        return make_order(**({"status": "open", "status_times": {}} | facts))

    return make


@pytest.fixture
def quiet_webhook(seller: Seller, ana: User) -> Webhook:
    """A webhook whose messages nobody sends here."""
    webhook, _secret = save_webhook(
        seller_id=seller.pk, url="http://127.0.0.1:9/", wire="saldo", by=ana, clock=timezone.now
    )
    return webhook


def told() -> list[str]:
    rows = Delivery.objects.order_by("change").values_list("order__number", flat=True)
    return [str(number) for number in rows]


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_a_move_that_commits_late_behind_others_is_told_all_the_same(
    quiet_webhook: Webhook, open_order: Callable[..., Order], seller: Seller
) -> None:
    written, commit = threading.Event(), threading.Event()

    def take_one_slowly() -> None:
        try:
            with transaction.atomic():
                open_order(number="SLOW")
                written.set()
                assert commit.wait(20)
        finally:
            connection.close()

    slow = threading.Thread(target=take_one_slowly)
    slow.start()
    assert written.wait(20)
    # A move of another seller's order, so that no lock makes it wait, gets a later key and commits first.
    _other_sellers_move(seller)
    tasks.watch()
    assert told() == []
    tasks.watch()
    assert told() == [], "the mark waits for whoever was writing when it was set"

    commit.set()
    slow.join()
    tasks.watch()

    assert told() == ["SLOW"]
    assert Mark.objects.latest("pk").upto >= OrderChange.objects.latest("pk").pk


def _other_sellers_move(seller: Seller) -> None:
    from tests.cast import make_market, make_seller, take
    from tests.orders.telling import tell_order

    market = make_market("SK", currency="EUR", entity_tax_id="SK2021853504")
    make_seller(market, "5005", "Tatran")
    (taken,) = take(
        market, tell_order(number="FAST", seller="5005", status="open", status_times={}, currency="EUR")
    )
    assert taken.outcome == "taken"


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_a_mark_set_without_regard_to_running_writers_would_lose_the_move(
    quiet_webhook: Webhook,
    open_order: Callable[..., Order],
    seller: Seller,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("sellers.api.operations.marking.other_writers", list)
    written, commit = threading.Event(), threading.Event()

    def take_one_slowly() -> None:
        try:
            with transaction.atomic():
                open_order(number="SLOW")
                written.set()
                assert commit.wait(20)
        finally:
            connection.close()

    slow = threading.Thread(target=take_one_slowly)
    slow.start()
    assert written.wait(20)
    _other_sellers_move(seller)
    tasks.watch()
    commit.set()
    slow.join()
    tasks.watch()

    assert told() == []


@pytest.mark.django_db(transaction=True)
def test_two_that_watch_at_once_write_each_message_once(
    quiet_webhook: Webhook, open_order: Callable[..., Order]
) -> None:
    for place in range(20):
        open_order(number=f"N{place:02}")
    together = threading.Barrier(4)
    failed: list[BaseException] = []

    def beat() -> None:
        try:
            together.wait(20)
            tasks.watch()
        except BaseException as error:
            failed.append(error)
        finally:
            connection.close()

    beats = [threading.Thread(target=beat) for _ in range(4)]
    for each in beats:
        each.start()
    for each in beats:
        each.join()
    tasks.watch()

    assert failed == []
    assert told() == [f"N{place:02}" for place in range(20)]


def test_looking_when_nothing_moved_writes_nothing(
    quiet_webhook: Webhook, open_order: Callable[..., Order]
) -> None:
    open_order()
    tasks.watch()
    marks = list(Mark.objects.order_by("pk").values())

    tasks.watch()

    assert list(Mark.objects.order_by("pk").values()) == marks


def test_nothing_is_written_down_for_a_webhook_that_is_off(
    quiet_webhook: Webhook, open_order: Callable[..., Order], ana: User
) -> None:
    switch_off(webhook_id=quiet_webhook.pk, by=ana, at=timezone.now())
    open_order()
    tasks.watch()

    assert told() == []
