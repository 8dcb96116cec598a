"""Orders as sellers' systems are told of them: the same amounts come back, and no secret goes out."""

import io
import json
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from marketplace.orders.models import Order
from marketplace.orders.operations.intake import take_orders
from marketplace.orders.parsing import mall, saldo, unas
from marketplace.orders.rules.facts import CustomerFacts, LineFacts, OrderFacts, TenderFacts
from marketplace.orders.sending import sent_orders
from marketplace.orders.writing.generic import TOLD_BESIDES, generic_order
from marketplace.orders.writing.sent import SentOrder, masked, veiled
from marketplace.orders.writing.unas import unas_orders, unas_parts
from marketplace.parties.models import Market, Seller
from tests.cast import BEFORE, MakeOrder
from tests.orders.telling import discount, goods, tender

PLACED = datetime(2026, 10, 2, 7, 12, tzinfo=UTC)
SAMPLES = Path(__file__).resolve().parents[3] / "shared" / "samples" / "marketplace"
EVA = CustomerFacts(
    name="Eva Nováková", email="eva@example.com", phone="+420601000000", street="Dlouhá 1", city="Praha"
)


def sent(*tenders: TenderFacts, lines: Iterable[LineFacts] = (), **facts: Any) -> SentOrder:
    """An open order over 25,400 HUF paid as told."""
    laid = tuple(lines) or (LineFacts("goods", "TV", 2, 12700_00, 2700, 1200, sku="TV-55"),)
    total = sum(line.gross for line in laid)
    told: dict[str, Any] = {
        "number": "3647119",
        "basket": "",
        "seller": "4711",
        "status": "open",
        "placed_at": PLACED,
        "status_times": {"open": PLACED},
        "currency": "HUF",
        "test": False,
        "fulfilment": "seller",
        "channel": "web",
        "customer": EVA,
        "lines": laid,
        "tenders": tenders,
        "total": total,
        "voucher": sum(each.amount for each in tenders if each.method == "voucher"),
        "to_collect": sum(each.amount for each in tenders if each.custody == "seller"),
        "payment_text": "",
        "language": "en",
    }
    return SentOrder(**(told | facts))


def voucher(amount: int, code: str = "SUMMER-2026-AB12") -> TenderFacts:
    return veiled(TenderFacts("voucher", amount, "marketplace", voucher=code))


def read_back(order: SentOrder) -> OrderFacts:
    """What our own reader makes of the UNAS document."""
    ((_, found),) = unas.split_orders(io.BytesIO(unas_orders([order])))
    assert isinstance(found, unas.Element)
    return unas.read_order(found, seller="4711", standard_vat_bp=2700)


def amounts(tenders: Iterable[TenderFacts]) -> list[tuple[str, int]]:
    return [(each.method, each.amount) for each in tenders]


@pytest.mark.parametrize(
    ("rest", "method", "to_collect"),
    [
        (TenderFacts("cod", 20710_00, "seller"), "cod", "20710.00"),
        (TenderFacts("transfer", 20710_00, "seller"), "transfer", "20710.00"),
        (TenderFacts("card", 20710_00, "marketplace"), "card", "0.00"),
    ],
)
def test_a_part_paid_by_voucher_is_told_in_the_comment_and_the_rest_as_the_method(
    rest: TenderFacts, method: str, to_collect: str
) -> None:
    told = generic_order(sent(voucher(4690_00), rest))

    assert told["payment_method"] == method
    assert (told["total"], told["voucher"]) == ("25400.00", "4690.00")
    assert (told["to_pay"], told["to_collect"]) == ("20710.00", to_collect)
    assert told["comment"] == (
        "Saldo id: 3647119 – Attention! Order partially paid by voucher. Voucher value: 4690 HUF"
    )
    assert told["invoice_note"] == "Of the invoice total, 4,690 Ft was paid by voucher"
    assert told["invoice_amount_due"] == "Amount due: 20,710 Ft"


