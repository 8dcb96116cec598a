"""Markets, sellers and logins: what is checked, what never changes, and who may raise whom."""

from dataclasses import dataclass

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from marketplace.kernel.models import AuditRecord
from marketplace.parties.models import AccountState, Market, Role, Seller
from marketplace.parties.operations import (
    NeverChanges,
    NothingProposed,
    SamePerson,
    approve_bank_account,
    propose_bank_account,
    save_market,
    save_seller,
)
from marketplace.parties.rules import (
    BadAccountNumber,
    BadTaxId,
    BadZone,
    check_account_number,
    check_tax_id,
    check_zone,
)
from marketplace.users.models import User
from tests.cast import BEFORE, client_of, make_market


@pytest.mark.parametrize(
    ("country", "good", "bad"),
    [
        ("CZ", "CZ25596641", "CZ25596642"),
        ("PL", "8567346215", "8567346216"),
        ("HU", "12892312", "12892313"),
        ("RO", "18547290", "18547291"),
        ("PE", "20512333797", "20512333798"),
        ("CO", "2131234321", "2131234322"),
    ],
)
def test_tax_ids_are_checked_by_their_country(country: str, good: str, bad: str) -> None:
    assert check_tax_id(f" {good} ", country=country) == good
    with pytest.raises(BadTaxId):
        check_tax_id(bad, country=country)


def test_account_numbers_are_ibans_where_the_country_uses_them() -> None:
    assert check_account_number("CZ65 0800 0000 1920 0014 5399", country="CZ") == "CZ6508000000192000145399"
    for number, country in (("CZ6508000000192000145398", "CZ"), ("1234", "MX"), ("", "CZ")):
        with pytest.raises(BadAccountNumber):
            check_account_number(number, country=country)


def test_a_time_zone_exists() -> None:
    assert check_zone("America/Lima") == "America/Lima"
    for zone in ("Europe/Pragueee", "", "../etc/passwd"):
        with pytest.raises(BadZone):
            check_zone(zone)


def test_every_change_is_on_the_record_from_what_to_what(market: Market, carla: User) -> None:
    market.unpaid_days = 14
    save_market(market=market, by=carla, at=BEFORE)

    kept = AuditRecord.objects.get(verb="market.changed")
    assert (kept.by, kept.details) == (carla, {"unpaid_days": [10, 14]})


@pytest.mark.parametrize(("field", "value"), [("currency", "EUR"), ("zone", "Europe/Berlin"), ("code", "DE")])
def test_what_amounts_and_periods_stand_in_never_changes(market: Market, field: str, value: str) -> None:
    setattr(market, field, value)

    with pytest.raises((NeverChanges, BadTaxId, BadAccountNumber)):
        save_market(market=market, by=None, at=BEFORE)

    assert getattr(Market.objects.get(), field) != value


def test_a_seller_never_moves_to_another_market(seller: Seller) -> None:
    seller.market = make_market("SK", currency="EUR", entity_tax_id="SK2022749619", entity_iban="")

    with pytest.raises(NeverChanges):
        save_seller(seller=seller, by=None, at=BEFORE)


def test_a_bank_account_needs_two_people(seller: Seller, ana: User, carla: User) -> None:
    with pytest.raises(NothingProposed):
        approve_bank_account(seller_id=seller.pk, by=carla, at=BEFORE)
    propose_bank_account(seller_id=seller.pk, number="CZ6508000000192000145399", by=ana, at=BEFORE)
    with pytest.raises(SamePerson):
        approve_bank_account(seller_id=seller.pk, by=ana, at=BEFORE)

    account = approve_bank_account(seller_id=seller.pk, by=carla, at=BEFORE)

    assert (account.state, account.masked) == (AccountState.ACTIVE, "CZ65 •••• 5399")


def test_roles_allow_what_they_are_for() -> None:
    allowed = {role: {each for each in Role if role.allows(each)} for role in Role}

    assert allowed[Role.OWNER] == set(Role)
    assert allowed[Role.FINANCE] == {Role.FINANCE, Role.VIEWER}
    assert allowed[Role.OPERATIONS] == {Role.OPERATIONS, Role.VIEWER}
    assert allowed[Role.VIEWER] == {Role.VIEWER}


@dataclass
class Keeper:
    """A member of staff who keeps logins, and is no superuser."""

    user: User
    client: Client


@pytest.fixture
def keeper(carla: User) -> Keeper:
    carla.user_permissions.add(*Permission.objects.filter(content_type__app_label="users"))
    return Keeper(carla, client_of(carla))


def test_nobody_makes_themselves_a_superuser(keeper: Keeper) -> None:
    address = reverse("admin:users_user_change", args=[keeper.user.pk])

    keeper.client.post(
        address, {"email": keeper.user.email, "name": "x", "is_active": "on", "is_superuser": "on"}
    )

    keeper.user.refresh_from_db()
    assert (keeper.user.is_superuser, keeper.user.name) == (False, "x")


def test_a_superusers_password_is_not_for_others_to_set(keeper: Keeper) -> None:
    root = User.objects.create_superuser("root@meridian.example", "as it was before")
    address = reverse("admin:auth_user_password_change", args=[root.pk])

    answer = keeper.client.post(address, {"password1": "mine now, surely", "password2": "mine now, surely"})

    root.refresh_from_db()
    assert answer.status_code == 403
    assert root.check_password("as it was before")


def test_a_seller_logins_password_set_by_staff_is_on_the_record(keeper: Keeper, ana: User) -> None:
    address = reverse("admin:auth_user_password_change", args=[ana.pk])

    keeper.client.post(
        address,
        {"usable_password": "true", "password1": "quite another one", "password2": "quite another one"},
    )

    ana.refresh_from_db()
    assert ana.check_password("quite another one")
    assert AuditRecord.objects.get(verb="login.password_set").subject == ana.email


def test_the_address_on_record_is_not_what_a_client_says_of_itself(ana: User) -> None:
    client = client_of(ana)

    client.post("/account/logout/", headers={"x-forwarded-for": "6.6.6.6"})

    assert AuditRecord.objects.get(verb="logout").address == "127.0.0.1"
