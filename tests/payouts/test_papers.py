"""Remittance advices and demands: every order of what is paid, and how to pay; drawn and sent once."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.core import mail
from django.utils import timezone, translation

from marketplace.kernel import jobs
from marketplace.kernel.books import run_checks
from marketplace.kernel.models import OutgoingMail, StoredFile
from marketplace.parties.models import Market, NegativeBalance, Seller
from marketplace.users.models import User
from settlement.documents.models import Document
from settlement.documents.papers.facts import Sum, Tally
from settlement.netting.models import Outcome, SetOff, State
from settlement.netting.operations.disputing import decide_dispute, dispute_orders
from settlement.payouts.advice_facts import advice_facts
from settlement.payouts.advices import ORDERS, OTHERS, Advice, advice_of
from settlement.payouts.demands import demand_facts, demand_of
from settlement.payouts.models import Collection, Payout
from settlement.payouts.operations.collecting import cancel_collection
from settlement.payouts.operations.paying import mark_failed
from tests.cast import make_seller, settle, take, work_off_but_rendering
from tests.netting.drawing import draw, letter, read
from tests.netting.telling import agree, give_account, invoice, pay, send_payouts
from tests.orders.telling import cod_fee, goods, shipping, tell_order, tender
from tests.stories.test_resale import CARD, COD, TRANSFER

ANOTHER_IBAN = "CZ5855000000001265098001"
OWING: dict[str, Any] = {
    "lines": [goods("6050.00"), shipping(), cod_fee()],
    "tenders": [tender("cod", "6207.30")],
}


def agreed_over(market: Market, *told: tuple[str, dict[str, Any]]) -> SetOff:
    take(market, *(tell_order(number=number, **facts) for number, facts in told))
    settle(market)
    set_off = invoice(Document.objects.get())
    assert set_off is not None
    return agree(set_off)


def paid_of(seller: Seller, carla: User, dan: User) -> Payout:
    (payout,) = send_payouts(seller, carla, dan)
    return pay(payout)


def sums_of(advice: Advice) -> list[int]:
    """What the payment is made of, once every list of the paper was found to add up."""
    with translation.override("en"):
        facts = advice_facts(advice)
    for place, listing in enumerate(facts.lists):
        list(Tally(listing).counting(cells for where, cells in advice.rows() if where == place))
    return [each.amount for each in (*facts.sums, facts.result)]


def test_an_advice_lists_every_order_behind_the_payment_and_adds_up(
    market: Market, seller: Seller, carla: User, dan: User
) -> None:
    give_account(seller, ANOTHER_IBAN)
    agreed_over(market, ("A", CARD), ("B", COD), ("C", TRANSFER))
    payout = paid_of(seller, carla, dan)

    draw("payouts.render", payout.reference)

    payout.refresh_from_db()
    (text,) = read(payout.pdf)
    for words in (
        "Remittance advice CZ-P-2026-000001",
        "Meridian Market s.r.o. paid Horizont s.r.o. CZK 1,300.75.",
        "On 20 Nov 2026 to the account CZ58 •••• 8001, with the reference CZ-P-2026-000001.",
        "what set-off CZ-S-2026-000001 left owed",
        "Purchase price of the orders, as invoiced 3,878.05",
        "Less customers' cash that was set off 2,577.30",
        "Meridian Market s.r.o. paid Horizont s.r.o. CZK 1,300.75",
        "FV-2026-1 CZ-2026-000001 3,878.05 2,577.30 1,300.75",
        "A CZ-2026-000001 5 Oct 2026 950.00 199.50 1,149.50 0.00",
        "B CZ-2026-000001 5 Oct 2026 1,830.00 384.30 2,214.30 2,577.30",
        "C CZ-2026-000001 5 Oct 2026 425.00 89.25 514.25 0.00",
        "Total of 3 orders 3,205.00 673.05 3,878.05 2,577.30",
    ):
        assert words.casefold() in text.casefold()
    assert "1265" not in text, "the seller's account is masked"
    told = letter("payout:CZ-P-2026-000001")
    assert told.recipients == ["3003@seller.example"]
    assert [file.name for file in told.attachments.all()] == ["CZ-P-2026-000001.pdf"]
    assert run_checks() == []


def test_drawing_an_advice_again_changes_nothing(
    market: Market, seller: Seller, carla: User, dan: User
) -> None:
    give_account(seller)
    agreed_over(market, ("A", CARD))
    payout = paid_of(seller, carla, dan)
    draw("payouts.render", payout.reference)

    jobs.enqueue("payouts.render", key=payout.reference, payout_id=payout.pk)
    draw("payouts.render", payout.reference)

    assert StoredFile.objects.filter(name=f"{payout.reference}.pdf").count() == 1
    assert sum(payout.reference in each.subject for each in mail.outbox) == 1


def test_a_payout_the_bank_sent_back_is_not_advised(
    market: Market, seller: Seller, carla: User, dan: User
) -> None:
    give_account(seller)
    agreed_over(market, ("A", CARD))
    payout = paid_of(seller, carla, dan)
    mark_failed(payout_id=payout.pk, reason="Account closed", by=None, at=timezone.now())

    draw("payouts.render", payout.reference)

    assert Payout.objects.get(pk=payout.pk).pdf is None
    assert not OutgoingMail.objects.filter(key=f"payout:{payout.reference}").exists()


def test_an_invoice_paid_in_two_parts_says_what_was_paid_before(
    market: Market, seller: Seller, carla: User, dan: User
) -> None:
    give_account(seller)
    take(
        market,
        *(tell_order(number=number, **facts) for number, facts in (("A", CARD), ("B", COD), ("C", TRANSFER))),
    )
    settle(market)
    proposed = invoice(Document.objects.get())
    assert proposed is not None
    (disputed,) = dispute_orders(
        set_off_id=proposed.pk, numbers=["A"], reason="The commission is wrong.", by=None, at=timezone.now()
    )
    agree(proposed)
    first = paid_of(seller, carla, dan)
    decide_dispute(
        dispute_id=disputed.pk, outcome=Outcome.STANDS, text="It stands.", by=None, at=timezone.now()
    )
    work_off_but_rendering()
    agree(SetOff.objects.get(state=State.PROPOSED))
    second = paid_of(seller, carla, dan)

    assert sums_of(advice_of(first)) == [3878_05, 2577_30, 1149_50, 151_25]
    assert sums_of(advice_of(second)) == [3878_05, 2577_30, 151_25, 1149_50]


def test_cash_of_an_earlier_document_that_paid_this_invoice_is_listed(
    market: Market, seller: Seller, carla: User, dan: User
) -> None:
    give_account(seller)
    take(market, tell_order(number="OLD", delivered="2026-09-05T11:30:00+02:00", **OWING))
    settle(market, date(2026, 9, 30), datetime(2026, 10, 1, 8, tzinfo=UTC))
    owing = invoice(Document.objects.get())
    assert owing is not None
    agree(owing)
    take(market, tell_order(number="NEW", **CARD))
    settle(market)
    proposed = invoice(Document.objects.latest("pk"), "FV-2026-2")
    assert proposed is not None
    agree(proposed)
    advice = advice_of(paid_of(seller, carla, dan))

    assert sums_of(advice) == [1149_50, 907_50, 242_00]
    rows = list(advice.rows())
    assert [cells[0] for place, cells in rows if place == ORDERS] == ["NEW"]
    assert [cells for place, cells in rows if place == OTHERS] == [
        ("OLD", "CZ-2026-000001", date(2026, 9, 5), 907_50)
    ]


@pytest.fixture
def demanded(market: Market) -> Collection:
    make_seller(market, "3003", "Horizont s.r.o.", negative_balance=NegativeBalance.DEMAND)
    agreed_over(market, ("A", OWING))
    return Collection.objects.get()


def test_a_demand_says_how_much_by_when_and_how_to_pay(demanded: Collection) -> None:
    draw("payouts.render_demand", demanded.reference)

    demanded.refresh_from_db()
    (text,) = read(demanded.pdf)
    for words in (
        "Request for payment CZ-D-2026-000001",
        "Please pay CZK 907.50 by",
        "Customers' cash of the orders listed 6,207.30",
        "Less what was set off or settled otherwise 5,299.80",
        "Horizont s.r.o. pays Meridian Market s.r.o. CZK 907.50",
        "Bank account CZ65 0800 0000 1920 0014 5399",
        f"Variable symbol {demanded.symbol}",
        "Message CZ-D-2026-000001",
        "Scan it with your bank's app.",
        "A CZ-2026-000001 5 Oct 2026 6,207.30 5,299.80 907.50",
        "Total of 1 order 6,207.30 5,299.80 907.50",
    ):
        assert words.casefold() in text.casefold()
    told = letter("collection:CZ-D-2026-000001")
    assert [file.name for file in told.attachments.all()] == ["CZ-D-2026-000001.pdf"]
    assert demanded.symbol in told.body
    assert run_checks() == []


def test_a_demand_that_was_taken_back_is_not_drawn(demanded: Collection) -> None:
    cancel_collection(collection_id=demanded.pk, reason="Paid by hand", by=None, at=timezone.now())

    draw("payouts.render_demand", demanded.reference)

    assert Collection.objects.get().pdf is None
    assert not OutgoingMail.objects.filter(key=f"collection:{demanded.reference}").exists()


def test_money_is_asked_for_to_the_account_in_use_and_without_a_code_where_banks_read_none(
    demanded: Collection,
) -> None:
    market = demanded.market
    market.entity_iban = ANOTHER_IBAN
    market.save()
    told = demand_of(Collection.objects.get())
    with translation.override("en"):
        czech = demand_facts(told)
        told.collection.market.code = "HU"
        hungarian = demand_facts(told)

    assert czech.payment is not None
    assert hungarian.payment is not None
    assert dict(czech.payment.details)["Bank account"] == "CZ58 5500 0000 0012 6509 8001"
    assert czech.payment.picture.startswith("<svg")
    assert (hungarian.payment.picture, hungarian.payment.caption) == ("", "")
    assert czech.result == Sum("Horizont s.r.o. pays Meridian Market s.r.o.", 907_50)