def test_where_the_voucher_covers_all_the_method_is_card() -> None:
    told = generic_order(sent(voucher(25400_00)))

    assert (told["payment_method"], told["to_pay"], told["to_collect"]) == ("card", "0.00", "0.00")
    assert told["comment"] == "Saldo id: 3647119 – Order paid by voucher. Voucher value: 25400 HUF"


def test_without_a_voucher_there_is_nothing_to_tell() -> None:
    told = generic_order(sent(TenderFacts("cod", 25400_00, "seller")))

    assert (told["comment"], told["invoice_note"], told["invoice_amount_due"]) == ("", "", "")
    assert (told["payment_method"], told["to_pay"]) == ("cod", "25400.00")


def test_of_several_ways_to_pay_the_rest_the_one_that_asks_most_of_the_seller_is_told() -> None:
    order = sent(voucher(400_00), TenderFacts("card", 20000_00), TenderFacts("cod", 5000_00, "seller"))

    assert (order.payment_method, order.to_pay, order.to_collect) == ("cod", 25000_00, 5000_00)


def test_our_own_reader_takes_the_generic_order_back() -> None:
    order = sent(
        voucher(4690_00),
        TenderFacts("transfer", 20710_00, "seller", paid_at=PLACED),
        lines=[
            LineFacts("goods", "TV", 2, 12700_00, 2700, 1200, sku="TV-55"),
            LineFacts("shipping", "Delivery", 1, 1270_00, 2700, 0),
            LineFacts("discount", "Sale", 1, 1270_00, None, 1200, funded_by="marketplace"),
        ],
    )

    told = generic_order(order)
    facts = saldo.read_order(json.dumps({key: each for key, each in told.items() if key not in TOLD_BESIDES}))

    assert facts.tenders == order.tenders
    assert (facts.total, facts.customer) == (order.total, EVA)
    assert [(line.kind, line.gross, line.vat_bp, line.funded_by) for line in facts.lines] == [
        (line.kind, line.gross, line.vat_bp, line.funded_by) for line in order.lines
    ]


def test_a_voucher_issued_elsewhere_names_no_code_either_way() -> None:
    (told,) = generic_order(sent(TenderFacts("voucher", 25400_00, "marketplace")))["tenders"]

    assert told == {
        "method": "voucher",
        "amount": "25400.00",
        "custody": "marketplace",
        "voucher": "…",
    }


def test_unas_gets_total_voucher_and_to_pay_in_fields_of_their_own() -> None:
    content = unas_orders([sent(voucher(4690_00), TenderFacts("transfer", 20710_00, "seller"))])

    order = etree.fromstring(content)[0]
    told = {path: order.findtext(path) for path in ("SumPriceGross", "Payment/Paid", "Payment/Pending")}
    assert told == {"SumPriceGross": "25400.00", "Payment/Paid": "4690.00", "Payment/Pending": "20710.00"}
    assert order.findtext("Payment/Type") == "transfer"
    assert order.findtext("Comments/Comment/Type") == "admin"
    assert (order.findtext("Comments/Comment/Text") or "").endswith("Voucher value: 4690 HUF")
    assert (order.findtext("Items/Item/PriceNet"), order.findtext("Items/Item/Vat")) == ("10000.0000", "27%")
    assert order.findtext("Date") == "2026.10.02 09:12:00"


def test_many_orders_are_one_document_written_piece_by_piece() -> None:
    orders = [sent(number=f"A-{place}") for place in range(3)]

    assert b"".join(unas_parts(orders)) == unas_orders(orders)
    assert [key.text for key in etree.fromstring(unas_orders(orders)).iter("Key")] == ["A-0", "A-1", "A-2"]


def test_no_orders_are_an_empty_list() -> None:
    assert len(etree.fromstring(unas_orders([]))) == 0


