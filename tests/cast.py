"""The cast: ana owns a seller, beto its rival, carla is the accountant, dan her colleague, sara works in
customer service; and what they do.
"""

import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client
from django.utils import timezone

from marketplace.kernel import jobs
from marketplace.kernel.models import Job
from marketplace.kernel.zones import local_date
from marketplace.orders.models import Order
from marketplace.orders.operations.intake import Outcome, Taken, take_orders
from marketplace.orders.parsing.saldo import read_order
from marketplace.parties.models import BusinessModel, Contract, Market, Member, Role, Seller
from marketplace.parties.operations import save_contract, save_market, save_member, save_seller
from marketplace.parties.staff import StaffRole, give_role, rights_of
from marketplace.users.models import User
from settlement.documents.models import Document
from settlement.runs.models import Origin
from settlement.runs.operations import start_run
from settlement.runs.queries import run_answers
from tests.orders.telling import tell_order

PASSWORD = "correct horse battery"
BEFORE = datetime(2026, 9, 1, 8, tzinfo=UTC)
AFTER_OCTOBER = datetime(2026, 11, 2, 6, tzinfo=UTC)
OCTOBER = date(2026, 10, 31)

RENDERING = (
    "documents.render",
    "billing.render",
    "billing.draw_invoice",
    "netting.render",
    "payouts.render",
    "payouts.render_demand",
    "payouts.render_confirmation",
)

MakeOrder = Callable[..., Order]
Settle = Callable[..., list[dict[str, Any]]]


def make_market(code: str = "CZ", **fields: Any) -> Market:
    """A market as an accountant would enter it."""
    values: dict[str, Any] = {
        "code": code,
        "name": f"Meridian {code}",
        "currency": "CZK",
        "zone": "Europe/Prague",
        "language": "en",
        "standard_vat_bp": 2100,
        "entity_name": "Meridian Market s.r.o.",
        "entity_tax_id": "CZ25596641",
        "entity_street": "Dlouhá 12",
        "entity_city": "Praha",
        "entity_zip": "110 00",
        "entity_iban": "CZ6508000000192000145399",
        "accounting_email": f"accounting.{code.lower()}@meridian.example",
        "support_email": f"support.{code.lower()}@meridian.example",
        "receipts_email": f"receipts.{code.lower()}@meridian.example",
    }
    return save_market(market=Market(**(values | fields)), by=None, at=BEFORE)


def make_seller(market: Market, partner_number: str, name: str, **terms: Any) -> Seller:
    """A seller with a resale contract of 15 %, monthly, clean submissions approved without a person."""
    row = Seller(
        market=market,
        partner_number=partner_number,
        name=name,
        tax_id="CZ25596641",
        street="Lipová 3",
        city="Brno",
        zip="602 00",
        country="CZ",
        email=f"{partner_number}@seller.example",
    )
    seller = save_seller(seller=row, by=None, at=BEFORE)
    values: dict[str, Any] = {"model": BusinessModel.RESALE, "commission_bp": 1500, "approves_clean": True}
    save_contract(contract=Contract(seller=seller, **(values | terms)), by=None, at=BEFORE)
    return seller


@pytest.fixture
def market(db: None) -> Market:
    return make_market()


@pytest.fixture
def seller(market: Market) -> Seller:
    return make_seller(market, "3003", "Horizont s.r.o.")


@pytest.fixture
def rival(market: Market) -> Seller:
    return make_seller(market, "3004", "Severka s.r.o.")


def make_member(seller: Seller, email: str, role: Role) -> User:
    user = User.objects.filter(email=email).first() or User.objects.create_user(email, PASSWORD)
    save_member(member=Member(user=user, seller=seller, role=role), by=None, at=BEFORE)
    return user


@pytest.fixture
def ana(seller: Seller) -> User:
    return make_member(seller, "ana@horizont.example", Role.OWNER)


@pytest.fixture
def beto(rival: Seller) -> User:
    return make_member(rival, "beto@severka.example", Role.OWNER)


