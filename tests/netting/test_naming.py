"""Papers of set-offs and payments name every sort of item, and add up, in agency and with what came back."""

from collections.abc import Iterable
from typing import Any

import pytest
from django.utils import timezone, translation

from marketplace.kernel.books import run_checks
from marketplace.kernel.models import OutgoingMail
from marketplace.kernel.zones import local_date
from marketplace.parties.models import Market, NegativeBalance, Seller
from marketplace.users.models import User
from settlement.documents.models import Document
from settlement.documents.papers.facts import PaperFacts, Row, Tally
from settlement.invoices.operations.deciding import book_invoice
from settlement.netting.agreement_facts import agreement_facts
from settlement.netting.agreements import agreement_of
from settlement.netting.models import Item, Paper, SetOff, Side, State
from settlement.netting.naming import item_name
from settlement.netting.operations.disputing import dispute_orders
from settlement.netting.reasons import why_open
from settlement.payouts.models import Collection, Confirmation, Payout
from settlement.payouts.operations.confirming import ask_confirmation
from tests.cast import AFTER_OCTOBER, OCTOBER, make_seller, settle, take, work_off_but_rendering
from tests.netting.drawing import draw, letter, read
from tests.netting.telling import INVOICED, agree, give_account, hand_in, invoice, pay, send_payouts
from tests.orders.telling import tell_order, tender
from tests.stories.hungary import (
    AFTER_MIDDLE,
    MIDDLE,
    come_back,
    four_orders,
    hungarian,
    make_agent,
    make_hungary,
)
from tests.stories.test_resale import CARD, COD, TRANSFER

LATER = "2026-10-20T10:00:00+02:00"
HUNGARIAN_IBAN = "HU42117730161111101800000000"


def text_of(pages: Iterable[str]) -> str:
    return " ".join(pages).replace("\N{NO-BREAK SPACE}", " ")


def assert_adds_up(facts: PaperFacts, rows: Iterable[Row]) -> None:
    found = list(rows)
    for place, listing in enumerate(facts.lists):
        list(Tally(listing).counting(cells for where, cells in found if where == place))


def assert_says(text: str, *expected: str) -> None:
    for words in expected:
        assert words.casefold() in text.casefold()


def proposed() -> SetOff:
    return SetOff.objects.select_related("market", "seller__contract").get(state=State.PROPOSED)


def agreement_text(set_off: SetOff) -> str:
    """What the agreed set-off's paper says, once every list of it was found to add up."""
    agreed = agree(set_off)
    agreement = agreement_of(agreed)
    with translation.override("en"):
        assert_adds_up(agreement_facts(agreement), agreement.rows())
    draw("netting.render", agreed.reference)
    return text_of(read(SetOff.objects.get(pk=agreed.pk).pdf))


@pytest.fixture
def hungary(db: None) -> Market:
    """Four orders of an agency seller, settled."""
    market = make_hungary()
    give_account(make_agent(market), HUNGARIAN_IBAN)
    take(market, *four_orders(market))
    settle(market, MIDDLE, AFTER_MIDDLE)
    return market


def go_on(market: Market, *told: dict[str, Any]) -> None:
    """The third order comes back; the next half month is settled."""
    come_back(market, "R1", "V3", at=LATER)
    take(market, *told)
    settle(market, OCTOBER, AFTER_OCTOBER)


FIFTH = hungarian("V5", "12700.00", tender("card", "12700.00"), delivered="2026-10-21T11:30:00+02:00")


def test_in_agency_customers_money_is_set_off_against_the_commission(hungary: Market) -> None:
    text = agreement_text(proposed())

    assert_says(
        text,
        "Meridian Market s.r.o. owed Duna Bt. customers' money that it holds 28,740",
        "Duna Bt. owed Meridian Market s.r.o. for commission invoices 7,620",
        "Meridian Market s.r.o. pays Duna Bt. HUF 21,120",
        "Customers' money: owed by Meridian Market s.r.o. to Duna Bt.",
        "Customers' money of document Due Open before Set off Remaining HU-2026-000001",
        "28,740 7,620 21,120 Total of 1 item 28,740 7,620 21,120",
        "Commission invoices: owed by Duna Bt. to Meridian Market s.r.o.",
        "Commission invoice Document Due Open before Set off Remaining HU-F-2026-000001 HU-2026-000001",
        "Customers' money of document HU-2026-000001 Commission invoice HU-F-2026-000001 7,620 21,120",
    )
    assert run_checks() == []


