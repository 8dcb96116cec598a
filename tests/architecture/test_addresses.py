"""Every address, with every kind of visitor: nobody gets in where they do not belong, and no page is
forgotten.
"""

import re
from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from django.urls import reverse
from django.urls.converters import UUIDConverter
from django.utils import timezone
from pytest_django import Settings

from marketplace.parties.models import Role, Seller
from marketplace.users.models import User
from sellers.api.models import Scope
from sellers.api.operations.keys import make_key
from sellers.api.operations.market_keys import make_market_key
from tests.architecture.addresses import (
    API_CALLS,
    API_MARKET,
    API_READS,
    API_WRITES,
    MISSING_FILES,
    OF_ONE_ROW,
    OPEN_TO_ALL,
    READS,
    WRITES,
    Arguments,
    named,
)
from tests.architecture.conftest import stand
from tests.cast import client_of, make_member


def test_every_address_of_ours_is_listed_here() -> None:
    ours = {name for name, _ in named() if name.startswith(("portal:", "door:", "api:"))}

    assert ours == READS | set(WRITES) | API_CALLS | {"door:switch"}


@pytest.mark.django_db
def test_a_stranger_is_sent_to_the_login_from_everywhere_else() -> None:
    client = Client()
    for name, pattern in named():
        if name in OPEN_TO_ALL | API_CALLS or name.endswith(":jsi18n"):
            continue
        if name.startswith("admin:") or name.endswith("None"):
            continue
        arguments = dict.fromkeys(pattern.pattern.converters, "1")
        if isinstance(pattern.pattern.converters.get("key"), UUIDConverter):
            arguments["key"] = str(UUID(int=1))
        if "first_on" in arguments:
            arguments = {"first_on": "2026-10-01", "end_on": "2026-11-01"}
        for method in (client.get, client.post):
            answer = method(reverse(name, kwargs=arguments))
            assert answer.status_code in (302, 404, 405), (name, answer.status_code)
            if answer.status_code == 302:
                assert "/account/" in answer["Location"], (name, answer["Location"])


def test_without_a_key_no_system_gets_in_whoever_is_signed_in(
    rows: Arguments, ana_client: Client, carla_client: Client, settings: Settings
) -> None:
    settings.ACCOUNT_RATE_LIMITS = {}  # so that it is not for their number that they are turned away
    patterns, before = dict(named()), stand()
    for name in sorted(API_CALLS):
        address = reverse(name, kwargs=dict.fromkeys(patterns[name].pattern.converters, "1"))
        for client in (Client(), ana_client, carla_client):
            for call in (client.get, client.post, client.put, client.delete, client.head, client.options):
                assert call(address).status_code == 401, (name, call)

    assert stand() == before


def test_another_sellers_key_finds_no_order_and_moves_none(
    rows: Arguments, rival: Seller, beto: User
) -> None:
    _key, token = make_key(seller_id=rival.pk, name="x", by=beto, at=timezone.now())
    before = stand()

    for name in sorted(API_READS - {"api:orders"} | API_WRITES):
        address = reverse(name, kwargs=rows["portal:order"])
        call = Client().get if name in API_READS else Client().post
        assert call(address, headers={"Authorization": f"Bearer {token}"}).status_code == 404, name

    assert stand() == before


def test_a_sellers_key_opens_nothing_of_the_marketplaces_and_none_of_its_keys_a_sellers(
    rows: Arguments, seller: Seller, ana: User
) -> None:
    _key, of_seller = make_key(seller_id=seller.pk, name="x", by=ana, at=timezone.now())
    _market_key, of_market = make_market_key(
        market_id=seller.market_id, name="x", scopes=list(Scope), by=None, at=timezone.now()
    )
    patterns, before = dict(named()), stand()

    for name in sorted(API_CALLS):
        token = of_seller if name in API_MARKET else of_market
        address = reverse(name, kwargs=dict.fromkeys(patterns[name].pattern.converters, "1"))
        for call in (Client().get, Client().post, Client().delete):
            answer = call(address, headers={"Authorization": f"Bearer {token}"})
            assert answer.status_code == 403, name

    assert stand() == before


def test_the_owner_reads_all_their_pages(rows: Arguments, ana_client: Client) -> None:
    for name in sorted(READS):
        answer = ana_client.get(reverse(name, kwargs=rows.get(name)))
        assert answer.status_code == (404 if name in MISSING_FILES else 200), name
        if answer.status_code == 200:
            assert "no-" in answer["Cache-Control"], name
        for close in vars(answer)["_resource_closers"]:  # close() itself would cut the test's own connection
            close()


@pytest.mark.parametrize("name", sorted(OF_ONE_ROW))
def test_another_sellers_rows_are_not_there(name: str, rows: Arguments, beto_client: Client) -> None:
    before = stand()
    address = reverse(name, kwargs=rows[name])

    answer = beto_client.get(address) if name in READS else beto_client.post(address)

    assert answer.status_code == 404
    assert stand() == before


@pytest.mark.parametrize(("name", "needed"), sorted(WRITES.items()))
def test_a_viewer_may_look_and_not_touch(name: str, needed: Role, rows: Arguments, seller: Seller) -> None:
    viewer = client_of(make_member(seller, "viktor@horizont.example", Role.VIEWER))
    before = stand()

    answer = viewer.post(reverse(name, kwargs=rows.get(name)))

    assert answer.status_code == 403
    assert stand() == before


@pytest.mark.parametrize("name", sorted(WRITES))
def test_nothing_is_changed_by_looking(name: str, rows: Arguments, ana_client: Client) -> None:
    before = stand()

    assert ana_client.get(reverse(name, kwargs=rows.get(name))).status_code == 405
    assert stand() == before


@pytest.mark.parametrize("name", sorted(WRITES))
def test_who_opens_the_address_of_a_form_is_led_to_a_page(
    name: str, rows: Arguments, ana_client: Client
) -> None:
    answer = ana_client.get(reverse(name, kwargs=rows.get(name)))

    text = answer.content.decode()
    assert "Nothing was sent or changed just now" in text
    [page] = re.findall(r'class="btn btn-secondary" href="([^"]+)"', text)
    led = ana_client.get(page, follow=True)
    led.close()
    assert led.status_code == 200


def test_an_accountant_without_a_seller_belongs_in_the_back_office(
    rows: Arguments, carla_client: Client
) -> None:
    for name in sorted(READS):
        answer = carla_client.get(reverse(name, kwargs=rows.get(name)))
        assert (answer.status_code, answer["Location"]) == (302, "/admin/")


def test_a_login_of_two_sellers_switches_between_them_and_to_no_third(
    seller: Seller, rival: Seller, ana: User, ana_client: Client, market: Any
) -> None:
    from tests.cast import make_seller

    stranger = make_seller(market, "3999", "Nobody's")
    make_member(rival, ana.email, Role.VIEWER)

    assert ana_client.post(reverse("door:switch"), {"seller": rival.pk}).status_code == 302
    assert "Severka" in ana_client.get("/").content.decode()

    assert ana_client.post(reverse("door:switch"), {"seller": stranger.pk}).status_code == 404
    assert "Severka" in ana_client.get("/").content.decode()