def make_accountant(email: str) -> User:
    """A member of the marketplace's accounting, with the rights of that role, no superuser."""
    user = User.objects.create_user(email, PASSWORD, is_staff=True)
    user.user_permissions.set(rights_of(StaffRole.ACCOUNTANTS))
    return user


@pytest.fixture
def carla(db: None) -> User:
    return make_accountant("carla@meridian.example")


@pytest.fixture
def dan(db: None) -> User:
    return make_accountant("dan@meridian.example")


@pytest.fixture
def sara(db: None) -> User:
    """She works in customer service."""
    user = User.objects.create_user("sara@meridian.example", PASSWORD)
    return give_role(user_id=user.pk, role=StaffRole.CUSTOMER_SERVICE, by=None, at=BEFORE)


def client_of(user: User) -> Client:
    """A browser in which this login has signed in, staff with their second factor."""
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    session = client.session
    session["account_authentication_methods_user"] = str(user.pk)
    session["account_authentication_methods"] = [{"method": "password", "at": 1.0}]
    if user.is_staff:
        Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={"secret": ""})
        session["account_authentication_methods"] += [{"method": "mfa", "at": 2.0, "type": "totp", "id": 1}]
    session.save()
    return client


@pytest.fixture
def ana_client(ana: User) -> Client:
    return client_of(ana)


@pytest.fixture
def beto_client(beto: User) -> Client:
    return client_of(beto)


@pytest.fixture
def carla_client(carla: User) -> Client:
    return client_of(carla)


@pytest.fixture
def sara_client(sara: User) -> Client:
    return client_of(sara)


def today_in(market: Market) -> date:
    """The day it is where a market is: late in the evening another one than in UTC."""
    return local_date(timezone.now(), market.zone)


def take(market: Market, *told: dict[str, Any], at: datetime = BEFORE) -> list[Taken]:
    """Tell orders to the marketplace as a file of them would."""
    facts = [read_order(json.dumps(each)) for each in told]
    return take_orders(market=market, told=facts, at=at)


@pytest.fixture
def make_order(seller: Seller) -> MakeOrder:
    """Take in an order of ana's seller; see :func:`tests.orders.telling.tell_order` for what it may be
    told.
    """

    def make(**facts: Any) -> Order:
        facts.setdefault("seller", seller.partner_number)
        told = tell_order(**facts)
        (taken,) = take(seller.market, told)
        assert taken.outcome == Outcome.TAKEN, taken.reason
        return Order.objects.select_related("market").get(market=seller.market, number=told["number"])

    return make


def settle(market: Market, through: date = OCTOBER, at: datetime = AFTER_OCTOBER) -> list[dict[str, Any]]:
    """Settle a market as the command does, but for the rendering of the files."""
    run = start_run(market=market, through=through, origin=Origin.MANUAL, by=None, at=at)
    work_off_but_rendering()
    return list(run_answers(run))


def work_off_but_rendering() -> None:
    """Run all jobs but the rendering of papers, which takes seconds and is tested by itself."""
    Job.objects.filter(name__in=RENDERING).update(ready_at=datetime(2100, 1, 1, tzinfo=UTC))
    while (claimed := jobs.claim()) is not None:
        if claimed.row.name in RENDERING:
            Job.objects.filter(pk=claimed.row.pk).update(
                state="ready", ready_at=datetime(2100, 1, 1, tzinfo=UTC)
            )
            continue
        jobs.run(claimed)
    assert not Job.objects.filter(state="dead").exists(), Job.objects.filter(state="dead").first()


@pytest.fixture
def issue_document(seller: Seller, make_order: MakeOrder) -> Callable[..., Document]:
    """A document of ana's seller over one delivered order, or over those made before."""

    def issue(*, fresh: bool = True, through: date = OCTOBER, at: datetime = AFTER_OCTOBER) -> Document:
        if fresh:
            make_order()
        settle(seller.market, through=through, at=at)
        return Document.objects.of(seller).latest("pk")

    return issue


def reasons(answer: dict[str, Any]) -> dict[str, str]:
    """What a settlement's answer says of the orders it left out."""
    return {each["number"]: each["reason"] for each in answer["excluded"]}