def test_what_came_back_is_named_beside_what_is_new(hungary: Market) -> None:
    go_on(hungary, FIFTH)
    agree(proposed())  # what came meanwhile is on the next one

    text = agreement_text(proposed())

    assert_says(
        text,
        "owed Duna Bt. customers' money that it holds 12,700",
        "owed Duna Bt. for commission credit notes 2,286",
        "owed Meridian Market s.r.o. for commission invoices 1,524",
        "Duna Bt. owed Meridian Market s.r.o. for refunds to customers 5,000",
        "Owed by Meridian Market s.r.o. to Duna Bt.",
        "What it is Document Due",
        "Customers' money HU-2026-000002",
        "Commission credit note HU-FC-2026-000001 HU-C-2026-000001",
        "Customers' money given back HU-C-2026-000001",
        "Customers' money of document HU-2026-000002 Commission invoice HU-F-2026-000002 1,524",
        "What was set off against what",
    )


def test_the_proposals_letter_speaks_of_no_cash_where_there_is_none(hungary: Market) -> None:
    set_off = proposed()

    told = OutgoingMail.objects.get(subject__contains=set_off.reference)

    body = told.body.replace("\N{NO-BREAK SPACE}", " ")
    assert "Owed to you: HUF 28,740\nOwed by you: HUF 7,620\n" in body
    assert "cash" not in body


def test_an_agency_payment_lists_the_orders_whose_money_it_is(
    hungary: Market, carla: User, dan: User
) -> None:
    agree(proposed())
    (payout,) = send_payouts(Seller.objects.get(), carla, dan)
    pay(payout)

    draw("payouts.render", payout.reference)

    text = text_of(read(Payout.objects.get().pdf))
    assert_says(
        text,
        "It pays what set-off HU-S-2026-000001 left owed of what is listed here.",
        "Customers' money that was held for you 28,740",
        "Less what was set off 7,620",
        "Meridian Market s.r.o. paid Duna Bt. HUF 21,120",
        "HU-2026-000001 28,740 7,620 21,120",
        "V1 HU-2026-000001 5 Oct 2026 12,700",
        "V3 HU-2026-000001 5 Oct 2026 5,000",
        "Total of 4 orders 28,740",
        "Commission invoice Document Due Set off HU-F-2026-000001 HU-2026-000001",
        "Total of 1 item 7,620",
    )
    assert "order by order" in letter(f"payout:{payout.reference}").body
    assert run_checks() == []


def test_an_agency_demand_says_what_it_is_made_of(hungary: Market) -> None:
    terms = Seller.objects.get().contract
    terms.negative_balance = NegativeBalance.DEMAND
    terms.save()
    agree(proposed())
    go_on(hungary)
    agree(proposed())
    collection = Collection.objects.get()

    draw("payouts.render_demand", collection.reference)

    text = text_of(read(Collection.objects.get().pdf))
    assert_says(
        text,
        "Please pay HUF 2,714 by",
        "Duna Bt. owes it to Meridian Market s.r.o. after set-off HU-S-2026-000002.",
        "Total of what is listed 5,000",
        "Less what was set off or settled otherwise 2,286",
        "Customers' money given back: owed by Duna Bt. to Meridian Market s.r.o.",
        "HU-C-2026-000001",
        "Total of 1 item 5,000 2,286 2,714",
    )
    told = letter(f"collection:{collection.reference}").body.replace("\N{NO-BREAK SPACE}", " ")
    assert "After set-off HU-S-2026-000002 you owe the marketplace HUF 2,714." in told


def test_a_balance_confirmation_names_what_is_open_in_agency(hungary: Market) -> None:
    go_on(hungary, FIFTH)
    asked = Item.objects.latest("opened_at").opened_at
    day = local_date(asked, hungary.zone)
    confirmation = ask_confirmation(
        seller=Seller.objects.get(), as_of=day, by=None, at=asked.replace(year=asked.year + 1)
    )

    draw("payouts.render_confirmation", f"confirmation:{confirmation.pk}")

    text = text_of(read(Confirmation.objects.get().pdf))
    assert_says(
        text,
        "Owed by Meridian Market s.r.o. to Duna Bt.",
        "Customers' money HU-2026-000001",
        "Commission credit note HU-FC-2026-000001 HU-C-2026-000001",
        "Commission invoice HU-F-2026-000002 HU-2026-000002",
        "Customers' money given back HU-C-2026-000001",
    )


