"""Documents of what came back: what is left of an order, and credit documents, drawn and read back."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext

from marketplace.kernel.books import run_checks
from marketplace.parties.models import Market, Seller
from settlement.documents.models import Document, Kind
from settlement.documents.queries import billed_orders, document_facts
from tests.cast import AFTER_OCTOBER, OCTOBER, make_seller, settle, take
from tests.documents.conftest import CARD, COD, Drawn, draw
from tests.orders.telling import discount, goods, shipping, tell_order, tender
from tests.stories.hungary import come_back

MIDDLE, NOVEMBER = date(2026, 10, 15), date(2026, 11, 15)
AFTER_MIDDLE = datetime(2026, 10, 16, 6, tzinfo=UTC)
AFTER_NOVEMBER = datetime(2026, 11, 16, 6, tzinfo=UTC)
BEFORE_CUT_OFF, AFTER_CUT_OFF = "2026-10-12T10:00:00+02:00", "2026-10-20T10:00:00+02:00"
THREE: dict[str, Any] = {
    "number": "10085340400",
    "lines": [goods("49.90", quantity=3, name="Cup", sku="CUP"), shipping()],
    "tenders": [tender("card", "270.70")],
}
SPREAD: dict[str, Any] = {
    "number": "10085340500",
    "lines": [
        goods("99.99", quantity=3, name="Lamp", sku="LA"),
        goods("33.33", quantity=2, name="Bulb", sku="BU", vat="12"),
        discount("20.00"),
    ],
    "tenders": [tender("card", "346.63")],
}


@pytest.fixture
def seller(english: Market) -> Seller:
    return make_seller(english, "3003", "Horizont s.r.o.", cadence="half_month")


def of(kind: Kind) -> Document:
    return Document.objects.select_related("market", "seller", "period").filter(kind=kind).latest("pk")


def bill(market: Market, *told: dict[str, Any]) -> Document:
    """Settle the first half of October over these orders; the document is not drawn yet."""
    if told:
        take(market, *(tell_order(**each) for each in told))
    settle(market, MIDDLE, AFTER_MIDDLE)
    return of(Kind.INVOICE)


def credit(market: Market) -> Document:
    settle(market, OCTOBER, AFTER_OCTOBER)
    return of(Kind.CREDIT)


def back(market: Market, number: str, order: str, at: str, *quantities: int, **told: Any) -> None:
    """So many of each line came back."""
    lines = [{"line": place, "quantity": count} for place, count in enumerate(quantities, start=1) if count]
    taken = come_back(market, number, order, at=at, lines=lines, **told)
    assert taken.outcome == "taken", taken.reason


def given(amount: str, at: str) -> list[dict[str, Any]]:
    """The seller gave cash back itself."""
    return [{"method": "cod", "amount": amount, "paid_by": "seller", "paid_at": at}]


def assert_alike(drawn: Drawn) -> None:
    """What the workbook adds up to, line by line and product by product, is what the database says."""
    facts, orders = document_facts(drawn.document), list(billed_orders(drawn.document))
    rows, products = drawn.sheets[1][1:-1], drawn.sheets[2][1:]
    assert len(products) == facts.products == sum(len(order.products) for order in orders)
    for row, order in zip(rows, orders, strict=True):
        amounts = [round(each * 100) for each in row[6:13]]
        total, *rest = facts.amounts_of(order)
        assert amounts == [total, order.held_by_seller, order.held_by_marketplace, *rest]
        mine = [each for each in products if each[0] == order.number]
        net = order.commission_net if facts.is_agency else order.purchase_net
        assert round(sum(each[5] for each in mine) * 100) == total
        assert round(sum(each[6] for each in mine) * 100) == net
    assert next(round(each * 100) for each in drawn.sheets[1][-1][6:13]) == facts.customer_total


def test_an_invoice_document_prints_what_is_left_of_an_order(english: Market, seller: Seller) -> None:
    take(english, tell_order(**THREE), tell_order(**CARD))
    back(english, "R1", THREE["number"], BEFORE_CUT_OFF, 1)

    drawn = draw(bill(english))

    assert "2 × Cup · CUP 99.80 70.11 21%" in drawn.text
    assert "1 × Delivery 121.00 100.00 21%" in drawn.text
    assert "10085340400 Eva Nováková Card 2 Oct 2026 5 Oct 2026 220.80" in drawn.text
    assert "1 × Kettle 1.8 l · KET-18 1,210.00 850.00 21%" in drawn.text
    assert_alike(drawn)
    assert run_checks() == []


def test_a_line_that_came_back_whole_is_not_printed(english: Market, seller: Seller) -> None:
    take(english, tell_order(**THREE))
    back(english, "R1", THREE["number"], BEFORE_CUT_OFF, 2)
    back(english, "R2", THREE["number"], BEFORE_CUT_OFF, 1)

    drawn = draw(bill(english))

    assert "Cup" not in drawn.text
    assert "1 × Delivery 121.00 100.00 21%" in drawn.text
    assert_alike(drawn)


def test_a_discount_spread_over_goods_of_two_rates_still_adds_up(english: Market, seller: Seller) -> None:
    take(english, tell_order(**SPREAD))
    back(english, "R1", SPREAD["number"], BEFORE_CUT_OFF, 1, 1)
    drawn = draw(bill(english))
    assert "2 × Lamp · LA 199.98" in drawn.text
    assert_alike(drawn)

    back(english, "R2", SPREAD["number"], AFTER_CUT_OFF, 1, 1)
    back(english, "R3", SPREAD["number"], AFTER_CUT_OFF, 1, 0, 1)
    credited = draw(credit(english))

    assert "2 × Lamp · LA 199.98" in credited.text, "two returns are added up"
    assert "1 × Autumn sale −20.00" in credited.text
    assert_alike(credited)
    billed = Document.objects.get(kind=Kind.INVOICE)
    assert credited.document.purchase_net == billed.purchase_net, "all of it came back"


def test_a_credit_document_says_what_to_credit_of_which_document_and_who_pays_whom(
    english: Market, seller: Seller
) -> None:
    bill(english, CARD, COD, THREE)
    back(english, "R1", CARD["number"], AFTER_CUT_OFF, 1, 1)
    back(english, "R2", COD["number"], AFTER_CUT_OFF, 1, 1, refunds=given("2541.00", AFTER_CUT_OFF))
    back(english, "R3", THREE["number"], AFTER_CUT_OFF, 1)

    drawn = draw(credit(english))

    for words in (
        "CREDIT DOCUMENT CZ-C-2026-000001",
        "This is not a tax invoice. Please send Meridian Market s.r.o. a credit note over CZK 3,369.91 for"
        " exactly these 3 orders and exactly the sums per VAT rate below. Write the reference"
        " CZ-C-2026-000001 on it.",
        "21% 2,785.05 584.86 3,369.91",
        "Sale price of what came back 3,921.90",
        "Given back by the seller 2,541.00",
        "For the marketplace to give back 1,380.90",
        "Purchase price that you credit 3,369.91",
        "Less what you gave back to customers yourself 2,541.00",
        "Horizont s.r.o. pays Meridian Market s.r.o. CZK 828.91",
        "The next set-off settles it.",
        "CZK 1,380.90 − net due from the seller CZK 828.91 = commission on what came back CZK 551.99",
        "Billed on CZ-2026-000001 · Given back by the seller: 2,541.00",
        "Billed on CZ-2026-000001 · For the marketplace to give back: 49.90",
        "1 × Cup · CUP 49.90 35.05 21%",
        "Total of 3 orders 3,921.90 551.99 2,785.05 584.86 3,369.91",
    ):
        assert words in drawn.text
    assert drawn.facts["Purchase price that you credit"] == 3369.91
    assert drawn.facts["Horizont s.r.o. pays Meridian Market s.r.o."] == 828.91
    assert [row[4] for row in drawn.sheets[1]] == ["Billed on", *["CZ-2026-000001"] * 3, None]
    assert_alike(drawn)
    assert run_checks() == []


def test_its_letter_asks_for_a_credit_note(english: Market, seller: Seller) -> None:
    bill(english, CARD)
    back(english, "R1", CARD["number"], AFTER_CUT_OFF, 1, 1)

    draw(credit(english))

    (letter,) = [each for each in mail.outbox if "CZ-C-" in each.subject]
    assert letter.subject == "Credit document CZ-C-2026-000001: please send your credit note"
    body = letter.body.replace("\N{NO-BREAK SPACE}", " ")
    assert "what came back by the end of 16–31 Oct 2026 of orders that were settled before" in body
    assert "a credit note over CZK 1,149.50 for exactly this 1 order" in body
    assert "What to credit, per VAT rate:\nVAT 21%: net CZK 950.00" in body
    assert "Horizont s.r.o. pays Meridian Market s.r.o.: CZK 1,149.50" in body
    assert len(letter.attachments) == 2


def test_a_later_credit_takes_the_rest_of_a_line_that_was_credited_in_part(
    english: Market, seller: Seller
) -> None:
    bill(english, THREE)
    back(english, "R1", THREE["number"], AFTER_CUT_OFF, 1)
    first = draw(credit(english))
    back(english, "R2", THREE["number"], "2026-11-05T10:00:00+01:00", 2)
    settle(english, NOVEMBER, AFTER_NOVEMBER)

    second = draw(of(Kind.CREDIT))

    assert "1 × Cup · CUP 49.90 35.05 21%" in first.text
    assert "2 × Cup · CUP 99.80 70.11 21%" in second.text
    assert_alike(second)
    assert next(iter(billed_orders(first.document))).products[0].net == 35_05, "as it was, also now"


def test_a_refund_proven_late_is_a_line_without_products(english: Market, seller: Seller) -> None:
    bill(english, COD)
    back(english, "R1", COD["number"], AFTER_CUT_OFF, 1, 1)
    credit(english)
    come_back(
        english,
        "R1",
        COD["number"],
        at=AFTER_CUT_OFF,
        lines=[{"line": 1, "quantity": 1}, {"line": 2, "quantity": 1}],
        refunds=given("2541.00", "2026-11-03T10:00:00+01:00"),
    )
    settle(english, NOVEMBER, AFTER_NOVEMBER)

    drawn = draw(of(Kind.CREDIT))

    for words in (
        "You need not credit anything: it notes what you gave back to customers yourself.",
        "Meridian Market s.r.o. pays Horizont s.r.o. CZK 2,541.00",
        "Billed on CZ-2026-000001 · Given back by the seller: 2,541.00 · For the marketplace to give back:"
        " −2,541.00",
        "Total of 1 order 0.00 0.00 0.00 0.00 0.00",
    ):
        assert words in drawn.text
    assert len(drawn.sheets[2]) == 1
    letter = next(each for each in mail.outbox if "CZ-C-2026-000002" in each.subject)
    assert letter.subject == "Credit document CZ-C-2026-000002"


def test_goods_a_marketplaces_discount_made_free_are_printed_and_paid(
    english: Market, seller: Seller
) -> None:
    free = discount("1210.00", vat="21", funded_by="marketplace")
    lines = [goods("1210.00"), goods("605.00", name="Radio"), free]
    take(english, tell_order(number="A", lines=lines, tenders=[tender("card", "605.00")]))
    back(english, "R1", "A", BEFORE_CUT_OFF, 0, 1)

    drawn = draw(bill(english))

    assert "Meridian Market s.r.o. pays Horizont s.r.o. CZK 1,028.50" in drawn.text
    assert "Radio" not in drawn.text
    assert "1 × Autumn sale −1,210.00 0.00 21%" in drawn.text
    assert_alike(drawn)


@pytest.mark.parametrize(("kind", "day"), [(Kind.INVOICE, 12), (Kind.CREDIT, 20)])
def test_reading_products_takes_as_many_queries_for_many_orders_as_for_one(
    english: Market, seller: Seller, kind: Kind, day: int
) -> None:
    make_seller(english, "3004", "Severka s.r.o.", cadence="half_month")
    numbers = {"3003": ["A1"], "3004": ["B1", "B2", "B3"]}
    take(
        english,
        *(
            tell_order(**(THREE | {"number": number}), seller=partner)
            for partner, mine in numbers.items()
            for number in mine
        ),
    )
    settle(english, MIDDLE, AFTER_MIDDLE) if kind == Kind.CREDIT else None
    for number in ("A1", "B1", "B2", "B3"):
        back(english, f"R{number}", number, f"2026-10-{day}T10:00:00+02:00", 1)
    settle(english, OCTOBER, AFTER_OCTOBER)

    counts = {}
    for document in Document.objects.select_related("market").filter(kind=kind):
        with CaptureQueriesContext(connection) as queries:
            list(billed_orders(document))
        counts[document.orders] = len(queries)

    assert counts[1] == counts[3] <= 8
