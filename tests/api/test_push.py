"""Orders are told to sellers' servers: each move once, signed, and again while the server is away."""

import hashlib
import hmac
from collections.abc import Callable

import pytest
from django.utils import timezone
from lxml import etree

from marketplace.kernel.books import run_checks
from marketplace.kernel.secrets import unseal
from marketplace.orders.models import Order, State
from marketplace.orders.operations.moves import advance_order
from marketplace.parties.models import Seller
from marketplace.users.models import User
from sellers.api.models import Delivery, DeliveryState, Webhook
from sellers.api.operations.webhooks import (
    renew_secret,
    send_test,
)
from tests.api.conftest import Watch, hook
from tests.api.servers import ShopServer


def ship(order: Order, by: User) -> None:
    advance_order(order_id=order.pk, to=State.SHIPPED, by=by, at=timezone.now())


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