@pytest.fixture
def czech(market: Market) -> Market:
    """Three orders of a resale seller, settled, invoiced, set off."""
    give_account(make_seller(market, "3003", "Horizont s.r.o.", cadence="half_month"))
    orders = zip("ABC", (CARD, COD, TRANSFER), strict=True)
    take(market, *(tell_order(number=name, **facts) for name, facts in orders))
    settle(market, MIDDLE, AFTER_MIDDLE)
    first = invoice(Document.objects.get())
    assert first is not None
    agree(first)
    return market


def back(market: Market, *orders: str) -> None:
    """Goods and delivery come back; cash was given back by the seller."""
    both = [{"line": 1, "quantity": 1}, {"line": 2, "quantity": 1}]
    given = {"method": "cod", "amount": "2541.00", "paid_by": "seller", "paid_at": LATER}
    for order in orders:
        refunds = [given] if order == "B" else []
        come_back(market, f"R{order}", order, at=LATER, lines=both, refunds=refunds)


def answer_all() -> None:
    """Every document that awaits one gets its invoice, or credit note; they come in one after the other."""
    for place, document in enumerate(Document.objects.awaiting_invoice().order_by("kind"), start=2):
        number = f"{'DB' if document.is_credit else 'FV'}-2026-{place}"
        book_invoice(invoice_id=hand_in(document, number).pk, by=None, at=INVOICED)
    work_off_but_rendering()


def test_in_resale_credit_notes_and_refunds_stand_beside_invoices_and_cash(
    czech: Market, carla: User, dan: User
) -> None:
    pay(*send_payouts(Seller.objects.get(), carla, dan))
    back(czech, "A", "B")
    take(czech, tell_order(number="D", delivered="2026-10-22T10:00:00+02:00", **COD))
    settle(czech, OCTOBER, AFTER_OCTOBER)
    answer_all()
    texts = []
    while SetOff.objects.filter(state=State.PROPOSED).exists():
        texts.append(agreement_text(proposed()))

    assert_says(
        " ".join(texts),
        "Meridian Market s.r.o. owed Horizont s.r.o. for refunds to customers 2,541.00",
        "Horizont s.r.o. owed Meridian Market s.r.o. for credit notes 3,327.50",
        "Refunds to customers: owed by Meridian Market s.r.o. to Horizont s.r.o.",
        "Refund of order B Cash of order D 2,541.00 0.00",
        "Invoice FV-2026-3 Credit note DB-2026-2 2,178.00 0.00",
        "Credit note DB-2026-2 CZ-C-2026-000001",
        "Cash of order D CZ-2026-000002",
    )
    assert run_checks() == []


def test_a_payment_of_a_refund_is_named_so(czech: Market, carla: User, dan: User) -> None:
    pay(*send_payouts(Seller.objects.get(), carla, dan))
    back(czech, "B")
    settle(czech, OCTOBER, AFTER_OCTOBER)
    answer_all()
    agree(proposed())
    (payout,) = send_payouts(Seller.objects.get(), carla, dan)
    pay(payout)

    draw("payouts.render", payout.reference)

    text = text_of(read(Payout.objects.get(pk=payout.pk).pdf))
    assert_says(
        text,
        "What you gave back to customers 2,541.00 Less what was set off 2,178.00",
        "Meridian Market s.r.o. paid Horizont s.r.o. CZK 363.00",
        "Order Document Total Set off Paid now B CZ-C-2026-000001 2,541.00 2,178.00 363.00",
        "Credit note Document Due Set off DB-2026-2 CZ-C-2026-000001",
    )
    assert run_checks() == []


def test_every_sort_of_item_has_a_name_and_only_cash_waits_for_an_invoice(hungary: Market) -> None:
    names = {}
    for paper in Paper:
        for side in Side:
            item = Item(paper=paper, side=side, number="N-1")
            names[paper, side] = item_name(item)

    assert len(set(names.values())) == 10
    assert all("N-1" in name for name in names.values())
    work_off_but_rendering()
    for item in Item.objects.all():
        assert not any("invoiced" in reason for reason in why_open(item))


def test_a_disputed_order_of_agency_stays_open_with_its_money(hungary: Market) -> None:
    set_off = proposed()
    dispute_orders(
        set_off_id=set_off.pk, numbers=["V4"], reason="It was never ours.", by=None, at=timezone.now()
    )

    text = agreement_text(proposed())

    assert_says(
        text,
        "Disputed and left open, owed by Meridian Market s.r.o. 6,350",
        "Order Document What the seller objects to Owed to the seller Owed by the seller",
        "V4 HU-2026-000001 It was never ours. 6,350 762",
        "Meridian Market s.r.o. pays Duna Bt. HUF 15,532",
    )
