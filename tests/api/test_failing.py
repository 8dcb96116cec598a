"""Servers that fail, hang or are away: tried again in time, given up in the end, and no other is held up."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from marketplace.kernel.books import run_checks
from marketplace.kernel.models import OutgoingMail
from marketplace.orders.models import Order
from marketplace.parties.models import Seller
from marketplace.users.models import User
from sellers.api import gateway
from sellers.api.models import Delivery, DeliveryState, Switch, Webhook
from sellers.api.rules import DEAD_IN_ROW, MOST_TRIES, Fault
from tests.api.certificates import self_signed
from tests.api.conftest import Clock, Watch, hook
from tests.api.servers import ShopServer, drip, say_nothing, shop_server


def test_a_server_that_fails_is_tried_again_later_and_then_gets_everything(
    webhook: Webhook, shop: ShopServer, open_order: Callable[..., Order], watch: Watch, clock: Clock
) -> None:
    shop.status, shop.body = 500, b"down\x00 for <repairs>"
    open_order(number="A")
    open_order(number="B")
    watch()

    first = Delivery.objects.earliest("pk")
    assert len(shop.received) == 1, "the second waits while the server is away"
    assert (first.state, first.tries, first.status, first.answer) == (
        DeliveryState.WAITING,
        1,
        500,
        "down for <repairs>",
    )
    watch()
    assert len(shop.received) == 1, "not before its time"

    shop.status = 204
    clock.ahead = timedelta(seconds=20)
    watch()

    assert [each["order"]["number"] for each in shop.told()] == ["A", "A", "B"]
    assert shop.received[0].headers["Saldo-Delivery"] == shop.received[1].headers["Saldo-Delivery"]
    webhook.refresh_from_db()
    assert (webhook.failures, webhook.rests_until) == (0, None)
    assert run_checks() == []


def test_a_message_the_server_does_not_like_holds_up_no_other(
    webhook: Webhook, shop: ShopServer, open_order: Callable[..., Order], watch: Watch
) -> None:
    shop.status = 422
    open_order()
    open_order()
    watch()

    assert [each.tries for each in Delivery.objects.all()] == [1, 1]


def test_after_the_last_try_a_message_is_dead_and_the_seller_is_told_once(
    webhook: Webhook, shop: ShopServer, open_order: Callable[..., Order], watch: Watch, clock: Clock
) -> None:
    shop.status = 400
    for number in ("A", "B"):
        open_order(number=number)
    for _ in range(MOST_TRIES + 2):
        watch()
        clock.ahead += timedelta(hours=8)

    assert len(shop.received) == 2 * MOST_TRIES
    assert {each.state for each in Delivery.objects.all()} == {DeliveryState.DEAD}
    (letter,) = OutgoingMail.objects.filter(seller=webhook.seller)
    assert "order A was not delivered" in letter.subject
    assert "Your server answered 400." in letter.body
    assert letter.recipients == [webhook.seller.email]
    assert run_checks() == []


def test_a_server_away_for_a_day_is_told_nothing_any_more(
    webhook: Webhook, shop: ShopServer, open_order: Callable[..., Order], watch: Watch, clock: Clock
) -> None:
    shop.status = 503
    for _ in range(DEAD_IN_ROW + 5):
        open_order()
    watch()
    clock.ahead = timedelta(hours=25)
    watch()

    webhook.refresh_from_db()
    assert webhook.state == Switch.OFF
    assert {each.state for each in Delivery.objects.all()} == {DeliveryState.DEAD}
    assert len(shop.received) == 2
    (letter,) = OutgoingMail.objects.filter(seller=webhook.seller)
    assert letter.subject == "Your webhook was switched off"
    assert run_checks() == []


def test_redirects_are_not_followed(
    webhook: Webhook, shop: ShopServer, open_order: Callable[..., Order], watch: Watch
) -> None:
    shop.status, shop.headers = 302, {"Location": "/elsewhere"}
    open_order()
    watch()

    assert [each.path for each in shop.received] == ["/orders?shop=1"]
    assert Delivery.objects.get().status == 302


@pytest.mark.parametrize("way", ["silent", "dripping"])
def test_a_server_that_never_ends_its_answer_is_cut_off(
    way: str,
    webhook: Webhook,
    shop: ShopServer,
    open_order: Callable[..., Order],
    watch: Watch,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(gateway, "SECONDS", 0.5)
    shop.act = drip if way == "dripping" else say_nothing
    open_order()
    begun = timezone.now()
    watch()

    assert timezone.now() - begun < timedelta(seconds=4)
    delivery = Delivery.objects.get()
    assert (delivery.state, delivery.fault, delivery.status) == (DeliveryState.WAITING, Fault.TIMEOUT, None)


def test_of_an_endless_answer_two_kilobytes_are_kept(
    webhook: Webhook, shop: ShopServer, open_order: Callable[..., Order], watch: Watch
) -> None:
    shop.body = "ž".encode() * 100_000
    open_order()
    watch()

    delivery = Delivery.objects.get()
    assert delivery.state == DeliveryState.DONE
    assert delivery.answer == "ž" * 1024


def test_nobody_at_the_address_is_a_failed_try(
    webhook: Webhook, open_order: Callable[..., Order], watch: Watch
) -> None:
    Webhook.objects.update(url="http://127.0.0.1:1/")
    open_order()
    watch()

    delivery = Delivery.objects.get()
    assert (delivery.state, delivery.fault) == (DeliveryState.WAITING, Fault.UNREACHABLE)


def test_a_certificate_nobody_vouches_for_is_not_accepted(
    seller: Seller, ana: User, open_order: Callable[..., Order], watch: Watch, tmp_path: Path
) -> None:
    with shop_server(certificate=self_signed(tmp_path)) as shop:
        hook(seller, ana, shop.url)
        open_order()
        watch()

        delivery = Delivery.objects.get()
        assert delivery.fault == Fault.UNREACHABLE
        assert "CERTIFICATE_VERIFY_FAILED" in delivery.answer
        assert shop.received == []


def test_over_tls_messages_arrive_where_somebody_vouches_for_the_server(
    seller: Seller,
    ana: User,
    open_order: Callable[..., Order],
    watch: Watch,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    request: pytest.FixtureRequest,
) -> None:
    certificate = self_signed(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    gateway._tls.cache_clear()
    request.addfinalizer(gateway._tls.cache_clear)

    with shop_server(certificate=certificate) as shop:
        hook(seller, ana, shop.url)
        open_order(number="1001")
        watch()

        assert [each["order"]["number"] for each in shop.told()] == ["1001"]
        assert shop.received[0].headers["Host"] == f"127.0.0.1:{shop.port}"


def test_a_message_that_brings_its_worker_down_each_time_holds_up_the_rest_no_longer_than_its_tries(
    webhook: Webhook, shop: ShopServer, open_order: Callable[..., Order], watch: Watch
) -> None:
    shop.status = 422
    open_order(number="A")
    open_order(number="B")
    watch()
    Delivery.objects.filter(order__number="A").update(
        state=DeliveryState.SENDING, tries=MOST_TRIES, due_at=timezone.now()
    )
    watch()

    poison = Delivery.objects.get(order__number="A")
    assert (poison.state, poison.fault) == (DeliveryState.DEAD, Fault.CRASHED)
