"""Filling a database with as many orders as a benchmark wants, the fastest way each engine has."""

from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import connection, models, transaction

from marketplace.orders.models import Billable, Order, OrderRate, State, Tender
from marketplace.orders.rules.pricing import RatePart, purchase_net, purchase_vat
from marketplace.parties.models import Contract, Market, Seller
from tests.bench.period import STARTS_AT
from tests.cast import make_market, make_seller

CHUNK = 20_000
COMMISSION_BP = 1500
NAMES = (
    "Eva Nováková",
    "Jiří & syn, s.r.o.",
    "Łukasz Żółć",
    "Ana-Maria Iñárritu",
    "Tomáš Dvořák",
    "O'Neill",
    "Petr Černý",
)
PAYMENTS = ("card", "cod", "transfer", "card+cod")
CUSTOMER = {
    "customer_phone": "+420601000000",
    "customer_company": "",
    "customer_id_type": "",
    "customer_id_number": "",
    "customer_tax_id": "",
    "customer_street": "Dlouhá 1",
    "customer_city": "Praha",
    "customer_zip": "11000",
    "customer_country": "CZ",
}
TERMS = {
    "basket": "100853393",
    "channel": "web",
    "model": "resale",
    "fulfilment": "seller",
    "test": False,
    "state": State.DELIVERED,
    "confirmed_at": None,
    "shipped_at": None,
    "receipt_at": None,
    "currency": "CZK",
    "parts": '{"lines": "0123456789abcdef", "tenders": "", "terms": "", "customer": ""}',
}
UNEVEN = (1, 3, 10, 26)
"""How the sellers of a market differ: four of them have forty parts of the orders between them."""


def load(*counts: int) -> list[Seller]:
    """Make a market with a seller per count, each with as many delivered orders that no document holds."""
    market = make_market()
    sellers = [make_seller(market, str(3000 + place), f"Seller {place}") for place in range(len(counts))]
    first = 1
    for seller, count in zip(sellers, counts, strict=True):
        _load_orders(market, seller, count, first)
        first += count
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return sellers


def load_market(sellers: int, orders: int) -> None:
    """Make a market of so many sellers, small and large, who have delivered so many orders between them."""
    market = make_market(approves_clean=True)
    first = 1
    for seller, place in zip(_make_sellers(market, sellers), range(sellers), strict=True):
        upto = orders * (sum(UNEVEN) * (place // 4) + sum(UNEVEN[: place % 4 + 1])) * 4 // (40 * sellers)
        count = (orders if place == sellers - 1 else upto) - first + 1
        _load_orders(market, seller, count, first)
        first += count
    with connection.cursor() as cursor:  # as PostgreSQL does by itself within minutes
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")


def _make_sellers(market: Market, count: int) -> list[Seller]:
    sellers = Seller.objects.bulk_create(
        Seller(
            market=market,
            partner_number=f"{10_000 + place}",
            name=f"Seller {place}",
            tax_id="CZ25596641",
            street="Lipová 3",
            city="Brno",
            zip="602 00",
            country="CZ",
            email=f"{place}@seller.example",
        )
        for place in range(count)
    )
    Contract.objects.bulk_create(
        Contract(seller=seller, model="resale", commission_bp=COMMISSION_BP) for seller in sellers
    )
    return sellers


def _load_orders(market: Market, seller: Seller, count: int, first: int) -> None:
    """Orders delivered evenly over October and the two months before."""
    for start in range(0, count, CHUNK):
        rows = [
            _order(market, seller, first + place, place / count)
            for place in range(start, min(start + CHUNK, count))
        ]
        with transaction.atomic():
            _trust()
            _insert(Order, rows)
            _insert(OrderRate, (rate for row in rows for rate in _rates(row)))
            _insert(Tender, (_tender(row) for row in rows))
            _insert(Billable, (_billable(row) for row in rows))


def _trust() -> None:
    """Leave the triggers of PostgreSQL out until the commit: they cost far more than the rows."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL session_replication_role = replica")


def _order(market: Market, seller: Seller, key: int, part: float) -> dict[str, Any]:
    placed = (STARTS_AT - timedelta(days=60) + timedelta(days=85) * part).replace(microsecond=0)
    total = 10_000 + key * 7919 % 900_000
    held = total if key % 4 == 1 else 0
    parts = _rate_parts(key, total)
    net = sum(part.purchase_net for part in parts)
    return {
        **TERMS,
        **CUSTOMER,
        "id": key,
        "market_id": market.pk,
        "seller_id": seller.pk,
        "number": f"{10_000_000_000 + key}",
        "placed_at": placed,
        "delivered_at": placed + timedelta(days=3),
        "taken_at": placed,
        "total": total,
        "voucher_amount": 0,
        "cod_amount": held,
        "to_collect": held,
        "held_by_seller": held,
        "held_by_marketplace": total - held,
        "payment": PAYMENTS[key % 4],
        "purchase_net": net,
        "purchase_gross": net + purchase_vat(parts),
        "customer_name": NAMES[key % len(NAMES)],
        "customer_email": f"customer{key}@example.com",
    }


def _rate_parts(key: int, total: int) -> list[RatePart]:
    """Every fourth order has goods at a second rate."""
    reduced = total // 3 if key % 4 == 0 else 0
    gross = {2100: total - reduced, 1200: reduced}
    return [
        RatePart(vat_bp, amount, purchase_net(amount, vat_bp=vat_bp, commission_bp=COMMISSION_BP), 0)
        for vat_bp, amount in gross.items()
        if amount
    ]


def _rates(order: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for part in _rate_parts(order["id"], order["total"]):
        yield {"order_id": order["id"], **asdict(part)}


def _tender(order: dict[str, Any]) -> dict[str, Any]:
    return {
        "order_id": order["id"],
        "position": 1,
        "method": order["payment"].partition("+")[0],
        "amount": order["total"],
        "custody": "seller" if order["held_by_seller"] else "marketplace",
        "state": "captured",
        "refunded": 0,
        "paid_at": order["taken_at"],
    }


def _billable(order: dict[str, Any]) -> dict[str, Any]:
    return {"order_id": order["id"], "seller_id": order["seller_id"], "delivered_at": order["delivered_at"]}


def _insert(model: type[models.Model], rows: Any) -> None:
    ready: Iterator[dict[str, Any]] = iter(rows)
    first = next(ready)
    table, names = model._meta.db_table, ", ".join(f'"{name}"' for name in first)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f'COPY "{table}" ({names}) FROM STDIN') as copy:
                for row in _all(first, ready):
                    copy.write_row(tuple(row.values()))
            return
        marks = ", ".join(["%s"] * len(first))
        statement = f'INSERT INTO "{table}" ({names}) VALUES ({marks})'  # noqa: S608 - our own names
        cursor.executemany(statement, [[_plain(each) for each in row.values()] for row in _all(first, ready)])


def _all(first: dict[str, Any], rest: Iterator[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    yield first
    yield from rest


def _plain(value: Any) -> Any:
    """A value as SQLite keeps it: instants as texts in UTC."""
    return str(value.astimezone(UTC).replace(tzinfo=None)) if isinstance(value, datetime) else value
