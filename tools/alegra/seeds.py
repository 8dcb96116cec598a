"""Companies to try things on: the same request makes the same company, to the last barcode."""

import random
import uuid
from dataclasses import dataclass, field, fields
from decimal import Decimal

from tools.alegra.accounts import EVERYBODY, SWITCHES
from tools.alegra.countries import COUNTRIES, Country
from tools.alegra.lines import SCALE
from tools.alegra.seed_items import items_of
from tools.alegra.seed_setup import CLIENTS, COMPANIES, add_setup
from tools.alegra.store import Store
from tools.alegra.wire import Json


@dataclass(frozen=True)
class Wanted:
    """A company as a seed file or a test asks for it."""

    email: str
    token: str
    country: str = "colombia"
    company: str = ""
    identification: str = ""
    seed: int = 1
    items: int = 20
    contacts: int = 3
    price_lists: bool = True
    warehouses: bool = True
    strict_stock: bool = False
    unique_identification: bool = False
    list_notes: str = "whole"
    """An invoice's notes in the list of invoices: "whole", "cut", "blank", "none", or "bare" of more."""
    strict_parameters: bool = False
    numberings: bool = True
    lacking_is: str = "refused"
    """How a list that the plan does not have is told of: "refused" or "empty"."""
    last_number: int = 5000
    skus: list[Json] = field(default_factory=list)
    """Items of one's own: name, reference, barcode, price (net), tax (percent), stock, type."""


def wanted_of(body: Json) -> Wanted:
    """Return what a seed asks for.

    :raises ValueError: if it names what a company does not have.
    """
    unknown = body.keys() - {known.name for known in fields(Wanted)}
    wanted = Wanted(**{name: value for name, value in body.items() if name not in unknown})
    if unknown or wanted.country not in COUNTRIES:
        raise ValueError(f"not known: {', '.join(sorted(unknown)) or wanted.country}")
    return wanted


def add_account(store: Store, body: Json) -> Json:
    """Make a company with a user, its set-up, items and contacts; return their ids."""
    wanted = wanted_of(body)
    country, dice = COUNTRIES[wanted.country], random.Random(f"{wanted.country}:{wanted.seed}")
    company = COMPANIES[wanted.country] | {name: getattr(wanted, name) for name in SWITCHES}
    if wanted.company:
        company["name"] = wanted.company
    if wanted.identification:
        known = {**company["identificationObject"], "number": wanted.identification}
        company |= {"identification": wanted.identification, "identificationObject": known}
    account = store.insert(EVERYBODY, "companies", company)["id"]
    user = {"token": wanted.token, "account": account}
    user |= {"price_lists": wanted.price_lists, "warehouses": wanted.warehouses}
    store.insert(EVERYBODY, "users", user, key=wanted.email)
    lists = _price_lists(country, dice)
    add_setup(store, account, country, lists, last_number=wanted.last_number)
    for item in items_of(country, dice, wanted.items, wanted.skus):
        _add_item(store, account, country, lists, item)
    for place in range(wanted.contacts):
        store.insert(account, "contacts", CLIENTS[wanted.country][place % len(CLIENTS[wanted.country])])
    return _told(store, account)


def _told(store: Store, account: str) -> Json:
    kinds = ("taxes", "price-lists", "warehouses", "number-templates", "bank-accounts", "items", "contacts")
    names = (
        "id",
        "name",
        "reference",
        "barcode",
        "percentage",
        "type",
        "prefix",
        "isElectronic",
        "identification",
    )
    rows = {kind: store.select(account, kind) for kind in kinds}
    told = {
        kind: [{name: row[name] for name in names if name in row} for row in found]
        for kind, found in rows.items()
    }
    return {"account": account, **told}


def _price_lists(country: Country, dice: random.Random) -> list[str]:
    """Ids of price lists: digits once, UUIDs where the edition is newer."""
    if country.version == "peru":
        return ["1", "2", "3"]
    return [str(uuid.UUID(int=dice.getrandbits(128), version=4)) for _ in range(3)]


def _add_item(store: Store, account: str, country: Country, lists: list[str], item: Json) -> None:
    """Keep an item, its tax by percentage turned into the tax's id; prices on the main list and the third."""
    percentages = [Decimal(tax.percentage) for tax in country.taxes]
    tax = item.get("tax")
    keys = [] if tax is None else [str(percentages.index(Decimal(str(tax))) + 1)]
    price = Decimal(str(item["price"]))
    prices = {lists[0]: str(price), lists[2]: str((price * Decimal("0.8")).quantize(SCALE))}
    kept = store.insert(
        account, "items", {"status": "active", "description": "", **item, "tax": keys, "price": prices}
    )
    if kept["type"] == "variant":
        parent = store.select(account, "items", [_parent_of(kept)], limit=1)
        for row in parent:
            shown = {"id": kept["id"], "name": kept["name"], "reference": kept["reference"]}
            store.update(account, "items", {**row, "variants": [*row["variants"], shown]})


def _parent_of(variant: Json) -> tuple[str, list[str]]:
    clause = "json_extract(body, '$.type') = 'variantParent' AND json_extract(body, '$.reference') = ?"
    return clause, [variant["reference"]]
