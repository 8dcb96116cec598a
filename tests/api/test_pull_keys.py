"""The keys sellers' systems show, and the orders they act on."""

import json
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from marketplace.kernel.models import AuditRecord
from marketplace.parties.models import Seller
from marketplace.users.models import User
from sellers.api.models import ApiKey
from sellers.api.operations.keys import make_key, revoke_key
from tests.api.answers import LIST, error
from tests.api.conftest import OPEN, MakeOrder, System


@pytest.mark.parametrize(
    "shown",
    [
        "",
        "Bearer",
        "Bearer saldo_wrong",
        "Basic c2FsZG86eA==",
        "Bearer " + "x" * 100_000,
        "bearer\x00",
        "Bearer saldo_%s_ž" % ("0" * 8),
    ],
)
def test_a_stranger_is_turned_away_and_told_what_to_do(shown: str, system: System) -> None:
    answer = Client().get(LIST, headers={"Authorization": shown})

    told = error(answer, 401)
    assert told["code"] == "unauthorized"
    assert "Settings" in told["message"]
    assert answer["WWW-Authenticate"].startswith("Bearer")


def test_a_signed_in_browser_is_a_stranger_to_the_api(ana_client: Client, make_order: MakeOrder) -> None:
    order = make_order(**OPEN)

    assert error(ana_client.get(LIST), 401)
    assert error(ana_client.post(f"{LIST}{order.number}/confirm/"), 401)
    order.refresh_from_db()
    assert order.confirmed_at is None


def test_a_revoked_key_opens_nothing_any_more(system: System, ana: User) -> None:
    assert system.get(LIST).status_code == 200

    revoke_key(key_id=ApiKey.objects.get().pk, by=ana, at=timezone.now())

    assert error(system.get(LIST), 401)


def test_the_keys_of_a_seller_that_left_open_nothing(system: System, seller: Seller) -> None:
    Seller.objects.filter(pk=seller.pk).update(is_active=False)

    assert error(system.get(LIST), 401)


def test_of_a_key_only_its_hash_is_kept(system: System) -> None:
    assert system.token not in json.dumps(list(ApiKey.objects.values()), default=str)
    assert system.token not in json.dumps(list(AuditRecord.objects.values()), default=str)


def test_when_a_key_was_used_is_noted_to_the_minute(system: System) -> None:
    system.get(LIST)
    first = ApiKey.objects.get().last_used_at
    system.get(LIST)

    assert first is not None
    assert ApiKey.objects.get().last_used_at == first


def test_what_customers_data_was_fetched_is_on_the_record(system: System, make_order: MakeOrder) -> None:
    system.get(LIST)
    make_order(number="1001")
    system.get(f"{LIST}?limit=5")
    system.get(f"{LIST}1001/")

    notes = AuditRecord.objects.filter(verb="api.orders_read").order_by("pk")
    assert [note.subject for note in notes] == ["1 orders", "1001"]


def test_a_key_may_not_ask_without_end(system: System, rivals_system: System, settings: Settings) -> None:
    settings.ACCOUNT_RATE_LIMITS = {"api": "3/m/key"}
    answers = [system.get(LIST).status_code for _ in range(4)]

    assert answers == [200, 200, 200, 429]
    assert error(system.get(LIST), 429)["code"] == "too_many_requests"
    assert rivals_system.get(LIST).status_code == 200


def test_whoever_tries_keys_is_slowed_down(system: System, settings: Settings) -> None:
    settings.ACCOUNT_RATE_LIMITS = {"api_refused": "3/m/ip"}
    answers = [Client().get(LIST).status_code for _ in range(4)]

    assert answers == [401, 401, 401, 429]
    assert system.get(LIST).status_code == 200


def test_a_seller_has_so_many_keys_and_no_more(
    seller: Seller, ana: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    from sellers.api.operations import keys

    monkeypatch.setattr(keys, "MOST_KEYS", 2)
    for name in ("a", "b"):
        make_key(seller_id=seller.pk, name=name, by=ana, at=timezone.now())

    with pytest.raises(keys.TooManyKeys):
        make_key(seller_id=seller.pk, name="c", by=ana, at=timezone.now() + timedelta(days=1))
