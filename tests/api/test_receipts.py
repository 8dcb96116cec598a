"""Sellers' systems hand receipts in, ask what became of them, and are told of them."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import quote

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django import Settings

from marketplace.kernel.books import run_checks
from marketplace.kernel.models import AuditRecord
from marketplace.orders.parsing.saldo import read_order
from marketplace.orders.writing.generic import TOLD_BESIDES
from marketplace.parties.models import Market, Role, Seller
from marketplace.users.models import User
from sellers.api.models import Webhook
from sellers.receipts.models import Bundle, Receipt
from tests.api.conftest import System, hook, system_of
from tests.api.servers import ShopServer
from tests.cast import make_member, make_seller, work_off_but_rendering
from tests.receipts.telling import (
    NOON,
    File,
    factura,
    hand_in,
    make_peru,
    make_peruvian,
    peruvian,
)

LIST = "/api/v1/receipts/"


@pytest.fixture
def peru(db: None) -> Market:
    return make_peru()


@pytest.fixture
def andes(peru: Market) -> Seller:
    return make_peruvian(peru)


@pytest.fixture
def lucia(andes: Seller) -> User:
    return make_member(andes, "lucia@andes.example", Role.OPERATIONS)


@pytest.fixture
def till(andes: Seller, lucia: User) -> System:
    """The shop's own system, with a key."""
    return system_of(andes, lucia)


@pytest.fixture
def stranger(peru: Market, andes: Seller) -> System:
    other = make_seller(peru, "5002", "Lima S.A.")
    return system_of(other, make_member(other, "pedro@lima.example", Role.OWNER))


def send(system: System, *files: File, order: str = "") -> Any:
    told = {"files": [SimpleUploadedFile(name, content) for name, content in files], "order": order}
    headers = {"Authorization": f"Bearer {system.token}"}
    return system.client.post(LIST, told, headers=headers)


def test_receipts_are_handed_in_and_each_file_has_its_answer(peru: Market, till: System) -> None:
    peruvian(peru, "PE-100017")

    answer = send(till, *factura(), ("photo.jpg", b"\xff\xd8\xff"))
    assert answer.status_code == 202
    told = answer.json()["bundle"]
    assert told["state"] == "reading"
    assert [each["outcome"] for each in told["files"]] == [None] * 3
    work_off_but_rendering()

    told = till.get(answer["Location"]).json()["bundle"]
    assert (told["state"], told["order"]) == ("done", None)
    assert told["files"][0] == {
        "name": "20100070970-01-F001-1.xml",
        "outcome": "registered",
        "reason": "Receipt F001-1 is registered on order PE-100017.",
        "order": "PE-100017",
        "receipt": "F001-1",
    }
    assert told["files"][2]["outcome"] == "ignored"
    assert Bundle.objects.get().origin == "api"
    assert AuditRecord.objects.filter(verb="api.receipts_sent").count() == 1
    assert run_checks() == []


def test_the_same_files_again_change_nothing(peru: Market, till: System) -> None:
    peruvian(peru, "PE-100017")
    for _ in range(2):
        address = send(till, *factura())["Location"]
        work_off_but_rendering()

    told = till.get(address).json()["bundle"]["files"]
    assert [(each["outcome"], each["order"]) for each in told] == [("duplicate", "PE-100017")] * 2
    assert Receipt.objects.count() == 1


def test_an_order_that_is_given_is_the_sellers_own(peru: Market, till: System, stranger: System) -> None:
    peruvian(peru, "A1")

    assert send(stranger, *factura(order="A1"), order="A1").status_code == 404
    assert not Bundle.objects.exists()
    told = send(till, *factura(order=""), order="A1").json()["bundle"]
    work_off_but_rendering()

    assert told["order"] == "A1"
    assert Receipt.objects.get().order.number == "A1"
    assert stranger.get(f"{LIST}bundles/{told['id']}/").status_code == 404
    assert stranger.get(LIST).json()["receipts"] == []


def test_what_cannot_be_taken_is_refused_as_everything_is(till: System, settings: Settings) -> None:
    for answer, status, code in (
        (send(till), 400, "bad_request"),
        (send(till, *[(f"{place}.xml", b"x") for place in range(1001)]), 413, "too_large"),
        (till.get(f"{LIST}bundles/999/"), 404, "not_found"),
        (till.get(f"{LIST}?since=yesterday"), 400, "bad_request"),
        (till.get(f"{LIST}?state=open"), 400, "bad_request"),
        (till.client.put(LIST, headers={"Authorization": f"Bearer {till.token}"}), 405, "method_not_allowed"),
        (Client().post(LIST), 401, "unauthorized"),
    ):
        assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)
    assert not Bundle.objects.exists()

    settings.ACCOUNT_RATE_LIMITS = {"api": "1/m/key"}
    assert [till.get(LIST).status_code for _ in range(2)] == [200, 429]


def test_receipts_are_listed_page_by_page_and_since(peru: Market, andes: Seller, till: System) -> None:
    for place in range(3):
        peruvian(peru, f"A{place}")
        hand_in(andes, *factura(place + 1, order=f"A{place}"), at=NOON + timedelta(days=place))

    first = till.get(f"{LIST}?limit=2").json()
    rest = till.get(f"{LIST}?limit=2&cursor={first['next']}").json()

    assert [row["number"] for row in first["receipts"]] == ["F001-1", "F001-2"]
    assert [row["number"] for row in rest["receipts"]] == ["F001-3"]
    assert rest["next"] is None
    told = first["receipts"][0]
    assert (told["order"], told["total"], told["currency"], told["late"]) == ("A0", "118.00", "PEN", False)
    assert (told["kind"], told["state"], told["return"], told["issued_on"]) == (
        "invoice",
        "registered",
        None,
        "2026-10-05",
    )
    since = quote(rest["receipts"][0]["registered_at"])
    assert [row["number"] for row in till.get(f"{LIST}?since={since}").json()["receipts"]] == ["F001-3"]


def test_an_order_tells_its_receipt(peru: Market, andes: Seller, till: System) -> None:
    peruvian(peru, "A1")
    peruvian(peru, "A2")
    hand_in(andes, *factura(order="A2"))

    assert till.get("/api/v1/orders/A1/").json()["order"]["receipt"] is None
    told = till.get("/api/v1/orders/A2/").json()["order"]
    assert told["receipt"] == {
        "number": "F001-1",
        "registered_at": told["receipt"]["registered_at"],
        "late": False,
    }
    assert told["receipt"]["registered_at"].endswith("-05:00")
    assert [order["receipt"] is None for order in till.get("/api/v1/orders/").json()["orders"]] == [
        True,
        False,
    ]
    assert read_order(json.dumps({key: told[key] for key in set(told) - TOLD_BESIDES})).number == "A2"


def test_a_receipt_is_news_for_the_webhook(
    peru: Market, andes: Seller, lucia: User, shop: ShopServer, watch: Callable[[], None], till: System
) -> None:
    webhook: Webhook = hook(andes, lucia, shop.url)
    peruvian(peru, "A1")
    watch()
    shop.received.clear()

    hand_in(andes, *factura(order="A1"))
    watch()

    (told,) = shop.told()
    assert (told["event"], told["from"], told["to"]) == ("order.receipt", "open", "open")
    assert told["order"]["receipt"]["number"] == "F001-1"
    assert told["order"] == till.get("/api/v1/orders/A1/").json()["order"]
    assert webhook.deliveries.filter(event="order.receipt", state="done").count() == 1
    assert run_checks() == []
