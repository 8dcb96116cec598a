"""API and webhooks as a seller sees them: keys, the webhook, and what was sent."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from marketplace.kernel.models import AuditRecord
from marketplace.orders.models import Order
from marketplace.parties.models import Role, Seller
from marketplace.users.models import User
from sellers.api.models import ApiKey, Delivery, DeliveryState, Switch, Webhook
from sellers.api.operations.webhooks import switch_off
from tests.api.servers import ShopServer
from tests.cast import client_of, make_member
from tests.portal.telling import Browser

PAGE = "/settings/api/"
LOG = "/settings/api/deliveries/"
OPEN: dict[str, Any] = {"status": "open", "status_times": {}}


@pytest.fixture
def ana_sees(ana_client: Client) -> Browser:
    return Browser(ana_client)


@pytest.fixture
def viktor_sees(seller: Seller) -> Browser:
    return Browser(client_of(make_member(seller, "viktor@horizont.example", Role.VIEWER)))


@pytest.fixture
def told(
    webhook: Webhook, shop: ShopServer, make_order: Callable[..., Order], watch: Callable[[], None]
) -> ShopServer:
    """Order 1001 was taken by the seller's server, 1002 refused by it."""
    make_order(number="1001", **OPEN)
    watch()
    shop.status, shop.body = 422, b"unknown <SKU> TV-55"
    make_order(number="1002", **OPEN)
    watch()
    return shop


def test_a_key_is_shown_once_and_works(ana_sees: Browser) -> None:
    page = ana_sees.post(f"{PAGE}keys/", {"name": "Warehouse"})
    found = re.search(r"saldo_[0-9a-f]{8}_[\w-]{43}", page)
    assert found

    again = ana_sees.page(PAGE)
    assert found[0] not in again
    assert "Warehouse" in again
    assert found[0][:14] in again
    answer = Client().get("/api/v1/orders/", headers={"Authorization": f"Bearer {found[0]}"})
    assert answer.status_code == 200
    assert "never" not in ana_sees.page(PAGE)
    assert AuditRecord.objects.filter(verb="api_key.created").exists()


def test_the_page_with_a_key_is_kept_by_no_cache(ana_client: Client) -> None:
    answer = ana_client.post(f"{PAGE}keys/", {"name": "Warehouse"})

    assert "no-store" in answer["Cache-Control"]


def test_a_key_without_a_name_is_refused(ana_sees: Browser) -> None:
    ana_sees.post(f"{PAGE}keys/", {"name": " "}, status=422)

    assert not ApiKey.objects.exists()


def test_a_revoked_key_stays_on_the_page_as_that(ana_sees: Browser) -> None:
    ana_sees.post(f"{PAGE}keys/", {"name": "Warehouse"})
    page = ana_sees.post(f"{PAGE}keys/{ApiKey.objects.get().pk}/revoke/")

    assert "opens nothing any more" in page
    assert "Revoked" in page
    assert AuditRecord.objects.filter(verb="api_key.revoked").exists()


def test_a_webhook_is_made_and_its_secret_shown_once(ana_sees: Browser, shop: ShopServer) -> None:
    page = ana_sees.post(f"{PAGE}webhook/", {"url": shop.url, "wire": "saldo"})
    found = re.search(r"whsec_[\w-]{43}", page)
    assert found

    assert found[0] not in ana_sees.page(PAGE)
    assert Webhook.objects.get().state == Switch.ON
    moved = ana_sees.post(f"{PAGE}webhook/", {"url": shop.url + "2", "wire": "unas"})
    assert f"Your orders are sent to {shop.url}2 now." in moved
    assert "whsec_" not in moved


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("http://10.0.0.1/x", "private network"),
        ("ftp://shop.example/", "must begin with https://"),
        ("https://me:pw@shop.example/", "Leave the name and the password out"),
        ("my server", "must begin with https://"),
    ],
)
def test_an_address_that_may_not_be_called_is_refused_with_its_reason(
    url: str, why: str, ana_sees: Browser
) -> None:
    page = ana_sees.post(f"{PAGE}webhook/", {"url": url, "wire": "saldo"}, status=422)

    assert why in page
    assert not Webhook.objects.exists()


def test_in_production_only_https_will_do(ana_sees: Browser, settings: Any) -> None:
    settings.LOCAL = False
    page = ana_sees.post(f"{PAGE}webhook/", {"url": "http://shop.example/", "wire": "saldo"}, status=422)

    assert "must begin with https://" in page


def test_a_test_can_be_sent_and_its_answer_read(
    ana_sees: Browser, webhook: Webhook, shop: ShopServer, watch: Callable[[], None]
) -> None:
    shop.body = b"thank you"
    page = ana_sees.post(f"{PAGE}webhook/test/")
    assert "A test is on its way" in page
    watch()

    page = ana_sees.page(f"{LOG}{Delivery.objects.get().pk}/")
    assert "Your server answered 200. thank you" in page


