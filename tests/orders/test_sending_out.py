"""Orders as markets' systems take them back, from the database on."""

import io
import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from lxml import etree

from marketplace.orders.models import Order
from marketplace.orders.operations.intake import take_orders
from marketplace.orders.parsing import mall, saldo, unas
from marketplace.orders.rules.facts import CustomerFacts, LineFacts, OrderFacts, TenderFacts
from marketplace.orders.sending import sent_orders
from marketplace.orders.writing.generic import TOLD_BESIDES, generic_order
from marketplace.orders.writing.sent import SentOrder, masked
from marketplace.orders.writing.unas import unas_orders
from marketplace.parties.models import Market, Seller
from tests.cast import BEFORE, MakeOrder
from tests.orders.sent_orders import EVA, PLACED, amounts, read_back, sent, voucher
from tests.orders.telling import discount, goods, tender
from tests.samples import SAMPLES, needs_samples


def test_before_the_confirmation_only_name_phone_and_city_are_told() -> None:
    assert masked(EVA) == CustomerFacts(name="Eva Nováková", phone="+420601000000", city="Praha")
    told = unas_orders([sent(TenderFacts("card", 25400_00), customer=masked(EVA))]).decode()
    assert "eva@example.com" not in told
    assert "Dlouhá" not in told


@pytest.mark.parametrize(
    ("code", "told"), [("SUMMER-2026-AB12", "…AB12"), ("ABCD1234", "…1234"), ("AB12", "…"), ("", "")]
)
def test_a_vouchers_code_is_never_told_whole(code: str, told: str) -> None:
    assert voucher(1, code).voucher == told


def told_by(market: Market, facts: OrderFacts) -> SentOrder:
    """The order as it goes out after it was taken in."""
    (taken,) = take_orders(market=market, told=[facts], at=BEFORE)
    assert taken.reason == ""
    (order,) = sent_orders(Order.objects.filter(number=facts.number))
    return order


def test_an_order_is_sent_out_in_its_markets_language_and_time(budapest: Market, reef: Seller) -> None:
    line = LineFacts("goods", "Pump", 2, 6350_00, 2700, None, sku="pump_1")
    order = told_by(
        budapest,
        OrderFacts(
            number="UN-1",
            basket="B",
            seller="4711",
            status="open",
            placed_at=PLACED,
            status_times={},
            currency="HUF",
            test=False,
            fulfilment="seller",
            channel="web",
            customer=EVA,
            lines=(line,),
            tenders=(TenderFacts("voucher", 4690_00), TenderFacts("cod", 8010_00)),
        ),
    )

    told = generic_order(order)
    assert told["placed_at"] == "2026-10-02T09:12:00+02:00"
    assert told["comment"].startswith("Saldo id: UN-1 – Figyelem!")
    assert told["payment_text"] == "Voucher + Cash on delivery"
    assert (told["voucher"], told["to_pay"], told["to_collect"]) == ("4690.00", "8010.00", "8010.00")
    assert (told["customer"]["name"], told["customer"]["email"]) == ("Eva Nováková", "")
    assert told["lines"][0]["commission"] == "12"


def test_a_confirmed_orders_customer_is_told_whole(make_order: MakeOrder) -> None:
    make_order()

    (order,) = sent_orders(Order.objects.all())

    assert order.customer.email == "eva@example.com"
    assert order.rest_is_paid
    assert generic_order(order)["status_times"]["delivered"] == "2026-10-05T11:30:00+02:00"


@pytest.mark.parametrize("how_many", [1, 7])
def test_however_many_orders_are_sent_the_queries_stay_as_many(make_order: MakeOrder, how_many: int) -> None:
    for _ in range(how_many):
        make_order(
            lines=[goods(), discount("10.00")],
            tenders=[tender("card", "1000.00"), tender("cod", "200.00")],
        )

    with CaptureQueriesContext(
        connection,
    ) as queries:
        told = list(sent_orders(Order.objects.order_by("pk")[:200]))

    assert len(told) == how_many
    assert len(queries) == 6


def test_a_page_of_orders_is_one_document_that_parses(make_order: MakeOrder) -> None:
    numbers = [make_order().number for _ in range(3)]

    document = unas_orders(sent_orders(Order.objects.order_by("pk")))

    assert [key.text for key in etree.fromstring(document).iter("Key")] == numbers


def unas_sample() -> OrderFacts:
    content = (SAMPLES / "marketplace" / "unas_getOrder_UN-1001.xml").read_bytes()
    ((_, found),) = unas.split_orders(io.BytesIO(content))
    assert isinstance(found, unas.Element)
    return unas.read_order(found, seller="4711", standard_vat_bp=2700)


def mall_sample() -> OrderFacts:
    text = (SAMPLES / "marketplace" / "mall_order_detail_doc.json").read_bytes()
    return mall.read_order(text, seller="3003", standard_vat_bp=2100)


@needs_samples
def test_a_real_unas_order_is_taken_in_and_given_back(budapest: Market, reef: Seller) -> None:
    facts = unas_sample()

    order = told_by(budapest, facts)

    assert amounts(read_back(order).tenders) == amounts(facts.tenders) == [("card", 12700_00)]
    assert [(each.sku, each.quantity, each.gross) for each in read_back(order).lines] == [
        ("pump_1", 2, 12700_00)
    ]
    assert read_back(order).placed_at == facts.placed_at


@needs_samples
def test_a_real_mall_order_is_taken_in_and_given_back(market: Market, seller: Seller) -> None:
    facts = mall_sample()

    order = told_by(market, facts)
    told = generic_order(order)
    back = saldo.read_order(json.dumps({key: each for key, each in told.items() if key not in TOLD_BESIDES}))

    assert (back.number, back.total, back.status) == (facts.number, 1867_00, "open")
    assert amounts(back.tenders) == [("cod", 1867_00)]
    assert [line.gross for line in back.lines] == [1799_00, 29_00, 39_00]
    assert told["to_collect"] == "0.00"  # the marketplace's courier takes the cash
