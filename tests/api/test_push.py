"""Orders are told to sellers' servers: each move once, signed, and again while the server is away."""

import hashlib
import hmac
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from lxml import etree

from marketplace.kernel import jobs
from marketplace.kernel.books import run_checks
from marketplace.kernel.models import OutgoingMail
from marketplace.kernel.secrets import unseal
from marketplace.orders.models import Order, State
from marketplace.orders.operations.moves import advance_order
from marketplace.parties.models import Seller
from marketplace.users.models import User
from sellers.api import gateway
from sellers.api.models import Delivery, DeliveryState, Switch, Webhook
from sellers.api.operations.webhooks import (
    renew_secret,
    send_again,
    send_dead_again,
    send_test,
    switch_off,
    switch_on,
)
from sellers.api.rules import DEAD_IN_ROW, MOST_TRIES, Fault
from tests.api.certificates import self_signed
from tests.api.conftest import Clock, hook
from tests.api.servers import ShopServer, drip, say_nothing, shop_server

Watch = Callable[[], None]
OPEN: dict[str, Any] = {"status": "open", "status_times": {}}


def ship(order: Order, by: User) -> None:
    advance_order(order_id=order.pk, to=State.SHIPPED, by=by, at=timezone.now())


@pytest.fixture
def open_order(make_order: Callable[..., Order]) -> Callable[..., Order]:
    """An open order whose payment has arrived."""

    def make(**facts: Any) -> Order:
        paid = {"method": "card", "amount": "1210.00", "paid_at": "2026-10-02T09:13:00+02:00"}
        return make_order(**(OPEN | {"tenders": [paid]} | facts))

    return make


def test_a_new_order_and_each_of_its_moves_are_told_once_and_in_order(
    webhook: Webhook, shop: ShopServer, open_order: Callable[..., Order], ana: User, watch: Watch
) -> None:
    order = open_order(number="1001")
    watch()
    ship(order, ana)
    watch()
    watch()

    first, second = shop.told()
    assert (first["event"], first["from"], first["to"]) == ("order.new", None, "open")
    assert (second["event"], second["from"], second["to"]) == ("order.changed", "open", "shipped")
    assert first["seller"] == "3003"
    assert first["order"]["number"] == "1001"
    assert second["order"]["status"] == "shipped"
    assert first["sequence"] < second["sequence"]
    assert {each.state for each in Delivery.objects.all()} == {DeliveryState.DONE}
    assert run_checks() == []


def test_a_message_is_signed_with_the_secret_and_names_itself(
    webhook: Webhook, shop: ShopServer, open_order: Callable[..., Order], watch: Watch
) -> None:
    open_order()
    watch()

    (sent,) = shop.received
    time, signature = (part.split("=", 1)[1] for part in sent.headers["Saldo-Signature"].split(","))
    secret = unseal(webhook.secret)
    signed = f"{time}.".encode() + sent.body
    assert hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest() == signature
    assert abs(int(time) - timezone.now().timestamp()) < 60
    assert sent.path == "/orders?shop=1"
    assert sent.headers["Saldo-Delivery"] == sent.told()["delivery"] == str(Delivery.objects.get().public_id)
    assert secret not in str(Webhook.objects.values())


def test_customers_stay_masked_until_the_seller_confirms(
    webhook: Webhook, shop: ShopServer, open_order: Callable[..., Order], ana: User, watch: Watch
) -> None:
    order = open_order()
    watch()
    ship(order, ana)
    watch()

    pending, shipped = (each["order"]["customer"] for each in shop.told())
    assert (pending["name"], pending["street"], pending["email"]) == ("Eva Nováková", "", "")
    assert (shipped["street"], shipped["email"]) == ("Dlouhá 1", "eva@example.com")


def test_unas_systems_get_xml(
    seller: Seller, ana: User, shop: ShopServer, open_order: Callable[..., Order], watch: Watch
) -> None:
    hook(seller, ana, shop.url, wire="unas")
    open_order(number="1001")
    watch()

    (sent,) = shop.received
    assert sent.headers["Content-Type"] == "application/xml"
    assert etree.fromstring(sent.body).findtext("Order/Key") == "1001"


def test_what_was_there_before_is_not_told_and_neither_are_others_orders(
    seller: Seller, rival: Seller, ana: User, shop: ShopServer, open_order: Callable[..., Order], watch: Watch
) -> None:
    open_order(number="before")
    hook(seller, ana, shop.url)
    open_order(number="after")
    open_order(number="rivals", seller=rival.partner_number)
    watch()

    assert [each["order"]["number"] for each in shop.told()] == ["after"]


def test_many_moves_are_handed_on_in_portions_none_lost_and_none_twice(
    webhook: Webhook,
    shop: ShopServer,
    open_order: Callable[..., Order],
    watch: Watch,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("sellers.api.operations.marking.PORTION", 3)
    for place in range(10):
        open_order(number=f"N{place}")
    watch()

    assert [each["order"]["number"] for each in shop.told()] == [f"N{place}" for place in range(10)]


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


def test_a_test_tells_of_no_order(webhook: Webhook, shop: ShopServer, ana: User, watch: Watch) -> None:
    send_test(webhook_id=webhook.pk, by=ana, at=timezone.now())
    watch()

    (told,) = shop.told()
    assert (told["event"], told["order"]) == ("test", None)
    assert Delivery.objects.get().state == DeliveryState.DONE


def test_a_new_secret_signs_from_then_on(webhook: Webhook, shop: ShopServer, ana: User, watch: Watch) -> None:
    secret = renew_secret(webhook_id=webhook.pk, by=ana, at=timezone.now())
    send_test(webhook_id=webhook.pk, by=ana, at=timezone.now())
    watch()

    (sent,) = shop.received
    time, signature = (part.split("=", 1)[1] for part in sent.headers["Saldo-Signature"].split(","))
    assert hmac.digest(secret.encode(), f"{time}.".encode() + sent.body, "sha256").hex() == signature


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
