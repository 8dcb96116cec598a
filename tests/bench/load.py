"""Filling a database with as many orders as a benchmark wants, the fastest way each engine has."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import connection, models, transaction

from marketplace.orders.models import Billable, Order, State, Tender
from marketplace.parties.models import BusinessModel, Contract, Market, Seller

STARTS_AT = datetime(2026, 9, 30, 22, tzinfo=UTC)
CUTOFF = datetime(2026, 10, 31, 23, tzinfo=UTC)
"""October 2026 in Prague."""
CHUNK = 20_000
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
STATES = (State.DELIVERED,) * 7 + (State.SHIPPED, State.OPEN, State.CANCELLED)


def make_seller() -> Seller:
    """Make a market, and a seller in it whose contract is resale by the month."""
    market = Market.objects.create(
        code="CZ",
        name="Market",
        currency="CZK",
        zone="Europe/Prague",
        language="cs",
        standard_vat_bp=2100,
        entity_name="Market s.r.o.",
        entity_tax_id="CZ25596641",
        entity_street="Dlouhá 1",
        entity_city="Praha",
        entity_zip="11000",
        accounting_email="a@example.com",
        support_email="s@example.com",
        receipts_email="r@example.com",
    )
    seller = Seller.objects.create(
        market=market,
        partner_number="3003",
        name="Seller",
        tax_id="CZ25596641",
        street="Dlouhá 1",
        city="Praha",
        zip="11000",
        country="CZ",
        email="seller@example.com",
    )
    Contract.objects.create(seller=seller, model=BusinessModel.RESALE, cadence="month", commission_bp=1500)
    return seller


def load_orders(seller: Seller, count: int, *, delivered_only: bool = True) -> None:
    """Write orders placed evenly over a year, or delivered evenly over the period and its two months
    before.
    """
    with transaction.atomic():
        for start in range(0, count, CHUNK):
            some = range(start, min(start + CHUNK, count))
            rows = [_order(seller, place, count, delivered_only) for place in some]
            _insert(Order, rows)
            _insert(Tender, (_tender(row) for row in rows))
            _insert(Billable, (_billable(row) for row in rows if row["delivered_at"] is not None))
    _analyse()


def _order(seller: Seller, place: int, count: int, delivered_only: bool) -> dict[str, Any]:
    state = State.DELIVERED if delivered_only else STATES[place % len(STATES)]
    placed = STARTS_AT - timedelta(days=60) + timedelta(days=85) * place / count
    total = 10_000 + place * 7919 % 900_000
    held = total if place % 4 == 1 else 0
    return {
        "id": place + 1,
        "market_id": seller.market_id,
        "seller_id": seller.pk,
        "number": f"{10_000_000_000 + place}",
        "basket": f"{100_000_000 + place}",
        "channel": "web",
        "model": "resale",
        "fulfilment": "seller",
        "test": False,
        "state": state,
        "placed_at": placed.replace(microsecond=0),
        "confirmed_at": None,
        "shipped_at": None,
        "delivered_at": (placed + timedelta(days=3)).replace(microsecond=0)
        if state == State.DELIVERED
        else None,
        "receipt_at": None,
        "taken_at": placed,
        "currency": "CZK",
        "total": total,
        "cod_amount": held,
        "to_collect": held,
        "held_by_seller": held,
        "held_by_marketplace": total - held,
        "payment": PAYMENTS[place % 4],
        "purchase_net": total * 7 // 10,
        "purchase_gross": total * 85 // 100,
        "parts": "{}",
        "customer_name": NAMES[place % len(NAMES)],
        "customer_email": f"customer{place}@example.com",
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


def _tender(order: dict[str, Any]) -> dict[str, Any]:
    method = order["payment"].partition("+")[0]
    custody = "seller" if order["held_by_seller"] else "marketplace"
    return {
        "order_id": order["id"],
        "position": 1,
        "method": method,
        "amount": order["total"],
        "custody": custody,
        "state": "captured",
        "paid_at": order["taken_at"],
    }


def _billable(order: dict[str, Any]) -> dict[str, Any]:
    return {"order_id": order["id"], "seller_id": order["seller_id"], "delivered_at": order["delivered_at"]}


def _insert(model: type[models.Model], rows: Any) -> None:
    ready = iter(rows)
    first = next(ready, None)
    if first is None:
        return
    names = ", ".join(f'"{name}"' for name in first)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f'COPY "{model._meta.db_table}" ({names}) FROM STDIN') as copy:
                for row in _all(first, ready):
                    copy.write_row(tuple(row.values()))
            return
        marks = ", ".join(["%s"] * len(first))
        cursor.executemany(
            f'INSERT INTO "{model._meta.db_table}" ({names}) VALUES ({marks})',  # noqa: S608
            [[_plain(value) for value in row.values()] for row in _all(first, ready)],
        )


def _all(first: dict[str, Any], rest: Iterator[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    yield first
    yield from rest


def _plain(value: Any) -> Any:
    """A value as SQLite keeps it: instants as texts in UTC."""
    return str(value.astimezone(UTC).replace(tzinfo=None)) if isinstance(value, datetime) else value


def _analyse() -> None:
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
