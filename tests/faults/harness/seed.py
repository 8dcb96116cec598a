"""The marketplace every round begins with, and what its shops tell of last month: the same for a seed."""

import json
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.management import call_command
from django.db import connections
from django.utils import timezone

from marketplace.parties.models import Cadence, NegativeBalance, Role
from marketplace.parties.operations import approve_bank_account, propose_bank_account
from tests.cast import BEFORE, client_of, make_accountant, make_market, make_member, make_seller
from tests.orders.telling import cod_fee, goods, shipping, tell_order, tender

ZONE = ZoneInfo("Europe/Prague")
MARKET = "CZ"
WAYS = {
    "delivered": ("open", "shipped", "delivered"),
    "returned": ("open", "shipped", "returned"),
    "cancelled": ("open", "cancelled"),
    "open": ("open",),
}
ENDINGS = ("delivered",) * 7 + ("returned", "cancelled", "open")
OPEN = "storm-"
"""How the orders' numbers begin that a storm of requests confirms."""

CARLA, DAN = "carla@meridian.example", "dan@meridian.example"
IBANS = ("CZ6508000000192000145399", "CZ9455000000001011038930", "CZ5508000000001234567899")


@dataclass(frozen=True)
class Month:
    """The month before this one: the period that is settled."""

    first_on: date
    end_on: date

    @classmethod
    def last(cls) -> "Month":
        end_on = timezone.now().astimezone(ZONE).date().replace(day=1)
        return cls((end_on - timedelta(days=1)).replace(day=1), end_on)

    @property
    def last_on(self) -> date:
        return self.end_on - timedelta(days=1)


def plant(sellers: int) -> dict[str, str]:
    """Migrate the world and fill it with a market, its sellers and their logins; each seller's session."""
    call_command("migrate", verbosity=0)
    market = make_market(MARKET, default_cadence=Cadence.MONTH)
    carla, dan = make_accountant(CARLA), make_accountant(DAN)
    sessions = {}
    for place in range(sellers):
        number = str(3003 + place)
        seller = make_seller(market, number, f"Seller {number}", negative_balance=NegativeBalance.DEMAND)
        propose_bank_account(seller_id=seller.pk, number=IBANS[place], by=carla, at=BEFORE)
        approve_bank_account(seller_id=seller.pk, by=dan, at=BEFORE)
        owner = make_member(seller, f"owner.{number}@seller.example", Role.OWNER)
        sessions[number] = client_of(owner).cookies[settings.SESSION_COOKIE_NAME].value
    connections.close_all()
    return sessions


def tell_month(sellers: Collection[str], *, orders: int, seed: int) -> list[list[dict[str, Any]]]:
    """What happened to each order, told in the order it happened: one list per order.

    The last seller's customers pay it in cash, so that it owes more than it is owed.
    """
    random, month = Random(seed), Month.last()  # noqa: S311
    return [
        _life(f"{seller}-{place:04}", seller, month, random, by_cod=1.0 if seller == max(sellers) else 0.4)
        for seller in sellers
        for place in range(orders)
    ]


def tell_open(sellers: Iterable[str], *, orders: int) -> list[list[dict[str, Any]]]:
    """Open orders for a storm of requests, the sellers in turn."""
    numbers, month, random = list(sellers), Month.last(), Random(0)  # noqa: S311
    return [
        _life(f"{OPEN}{place}", numbers[place % len(numbers)], month, random, by_cod=0.4, ending="open")
        for place in range(orders)
    ]


def write_file(path: Path, told: Iterable[dict[str, Any]]) -> Path:
    """Write orders as a shop would send them, one a line."""
    path.write_text("".join(json.dumps(each) + "\n" for each in told))
    return path


def _life(
    number: str, seller: str, month: Month, random: Random, *, by_cod: float, ending: str = ""
) -> list[dict[str, Any]]:
    way = WAYS[ending or random.choice(ENDINGS)]
    placed = _some_time(month, random)
    times = {step: (placed + timedelta(days=place)).isoformat() for place, step in enumerate(way)}
    lines, tenders = _bought(random, by_cod)
    return [
        tell_order(
            number=number,
            seller=seller,
            status=step,
            placed=placed.isoformat(),
            status_times={each: times[each] for each in way[1 : place + 1]},
            lines=lines,
            tenders=tenders,
        )
        for place, step in enumerate(way)
    ]


def _some_time(month: Month, random: Random) -> datetime:
    """Early enough for the whole way to lie in the month; for some orders, too late for that."""
    days = (month.last_on - month.first_on).days
    day = month.first_on + timedelta(days=random.randrange(days if random.random() < 0.1 else days - 4))
    return datetime.combine(day, time(random.randrange(8, 20), random.randrange(60)), ZONE)


def _bought(random: Random, by_cod: float) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    cents, quantity = random.randrange(5_00, 9_000_00), random.randrange(1, 4)
    vat = random.choice(["21", "12"])
    lines = [goods(_text(cents), quantity=quantity, vat=vat), shipping("99.00")]
    total = cents * quantity + 99_00
    if random.random() < by_cod:
        return [*lines, cod_fee("39.00")], [tender("cod", _text(total + 39_00))]
    return lines, [tender("card", _text(total))]


def _text(cents: int) -> str:
    return f"{cents // 100}.{cents % 100:02}"
