"""MALL's orders, on the wire and as its clients write them."""

import json
from decimal import Decimal
from typing import Any

import pytest

from marketplace.orders.parsing import mall
from marketplace.orders.rules.facts import OrderFacts, Refused
from tests.samples import SAMPLES, needs_samples


def tell(**facts: Any) -> dict[str, Any]:
    """An order paid on delivery: 1 × 1,799 + delivery 29 + COD fee 39 = 1,867."""
    told: dict[str, Any] = {
        "id": 12345678901,
        "purchase_id": 123456789,
        "currency": "CZK",
        "delivery_price": 29,
        "cod_price": 39,
        "cod": 1867,
        "discount": 0,
        "address": {
            "name": "Eva Nováková",
            "phone": "+420601000000",
            "city": "Praha",
            "zip": "11000",
            "country": "CZ",
        },
        "status": "delivered",
        "items": [
            {
                "id": "pCL00275",
                "quantity": 1,
                "price": 1799,
                "vat": 21,
                "commission": 12.15,
                "title": "EDP 75 ml",
            }
        ],
        "test": False,
        "mdp": False,
        "open": "2026-10-25 01:30:00",
        "shipped": "2026-10-26 10:00:00",
        "delivered": "2026-10-27 12:00:00",
    }
    return told | facts


def read(told: dict[str, Any]) -> OrderFacts:
    return mall.read_order(json.dumps(told), seller="3003", standard_vat_bp=2100)


def test_cash_on_delivery_equals_the_items_delivery_and_fee() -> None:
    order = read(tell())

    assert (order.number, order.basket, order.total) == ("12345678901", "123456789", 1867_00)
    assert [(line.kind, line.gross, line.commission_bp) for line in order.lines] == [
        ("goods", 1799_00, 1215),
        ("shipping", 29_00, None),
        ("cod_fee", 39_00, None),
    ]
    assert [(each.method, each.amount) for each in order.tenders] == [("cod", 1867_00)]
    assert order.status_times["delivered"].isoformat() == "2026-10-27T12:00:00+01:00"


def test_the_clients_camel_case_is_the_same_order() -> None:
    told = tell()
    camel = {
        "purchaseId": told.pop("purchase_id"),
        "deliveryPrice": told.pop("delivery_price"),
        "codPrice": told.pop("cod_price"),
    }
    customer = told.pop("address")

    assert read(told | camel | {"customer": customer}) == read(tell())


def test_no_cash_means_paid_ahead() -> None:
    order = read(tell(cod=0, cod_price=0))

    assert [(each.method, each.amount) for each in order.tenders] == [("card", 1828_00)]


def test_the_marketplaces_courier_is_told_by_its_flag() -> None:
    assert read(tell(mdp=True)).fulfilment == "marketplace_courier"


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        ({"cod": 111}, "cod: 111 is not the sum"),
        ({"items": []}, "items: missing; this is an entry of a list, not an order"),
        ({"status": "gone"}, "status: 'gone' is none we know"),
        ({"delivered": "yesterday"}, "delivered: 'yesterday' is no time"),
        ({"cod": -5}, "cod: -5 is negative"),
        ({"items": [{"id": "x", "quantity": 0, "price": 1, "vat": 21}]}, "items.1.quantity: 0 is no count"),
        ({"items": [{"id": "x", "quantity": 1, "price": 1}]}, "items.1.vat: missing"),
        ({"id": None}, "id: missing"),
    ],
)
def test_what_does_not_add_up_is_refused_by_name(facts: dict[str, Any], reason: str) -> None:
    with pytest.raises(Refused) as refusal:
        read(tell(**facts))

    assert str(refusal.value).startswith(reason)


@needs_samples
@pytest.mark.parametrize(
    ("name", "outcome"),
    [
        ("mall_order_detail_doc.json", Decimal("1867")),
        ("mall_order_wire.json", "cod: 111 is not the sum"),
        ("mall_order_list_doc.json", "status: None is none we know"),
        ("mall_order_stats_doc.json", "status: None is none we know"),
    ],
)
def test_real_documents_are_read_or_refused_by_name(name: str, outcome: Any) -> None:
    text = (SAMPLES / "marketplace" / name).read_bytes()
    try:
        told: Any = Decimal(mall.read_order(text, seller="3003", standard_vat_bp=2100).total) / 100
    except Refused as refusal:
        told = str(refusal)

    assert str(told).startswith(str(outcome))