def test_the_webhook_is_switched_off_and_on(ana_sees: Browser, webhook: Webhook) -> None:
    assert "The webhook is off since" in ana_sees.post(f"{PAGE}webhook/switch/off/")
    assert "Switch the webhook on first." in ana_sees.post(f"{PAGE}webhook/test/")
    assert "From now on your orders are sent" in ana_sees.post(f"{PAGE}webhook/switch/on/")
    webhook.refresh_from_db()
    assert webhook.state == Switch.ON


def test_a_new_secret_is_shown_once(ana_sees: Browser, webhook: Webhook) -> None:
    assert "whsec_" in ana_sees.post(f"{PAGE}webhook/secret/")
    assert "whsec_" not in ana_sees.page(PAGE)


def test_a_viewer_sees_what_there_is_and_no_button(viktor_sees: Browser, told: ShopServer) -> None:
    page = viktor_sees.page(PAGE)

    assert told.url in page
    for word in ("Make a key", "Send a test", "New secret"):
        assert word not in page
    assert "Send again" not in viktor_sees.page(f"{LOG}{Delivery.objects.latest('pk').pk}/")


def test_the_log_says_what_was_sent_and_what_came_back(ana_sees: Browser, told: ShopServer) -> None:
    page = ana_sees.page(LOG)

    assert "1001 New order Delivered 1 Your server answered 200." in page
    assert "1002 New order Tried again 1 Your server answered 422." in page
    detail = ana_sees.page(f"{LOG}{Delivery.objects.get(order__number='1002').pk}/")
    assert "unknown <SKU> TV-55" in detail
    assert "/orders/1002/" in ana_sees.links(f"{LOG}{Delivery.objects.get(order__number='1002').pk}/")


def test_the_log_is_narrowed_searched_and_exported(ana_sees: Browser, told: ShopServer) -> None:
    assert "1001" not in ana_sees.page(f"{LOG}?tab=waiting")
    assert "1002" not in ana_sees.page(f"{LOG}?q=1001")
    identity = Delivery.objects.get(order__number="1002").public_id
    assert "1002" in ana_sees.page(f"{LOG}?q={identity}")
    assert "Nothing matches" in ana_sees.page(f"{LOG}?state=test")

    head, *rows = ana_sees.sheet(f"{LOG}export/?tab=done")
    assert len(rows) == 1
    assert dict(zip(head, rows[0], strict=True))["Order"] == "1001"


def test_the_log_takes_as_many_queries_however_long_it_is(
    ana_sees: Browser, told: ShopServer, make_order: Callable[..., Order], watch: Callable[[], None]
) -> None:
    few = ana_sees.queries(LOG)
    for _ in range(5):
        make_order(**OPEN)
    watch()

    assert ana_sees.queries(LOG) == few


def test_what_failed_is_sent_again_by_a_button(
    ana_sees: Browser, told: ShopServer, watch: Callable[[], None]
) -> None:
    ended = Delivery.objects.get(order__number="1001")
    assert "on its way already" in ana_sees.post(
        f"{LOG}{Delivery.objects.get(order__number='1002').pk}/again/"
    )

    page = ana_sees.post(f"{LOG}{ended.pk}/again/")

    assert "It is sent once more" in page
    assert Delivery.objects.filter(order__number="1001").count() == 2


def test_all_that_failed_is_sent_again_by_a_button(ana_sees: Browser, told: ShopServer) -> None:
    assert "Send the failed ones again" not in ana_sees.page(LOG)
    Delivery.objects.filter(order__number="1002").update(
        state=DeliveryState.DEAD, ended_at=timezone.now(), fault=""
    )
    assert "Send the failed ones again" in ana_sees.page(LOG)

    assert "1 message is sent again." in ana_sees.post(f"{LOG}again/")
    assert Delivery.objects.get(order__number="1002", again=1).state == DeliveryState.WAITING


def test_a_rivals_messages_keys_and_webhook_are_not_there(
    beto_client: Client, told: ShopServer, ana: User
) -> None:
    beto_sees = Browser(beto_client)

    assert "Nothing was sent yet" in beto_sees.page(LOG)
    assert told.url not in beto_sees.page(PAGE)
    beto_sees.page(f"{LOG}{Delivery.objects.earliest('pk').pk}/", status=404)


def test_a_webhook_that_is_off_asks_to_be_looked_at(ana_sees: Browser, webhook: Webhook, ana: User) -> None:
    switch_off(webhook_id=webhook.pk, by=ana, at=timezone.now())

    assert "The webhook is off since" in ana_sees.page(PAGE)


def test_staff_look_at_it_all_and_see_no_secret(carla_client: Client, told: ShopServer) -> None:
    for address in ("apikey", "webhook", "delivery"):
        answer = carla_client.get(f"/admin/api/{address}/")
        assert answer.status_code == 200
    page = carla_client.get(f"/admin/api/webhook/{Webhook.objects.get().pk}/change/").content.decode()
    assert Webhook.objects.get().secret not in page
