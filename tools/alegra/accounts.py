"""Companies, the users who may speak for them, and what their plan has."""

import base64
import binascii
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from tools.alegra.countries import COUNTRIES, Country
from tools.alegra.store import Store
from tools.alegra.wire import Json, Refusal, Request

EVERYBODY = ""
"""The account under which companies and users themselves are kept."""
SWITCHES = (
    "strict_stock",
    "unique_identification",
    "list_notes",
    "strict_parameters",
    "numberings",
    "lacking_is",
)
"""How a company's Alegra behaves; its clients are not told."""


@dataclass(frozen=True)
class Account:
    """A company in Alegra, as its user sees it."""

    id: str
    email: str
    company: Json
    price_lists: bool
    warehouses: bool
    strict_stock: bool
    unique_identification: bool
    list_notes: str
    strict_parameters: bool
    numberings: bool
    lacking_is: str

    @property
    def zone(self) -> ZoneInfo:
        """The zone the company's clock shows."""
        return ZoneInfo(self.company["timezone"])

    @property
    def country(self) -> Country:
        """The edition the company uses."""
        return COUNTRIES[self.company["applicationVersion"]]


@dataclass(frozen=True)
class Call:
    """A request whose sender is known, the moment it came, and where things are kept."""

    request: Request
    account: Account
    store: Store
    at: datetime
    rejected: bool = False
    """Whether the tax authority refuses what is stamped now."""

    @property
    def local_time(self) -> str:
        """The moment as the company's clock shows it."""
        return self.at.astimezone(self.account.zone).strftime("%Y-%m-%d %H:%M:%S")

    def find(self, kind: str, key: str) -> Json | None:
        """Return one of the company's documents."""
        return self.store.find(self.account.id, kind, key)

    def insert(self, kind: str, body: Json) -> Json:
        """Keep a new document of the company."""
        return self.store.insert(self.account.id, kind, body)

    def update(self, kind: str, body: Json) -> None:
        """Keep a document's new body."""
        self.store.update(self.account.id, kind, body)

    def all(self, kind: str) -> list[Json]:
        """Return all the company's documents of a kind."""
        return self.store.select(self.account.id, kind)


def unauthorized() -> Refusal:
    """Refuse whoever we do not know, at any address."""
    return Refusal(401, {"message": "Unauthorized"})


def credentials_of(request: Request) -> tuple[str, str]:
    """Return the e-mail and the token a request brings.

    :raises Refusal: if it brings none.
    """
    scheme, _, coded = request.headers.get("Authorization", "").partition(" ")
    try:
        email, colon, token = base64.b64decode(coded, validate=True).decode().partition(":")
    except (binascii.Error, ValueError):
        raise unauthorized() from None
    if scheme.lower() != "basic" or not colon:
        raise unauthorized()
    return email, token


def account_of(store: Store, request: Request) -> Account:
    """Return the account a request speaks for.

    :raises Refusal: if its credentials open none.
    """
    email, token = credentials_of(request)
    user = store.find(EVERYBODY, "users", email)
    if user is None or user["token"] != token:
        raise unauthorized()
    company = store.find(EVERYBODY, "companies", user["account"])
    assert company is not None
    return Account(
        id=user["account"],
        email=email,
        company=company,
        price_lists=user["price_lists"],
        warehouses=user["warehouses"],
        strict_stock=company["strict_stock"],
        unique_identification=company["unique_identification"],
        list_notes=company.get("list_notes", "whole"),
        strict_parameters=company.get("strict_parameters", False),
        numberings=company.get("numberings", True),
        lacking_is=company.get("lacking_is", "refused"),
    )
