"""Orders as sellers' systems are told of them: the same amounts come back, and no secret goes out."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from marketplace.orders.parsing import saldo
from marketplace.orders.rules.facts import CustomerFacts, LineFacts, TenderFacts
from marketplace.orders.writing.generic import TOLD_BESIDES, generic_order
from marketplace.orders.writing.unas import unas_orders, unas_parts
from tests.orders.sent_orders import EVA, PLACED, amounts, read_back, sent, voucher


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