LINES = st.lists(
    st.builds(
        LineFacts,
        kind=st.sampled_from(["goods", "shipping", "cod_fee"]),
        name=st.text(min_size=1, max_size=20),
        quantity=st.integers(1, 50),
        unit_price=st.integers(0, 10**9),
        vat_bp=st.sampled_from([0, 500, 1800, 2700, 1215]),
        commission_bp=st.just(1200),
        sku=st.just("A-1"),
    ),
    min_size=1,
    max_size=5,
)


@given(
    lines=LINES,
    share=st.integers(0, 100),
    method=st.sampled_from(["card", "transfer", "cod"]),
    cut=st.integers(0, 100),
    language=st.sampled_from(["en", "es", "pl", "ro", "hu", "cs"]),
    paid=st.booleans(),
)
def test_our_own_reader_takes_the_unas_order_back_to_the_same_amounts(
    lines: list[LineFacts], share: int, method: str, cut: int, language: str, paid: bool
) -> None:
    gross = sum(line.gross for line in lines)
    goods_gross = sum(line.gross for line in lines if line.kind == "goods")
    if goods_gross * cut // 200:
        lines = [*lines, LineFacts("discount", "Sale", 1, goods_gross * cut // 200, None, 1200)]
        gross -= goods_gross * cut // 200
    part = gross * share // 100
    tenders = [voucher(part)] if part > 2 else []
    rest = gross - sum(each.amount for each in tenders)
    if rest:
        tenders.append(TenderFacts(method, rest, "seller", paid_at=PLACED if paid else None))
    order = sent(*tenders, lines=lines, language=language)

    back = read_back(order)

    assert (back.number, back.total, back.currency) == (order.number, gross, "HUF")
    assert amounts(back.tenders) == amounts(order.tenders)
    assert sum(line.gross for line in back.lines) == gross


def test_a_name_with_signs_xml_cannot_hold_is_written_without_them() -> None:
    odd = sent(
        customer=CustomerFacts(name="Eva\x0b \ufffe<Nováková>"), tenders=(TenderFacts("card", 25400_00),)
    )

    assert read_back(odd).customer.name == "Eva <Nováková>"


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
    content = (SAMPLES / "unas_getOrder_UN-1001.xml").read_bytes()
    ((_, found),) = unas.split_orders(io.BytesIO(content))
    assert isinstance(found, unas.Element)
    return unas.read_order(found, seller="4711", standard_vat_bp=2700)


def mall_sample() -> OrderFacts:
    text = (SAMPLES / "mall_order_detail_doc.json").read_bytes()
    return mall.read_order(text, seller="3003", standard_vat_bp=2100)


@pytest.mark.skipif(not SAMPLES.exists(), reason="the samples of real documents are not beside this checkout")
def test_a_real_unas_order_is_taken_in_and_given_back(budapest: Market, reef: Seller) -> None:
    facts = unas_sample()

    order = told_by(budapest, facts)

    assert amounts(read_back(order).tenders) == amounts(facts.tenders) == [("card", 12700_00)]
    assert [(each.sku, each.quantity, each.gross) for each in read_back(order).lines] == [
        ("pump_1", 2, 12700_00)
    ]
    assert read_back(order).placed_at == facts.placed_at


@pytest.mark.skipif(not SAMPLES.exists(), reason="the samples of real documents are not beside this checkout")
def test_a_real_mall_order_is_taken_in_and_given_back(market: Market, seller: Seller) -> None:
    facts = mall_sample()

    order = told_by(market, facts)
    told = generic_order(order)
    back = saldo.read_order(json.dumps({key: each for key, each in told.items() if key not in TOLD_BESIDES}))

    assert (back.number, back.total, back.status) == (facts.number, 1867_00, "open")
    assert amounts(back.tenders) == [("cod", 1867_00)]
    assert [line.gross for line in back.lines] == [1799_00, 29_00, 39_00]
    assert told["to_collect"] == "0.00"  # the marketplace's courier takes the cash
