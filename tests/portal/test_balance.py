"""The balance: who owes whom, now and before, what is open and why, and every movement."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.utils import timezone

from marketplace.kernel.zones import local_date
from marketplace.parties.models import Cadence, Market, Seller
from marketplace.users.models import User
from settlement.documents.models import Document
from settlement.invoices.operations.deciding import cancel_invoice
from settlement.netting.models import Outcome, SetOff
from settlement.netting.operations.answering import withdraw_set_off
from settlement.netting.operations.disputing import decide_dispute, dispute_orders
from settlement.payouts.models import Collection, Payout
from settlement.payouts.operations.collecting import receive_money
from settlement.payouts.operations.paying import mark_failed
from tests.netting.telling import agree, hand_in, invoice, pay, send_payouts
from tests.orders.telling import tell_order
from tests.portal.conftest import CASH, documented
from tests.portal.telling import OWING, Browser

BALANCE, MOVEMENTS = "/balance/", "/balance/movements/"


def test_the_balance_names_who_owes_whom(ana_sees: Browser, set_off: SetOff) -> None:
    page = ana_sees.page(BALANCE)

    assert "Balance now Meridian Market s.r.o. owes Horizont s.r.o. CZK 1,300.75" in page
    assert "The marketplace owes you CZK 3,878.05" in page
    assert "You owe the marketplace CZK 2,577.30" in page


def test_a_seller_who_owes_is_named_as_the_debtor(ana_sees: Browser, document: Document) -> None:
    assert "Horizont s.r.o. owes Meridian Market s.r.o. CZK 2,577.30" in ana_sees.page(BALANCE)


def test_a_new_seller_is_told_what_will_appear(ana_sees: Browser, seller: Seller) -> None:
    page = ana_sees.page(BALANCE)

    assert "Nothing is owed either way CZK 0.00" in page
    assert "from the first invoice document on" in page
    assert "Nothing was booked yet" in ana_sees.page(MOVEMENTS)


def test_the_balance_of_a_day_is_what_stood_at_its_end(
    ana_sees: Browser, market: Market, seller: Seller, set_off: SetOff
) -> None:
    issued = local_date(set_off.proposed_at, market.zone)

    before = ana_sees.page(f"{BALANCE}?as_of=2026-11-04")
    now = ana_sees.page(f"{BALANCE}?as_of={issued}")

    assert "Balance at the end of 4 Nov 2026" in before
    assert "The marketplace owes you CZK 3,878.05" in before  # the invoice was booked at ten that day
    assert "Nothing is owed either way" in ana_sees.page(f"{BALANCE}?as_of=2026-11-03")
    assert "owes Horizont s.r.o. CZK 1,300.75" in now


def test_what_was_open_on_a_day_is_listed_though_it_is_settled_now(
    ana_sees: Browser, payout: Payout, seller: Seller, carla: User, dan: User
) -> None:
    send_payouts(seller, carla, dan)
    pay(payout)
    assert "Nothing is open" in ana_sees.page(BALANCE)

    rows = ana_sees.client.get(f"{BALANCE}?as_of=2026-11-04&state=payable").context["table"].rows

    assert [(row[0].text, row[-1].text) for row in rows] == [("FV-2026-1", "3,878.05")]
    heads, row = ana_sees.sheet("/balance/export/?as_of=2026-11-04")
    assert dict(zip(heads, row, strict=True))["Open then"] == 3878.05
    assert len(ana_sees.sheet("/balance/movements/export/?as_of=2026-11-04")) == 2


@pytest.mark.parametrize("day", ["nonsense", "0001-01-01", "9999-12-31", "2026-02-30", "", "\x00"])
def test_a_day_that_is_none_shows_the_balance_now(ana_sees: Browser, set_off: SetOff, day: str) -> None:
    assert "CZK 1,300.75" in ana_sees.client.get(BALANCE, {"as_of": day}).content.decode().replace(
        "\xa0", " "
    )


def test_a_day_to_come_is_today(ana_sees: Browser, set_off: SetOff) -> None:
    assert "owes Horizont s.r.o. CZK 1,300.75" in ana_sees.page(f"{BALANCE}?as_of=2190-01-01")


def why(ana_sees: Browser, number: str) -> tuple[str, str]:
    """Why an item is open, as the list of open items says it, and where that leads."""
    rows = ana_sees.client.get(f"{BALANCE}?q={number}").context["table"].rows
    (row,) = [row for row in rows if row[0].text == number]
    return row[-1].text, row[-1].url


def test_cash_waits_for_the_invoice_then_for_its_booking_then_on_the_set_off(
    ana_sees: Browser, document: Document, carla: User
) -> None:
    address = f"/documents/{document.reference}/#invoice"
    assert why(ana_sees, "CASH1") == (f"Document {document.reference} awaits your invoice.", address)

    hand_in(document)
    in_review = f"Your invoice for document {document.reference} is in review."
    assert why(ana_sees, "CASH1") == (in_review, address)


def test_an_item_on_a_set_off_says_until_when(ana_sees: Browser, set_off: SetOff) -> None:
    text, url = why(ana_sees, "CASH1")

    assert text.startswith(f"On set-off {set_off.reference}, to be answered by")
    assert url == f"/set-offs/{set_off.reference}/"


def test_a_disputed_order_leads_to_its_dispute(ana_sees: Browser, set_off: SetOff) -> None:
    (dispute,) = dispute_orders(
        set_off_id=set_off.pk, numbers=["CASH1"], reason="x", by=None, at=timezone.now()
    )

    for number in ("CASH1", "FV-2026-1"):
        text, url = why(ana_sees, number)
        assert text.startswith("Order CASH1 is disputed.")
        assert url == f"/set-offs/disputes/{dispute.pk}/"


def test_an_invoice_being_paid_leads_to_its_payout_also_after_it_failed(
    ana_sees: Browser, payout: Payout, seller: Seller, carla: User, dan: User
) -> None:
    assert why(ana_sees, "FV-2026-1") == (
        f"Being paid by payout {payout.reference}.",
        f"/payments/payouts/{payout.reference}/",
    )

    send_payouts(seller, carla, dan)
    mark_failed(payout_id=payout.pk, reason="closed", by=carla, at=timezone.now())

    assert why(ana_sees, "FV-2026-1")[0] == f"Payout {payout.reference} did not go through; it is paid again."


def test_cash_that_is_asked_for_leads_to_its_demand(ana_sees: Browser, demand: Collection) -> None:
    text, url = why(ana_sees, "OWED1")

    assert text.startswith(f"Demanded by {demand.reference}, due")
    assert url == f"/payments/demands/{demand.reference}/"


def test_what_is_carried_says_so(ana_sees: Browser, market: Market, seller: Seller) -> None:
    proposed = invoice(documented(market, tell_order(number="OWED1", **OWING)))
    assert proposed is not None
    agree(proposed)

    assert why(ana_sees, "OWED1")[0] == "Carried to the next set-off."


def test_open_items_add_up_to_the_balance(ana_sees: Browser, set_off: SetOff) -> None:
    heads, *rows = ana_sees.sheet("/balance/export/")
    told = [dict(zip(heads, row, strict=True)) for row in rows]

    owed = sum(row["Open"] for row in told if row["Side"] == "Owed to you")
    held = sum(row["Open"] for row in told if row["Side"] == "Owed by you")
    assert (round(owed, 2), round(held, 2)) == (3878.05, 2577.3)
    assert all(row["Why it is open"] for row in told)


def test_open_items_are_narrowed_by_side_number_and_document(ana_sees: Browser, set_off: SetOff) -> None:
    for query, there, absent in (
        ("state=payable", "FV-2026-1", ">CASH1<"),
        ("state=receivable", "CASH1", ">FV-2026-1<"),
        ("q=CASH", "CASH1", ">FV-2026-1<"),
        ("q=cz-2026-000001", "CASH1", ">NOWHERE<"),
        ("sort=-total", "CASH1", ">NOWHERE<"),
    ):
        page = ana_sees.client.get(f"{BALANCE}?{query}").content.decode()
        assert there in page, query
        assert absent not in page, query


def statement(ana_sees: Browser, query: str = "") -> list[dict[str, Any]]:
    """The statement, oldest first."""
    heads, *rows = ana_sees.sheet(f"/balance/movements/export/?sort=at{query}")
    return [dict(zip(heads, row, strict=True)) for row in rows]


def test_every_movement_is_told_with_the_balance_of_its_side(
    ana_sees: Browser, payout: Payout, seller: Seller, carla: User, dan: User
) -> None:
    send_payouts(seller, carla, dan)
    pay(payout)

    told = [
        (row["What happened"], row["Side"], row["Added"], row["Taken off"], row["Balance of the side"])
        for row in statement(ana_sees)
    ]

    set_off = payout.set_off.reference
    assert sorted(told, key=lambda row: row[1:2]) == sorted(
        [
            ("Customers' cash you hold of document CZ-2026-000001", "Owed by you", 2577.3, None, 2577.3),
            (f"Set-off {set_off}", "Owed by you", None, 2577.3, 0),
            ("Your invoice FV-2026-1 for document CZ-2026-000001", "Owed to you", 3878.05, None, 3878.05),
            (f"Set-off {set_off}", "Owed to you", None, 2577.3, 1300.75),
            (f"Paid to you by payout {payout.reference}", "Owed to you", None, 1300.75, 0),
        ],
        key=lambda row: row[1:2],
    )


def test_each_movement_leads_to_its_source(
    ana_sees: Browser, payout: Payout, seller: Seller, carla: User, dan: User
) -> None:
    send_payouts(seller, carla, dan)
    pay(payout)

    links = ana_sees.links(MOVEMENTS)

    assert {
        "/documents/CZ-2026-000001/",
        f"/set-offs/{payout.set_off.reference}/",
        f"/payments/payouts/{payout.reference}/",
    } <= links


def test_money_received_taken_over_and_undone_is_told_too(
    ana_sees: Browser, demand: Collection, carla: User
) -> None:
    receive_money(
        collection_id=demand.pk, amount=907_50, received_on=date(2026, 11, 20), by=None, at=timezone.now()
    )

    assert f"Received from you for demand {demand.reference}" in ana_sees.page(MOVEMENTS)
    assert f"/payments/demands/{demand.reference}/" in ana_sees.links(MOVEMENTS)


def test_cash_that_turned_out_to_be_with_the_marketplace_leads_to_its_dispute(
    ana_sees: Browser, set_off: SetOff, carla: User
) -> None:
    (dispute,) = dispute_orders(
        set_off_id=set_off.pk, numbers=["CASH1"], reason="x", by=None, at=timezone.now()
    )
    decide_dispute(dispute_id=dispute.pk, outcome=Outcome.HELD_HERE, text="yes", by=carla, at=timezone.now())

    assert "The marketplace holds the cash of order CASH1" in ana_sees.page(MOVEMENTS)
    assert f"/set-offs/disputes/{dispute.pk}/" in ana_sees.links(MOVEMENTS)


def test_a_booking_that_was_undone_is_told_as_such(ana_sees: Browser, set_off: SetOff, carla: User) -> None:
    withdraw_set_off(set_off_id=set_off.pk, reason="x", by=carla, at=timezone.now())
    booked = set_off.lines.exclude(item__invoice=None).get().item.invoice
    assert booked is not None
    cancel_invoice(invoice_id=booked.pk, reason="wrong", by=carla, at=timezone.now())

    assert "Undone: Your invoice FV-2026-1 for document CZ-2026-000001" in ana_sees.page(MOVEMENTS)


def test_the_statement_is_narrowed_by_day_side_and_reference(ana_sees: Browser, set_off: SetOff) -> None:
    for query, count in (
        ("", 2),
        ("state=payable", 1),
        ("q=FV-2026-1", 1),
        ("since=2026-11-04&until=2026-11-04", 1),
        ("until=2026-11-03", 0),
        ("since=2190-01-01", 0),
    ):
        rows = ana_sees.client.get(f"{MOVEMENTS}?{query}").context["table"].rows
        assert len(rows) == count, query


def test_a_stranger_sees_nothing_of_it(beto_sees: Browser, set_off: SetOff) -> None:
    for address in (BALANCE, MOVEMENTS):
        page = beto_sees.page(address)
        assert "CZK 0.00" in page
        assert "CASH1" not in page
        assert "FV-2026-1" not in page
    assert len(beto_sees.sheet("/balance/export/")) == len(beto_sees.sheet("/balance/movements/export/")) == 1


def test_the_balance_takes_as_many_queries_for_many_items_as_for_few(
    ana_sees: Browser, market: Market, seller: Seller
) -> None:
    seller.contract.cadence = Cadence.HALF_MONTH
    seller.contract.save()
    assert invoice(documented(market, tell_order(**CASH), through=date(2026, 10, 15)), "FV-1") is not None
    few = ana_sees.queries(BALANCE), ana_sees.queries(MOVEMENTS)
    told = [tell_order(delivered="2026-10-20T11:30:00+02:00", **CASH) for _ in range(40)]
    invoice(documented(market, *told), "FV-2")

    assert ana_sees.queries(BALANCE) == few[0]
    assert ana_sees.queries(MOVEMENTS) == few[1]
    assert max(few) <= 30


def test_the_pages_of_open_items_follow_one_another(
    ana_sees: Browser, market: Market, cash_orders: Callable[[int], None]
) -> None:
    cash_orders(60)
    documented(market)
    for sort in ("due", "-due", "total", "-total"):
        seen: list[str] = []
        address = f"{BALANCE}?sort={sort}"
        while address:
            answer = ana_sees.client.get(address)
            seen += [row[0].text for row in answer.context["table"].rows]
            older = answer.context["older_url"]
            address = BALANCE + older if older else ""
        assert len(seen) == len(set(seen)) == 60, sort
