"""Accountants make keys for the marketplace's own systems, and take them back."""

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from marketplace.kernel.models import AuditRecord
from marketplace.parties.models import Market, Seller
from sellers.api.models import MarketKey, Scope
from sellers.api.operations.keys import digest_of
from tests.api.answers import error
from tests.api.market import Payments
from tests.desk import listed, make_looker, offered, page, press, seen

MAKE = "/admin/api/marketkey/make/"


def make(client: Client, of: Market, **changes: Any) -> Any:
    told = {"market": of.pk, "name": "payment system", "scopes": ["deposits"]}
    return client.post(MAKE, told | changes)


def test_a_key_is_shown_once_and_opens_what_it_is_for(
    mexico: Market, sol: Seller, carla_client: Client
) -> None:
    text = seen(make(carla_client, mexico))

    key = MarketKey.objects.get()
    (token,) = re.findall(r"saldo_market_\w{8}_[\w-]{43}", text)
    assert (key.digest, key.scopes) == (digest_of(token), frozenset({Scope.DEPOSITS}))
    payments = Payments(token, Client())
    assert payments.pay().status_code == 201
    assert error(payments.charge(), 403)
    assert token not in page(carla_client, key) + listed(carla_client, MarketKey)
    assert "MX payment system Deposits In use" in listed(carla_client, MarketKey)
    assert AuditRecord.objects.get(verb="market_key.created").details["for"] == ["deposits"]


def test_a_key_is_revoked_for_good(mexico: Market, sol: Seller, carla_client: Client) -> None:
    (token,) = re.findall(r"saldo_market_\w{8}_[\w-]{43}", seen(make(carla_client, mexico)))
    key = MarketKey.objects.get()

    assert press(carla_client, key, "revoke") == ["1 done."]

    assert error(Payments(token, Client()).pay(), 401)
    assert "Revoked" in listed(carla_client, MarketKey)
    assert offered(carla_client, key) == set()
    revoked_at = MarketKey.objects.get().revoked_at
    press(carla_client, key, "revoke")
    assert MarketKey.objects.get().revoked_at == revoked_at


@pytest.mark.parametrize("change", [{"scopes": []}, {"scopes": ["all"]}, {"name": ""}, {"market": ""}])
def test_a_key_for_nothing_is_not_made(
    change: dict[str, Any], mexico: Market, market: Market, carla_client: Client
) -> None:
    assert "error" in make(carla_client, mexico, **change).content.decode()
    assert make(carla_client, market).status_code == 200

    assert not MarketKey.objects.exists()


def test_who_may_only_look_makes_and_revokes_none(
    mexico: Market, carla_client: Client, sara_client: Client
) -> None:
    make(carla_client, mexico)
    key, looker = MarketKey.objects.get(), make_looker()

    assert make(looker, mexico).status_code == 403
    assert make(sara_client, mexico).status_code == 403
    assert looker.post(reverse("admin:api_marketkey_do", args=[key.pk, "revoke"])).status_code == 403
    assert sara_client.get(reverse("admin:api_marketkey_changelist")).status_code == 403

    assert MarketKey.objects.filter(revoked_at__isnull=True).count() == 1
