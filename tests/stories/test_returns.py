"""The worked examples of what comes back in resale, to the cent, from intake to the books."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from marketplace.kernel.books import run_checks
from marketplace.ledger.queries import balance
from marketplace.orders.models import Refund
from marketplace.orders.operations.refunding import pay_refund
from marketplace.parties.models import Market, Seller
from settlement.documents.models import Document, Kind
from tests.cast import AFTER_OCTOBER, OCTOBER, make_seller, reasons, settle, take
from tests.orders.telling import goods, tell_order, tender
from tests.stories.hungary import come_back
from tests.stories.test_resale import CARD, COD, TRANSFER

MIDDLE, NOVEMBER = date(2026, 10, 15), date(2026, 11, 15)
AFTER_MIDDLE = datetime(2026, 10, 16, 6, tzinfo=UTC)
AFTER_NOVEMBER = datetime(2026, 11, 16, 6, tzinfo=UTC)
BEFORE_CUT_OFF, AFTER_CUT_OFF = "2026-10-12T10:00:00+02:00", "2026-10-20T10:00:00+02:00"
BOTH = [{"line": 1, "quantity": 1}, {"line": 2, "quantity": 1}]


def refund(method: str, amount: str, paid_by: str, paid_at: str | None = None) -> dict[str, Any]:
    return {"method": method, "amount": amount, "paid_by": paid_by, "paid_at": paid_at}


def settled(market: Market, through: date = MIDDLE, at: datetime = AFTER_MIDDLE) -> dict[str, Any]:
    answer = settle(market, through, at)[-1]
    assert run_checks() == []
    return answer


@pytest.fixture
def seller(market: Market) -> Seller:
    return make_seller(market, "3003", "Horizont s.r.o.", cadence="half_month")


@pytest.fixture
def october(market: Market, seller: Seller) -> Market:
    """The three orders of the example, settled."""
    take(
        market,
        *(tell_order(number=name, **facts) for name, facts in zip("ABC", (CARD, COD, TRANSFER), strict=True)),
    )
    settled(market)
    return market


def test_a_card_order_that_came_back_is_owed_by_its_seller(october: Market) -> None:
    take(october, tell_order(number="N", delivered="2026-10-25T11:30:00+01:00"))
    come_back(october, "R1", "A", at=AFTER_CUT_OFF, lines=BOTH)

    answer = settled(october, OCTOBER, AFTER_OCTOBER)

    assert answer["purchase_gross"] == "1028.50"
    assert answer["credit_document"] == "CZ-C-2026-000001"
    assert answer["net"] == {"payer": "seller", "payee": "marketplace", "amount": "121.00"}
    credit = Document.objects.get(kind=Kind.CREDIT)
    assert (credit.purchase_net, credit.purchase_vat, credit.purchase_gross) == (950_00, 199_50, 1149_50)


def test_the_money_owed_back_to_a_customer_is_in_the_books_until_it_is_paid(october: Market) -> None:
    come_back(october, "R1", "A", at=AFTER_CUT_OFF, lines=BOTH)
    settled(october, OCTOBER, AFTER_OCTOBER)
    assert balance(market_id=october.pk, kind="prepaid") == -1331_00

    pay_refund(refund_id=Refund.objects.get().pk, paid_at=AFTER_OCTOBER, by=None, at=AFTER_OCTOBER)

    assert balance(market_id=october.pk, kind="prepaid") == 0
    assert run_checks() == []


def test_a_seller_who_gave_the_cash_back_itself_is_paid_the_difference(october: Market) -> None:
    given = [refund("cod", "2541.00", "seller", AFTER_CUT_OFF)]
    come_back(october, "R1", "B", at=AFTER_CUT_OFF, lines=BOTH, refunds=given)

    answer = settled(october, OCTOBER, AFTER_OCTOBER)

    assert (answer["document"], answer["credit_document"]) == (None, "CZ-C-2026-000001")
    assert answer["net"] == {"payer": "marketplace", "payee": "seller", "amount": "363.00"}
    assert answer["corrections"][0]["purchase_gross"] == "2178.00"
    assert balance(market_id=october.pk, kind="prepaid") == 0


def test_a_refund_whose_proof_is_seen_later_comes_on_the_next_credit_document(october: Market) -> None:
    come_back(october, "R1", "B", at=AFTER_CUT_OFF, lines=BOTH)
    first = settled(october, OCTOBER, AFTER_OCTOBER)
    assert first["net"] == {"payer": "seller", "payee": "marketplace", "amount": "2178.00"}
    paid = [refund("cod", "2541.00", "seller", "2026-11-03T10:00:00+01:00")]

    come_back(october, "R1", "B", at=AFTER_CUT_OFF, lines=BOTH, refunds=paid)
    answer = settled(october, NOVEMBER, AFTER_NOVEMBER)

    assert answer["net"] == {"payer": "marketplace", "payee": "seller", "amount": "2541.00"}
    assert answer["credit_document"] == "CZ-C-2026-000002"


def test_what_came_back_before_the_cut_off_is_not_billed(market: Market, seller: Seller) -> None:
    take(market, *(tell_order(number=name, **facts) for name, facts in zip("AB", (CARD, COD), strict=True)))
    come_back(market, "R1", "A", at=BEFORE_CUT_OFF, lines=BOTH)
    given = [refund("cod", "2541.00", "seller", BEFORE_CUT_OFF)]
    come_back(market, "R2", "B", at=BEFORE_CUT_OFF, lines=BOTH, refunds=given)

    answer = settled(market)

    assert reasons(answer) == {"A": "returned"}
    assert (answer["orders"], answer["purchase_gross"]) == (1, "36.30")
    assert (answer["customer_total"], answer["held_by_seller"]) == ("36.30", "36.30")
    assert answer["net"]["amount"] == "0.00"


def test_cash_that_was_not_given_back_yet_is_still_owed(market: Market, seller: Seller) -> None:
    take(market, tell_order(number="B", **COD))
    come_back(market, "R2", "B", at=BEFORE_CUT_OFF, lines=[*BOTH, {"line": 3, "quantity": 1}])

    answer = settled(market)

    assert (answer["customer_total"], answer["held_by_seller"]) == ("0.00", "2577.30")
    assert answer["net"] == {"payer": "seller", "payee": "marketplace", "amount": "2577.30"}
    assert balance(market_id=market.pk, kind="prepaid") == -2577_30


def test_a_part_of_a_quantity_is_priced_by_itself_and_the_last_part_takes_the_rest(
    market: Market, seller: Seller
) -> None:
    three: dict[str, Any] = {"lines": [goods("49.90", quantity=3)], "tenders": [tender("card", "149.70")]}
    take(market, tell_order(number="T", **three))
    assert settled(market)["purchase_net"] == "105.16"

    for place, day in enumerate((18, 22, 26), start=1):
        come_back(market, f"R{place}", "T", at=f"2026-10-{day}T10:00:00+01:00")
    settled(market, OCTOBER, AFTER_OCTOBER)

    credit = Document.objects.get(kind=Kind.CREDIT)
    assert (credit.purchase_net, credit.customer_total) == (105_16, 149_70)


def test_settling_again_credits_nothing_twice(october: Market) -> None:
    come_back(october, "R1", "A", at=AFTER_CUT_OFF, lines=BOTH)
    first = settled(october, OCTOBER, AFTER_OCTOBER)

    again = settled(october, OCTOBER, AFTER_OCTOBER)

    assert again == first
    assert Document.objects.filter(kind=Kind.CREDIT).count() == 1
