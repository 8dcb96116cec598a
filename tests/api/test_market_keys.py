"""The marketplace's own keys: what each opens, and for whom."""

import json

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from marketplace.kernel.models import AuditRecord
from marketplace.parties.models import Market, Role, Seller
from sellers.api.models import MarketKey, Scope
from sellers.api.operations.market_keys import revoke_market_key
from settlement.billing.models import Deposit
from tests.api.answers import error
from tests.api.conftest import System, system_of
from tests.api.market import DEPOSITS, PAYMENT, Payments, outcomes, payments_of, stand
from tests.cast import make_member
from tests.stories.hungary import make_agent, make_hungary


@pytest.fixture
def sols_system(sol: Seller) -> System:
    return system_of(sol, make_member(sol, "eva@sol.example", Role.OWNER))


def test_a_sellers_key_opens_nothing_of_the_marketplaces(sols_system: System, payments: Payments) -> None:
    payments.pay()
    before = stand()

    seller = Payments(sols_system.token, sols_system.client)
    for answer in (seller.pay(), seller.charge(), seller.get(f"{DEPOSITS}pay-1/")):
        assert error(answer, 403)["code"] == "forbidden"

    assert stand() == before


def test_a_key_of_the_marketplaces_opens_nothing_of_a_sellers(payments: Payments) -> None:
    for address in ("orders/", "receipts/", "deposits/", "billing-invoices/", "nothing/"):
        assert error(payments.get(f"/api/v1/{address}"), 403)["code"] == "forbidden"
    assert error(payments.post("/api/v1/orders/1/ship/", {}), 403)


def test_a_key_opens_only_what_it_is_for(mexico: Market, sol: Seller) -> None:
    tells, charges = payments_of(mexico, Scope.DEPOSITS), payments_of(mexico, Scope.FEES)
    before = stand()

    assert "Fees" in error(tells.charge(), 403)["message"]
    assert "Deposits" in error(charges.pay(), 403)["message"]
    assert error(charges.get(f"{DEPOSITS}pay-1/"), 403)

    assert stand() == before
    assert tells.pay().status_code == 201
    assert outcomes(charges.charge()) == ["charged"]


@pytest.mark.parametrize("shown", ["", "Bearer saldo_market_1_x", "Basic x", "Bearer " + "x" * 300])
def test_a_stranger_tells_nothing(shown: str, payments: Payments) -> None:
    before = stand()

    answer = Client().post(
        DEPOSITS, json.dumps(PAYMENT), content_type="application/json", headers={"Authorization": shown}
    )

    assert error(answer, 401)["code"] == "unauthorized"
    assert stand() == before


def test_a_revoked_key_opens_nothing_any_more(payments: Payments) -> None:
    revoke_market_key(key_id=MarketKey.objects.get().pk, by=None, at=timezone.now())
    before = stand()

    assert error(payments.pay(), 401)
    assert error(payments.get("/api/v1/orders/"), 401)

    assert stand() == before


def test_a_key_is_kept_as_its_hash_and_its_use_is_noted(payments: Payments) -> None:
    payments.pay()

    key = MarketKey.objects.get()
    assert payments.token.startswith(key.prefix)
    assert payments.token not in str(list(MarketKey.objects.values()))
    assert key.last_used_at is not None
    noted = AuditRecord.objects.get(verb="api.deposit_told")
    assert noted.details["key"] == key.prefix


def test_too_many_calls_are_put_off(payments: Payments, settings: Settings) -> None:
    settings.ACCOUNT_RATE_LIMITS = settings.ACCOUNT_RATE_LIMITS | {"api_market": "1/m/key"}
    payments.pay()
    before = stand()

    answer = payments.pay(external_id="pay-2")

    assert error(answer, 429)["code"] == "too_many_requests"
    assert answer["Retry-After"] == "60"
    assert stand() == before


def test_sellers_of_the_same_number_are_told_apart_by_the_keys_market(mexico: Market, sol: Seller) -> None:
    hungary = make_hungary(takes_deposits=True)
    twin = make_agent(hungary, "7101")

    payments_of(mexico).pay()
    payments_of(hungary).pay(currency="HUF")

    assert set(Deposit.objects.values_list("seller", flat=True)) == {sol.pk, twin.pk}
