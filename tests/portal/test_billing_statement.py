"""Movements: the seller's account as a statement, day by day, from the books."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db.models import Sum

from marketplace.ledger.models import Posting
from marketplace.parties.models import Seller
from marketplace.users.models import User
from settlement.billing.operations.charging import withdraw_fee
from settlement.billing.operations.monthly import invoice_fees
from tests.billing.mexico import NOON, charge, invoice, pay_in
from tests.portal.paying_in import standing
from tests.portal.telling import Browser

STATEMENT = "/billing/"


def rows(browser: Browser, query: str = "") -> list[tuple[str, ...]]:
    """What happened, invoiced, added, taken off and balance of each line, newest first."""
    table = browser.client.get(f"{STATEMENT}?{query}").context["table"]
    return [tuple(cell.text for cell in row[1:]) for row in table.rows]


@pytest.fixture
def lived(sol: Seller, owner: User) -> None:
    """A deposit, a fee from it, its invoice, a fee taken back, and a fee that nothing covers."""
    first = pay_in(sol, "1000.00")
    charge(sol, "150.00", at=NOON + timedelta(days=1))
    invoice(sol, first, by=owner, at=NOON + timedelta(days=2))
    wrong = charge(sol, "50.00", at=NOON + timedelta(days=3))
    withdraw_fee(fee_id=wrong.pk, reason="Printed twice", by=None, at=NOON + timedelta(days=4))
    charge(sol, "900.00", at=NOON + timedelta(days=5))


def test_each_line_says_what_happened_and_what_stood_after_it(sol_sees: Browser, lived: None) -> None:
    assert rows(sol_sees) == [
        ("Shipping label: Label (MX-FE-2026-000003)", "–", "–", "850.00", "0.00"),
        ("Undone: Shipping label: Label (MX-FE-2026-000002)", "–", "50.00", "–", "850.00"),
        ("Shipping label: Label (MX-FE-2026-000002)", "–", "–", "50.00", "800.00"),
        ("Invoice MX-I-2026-000001", "1,000.00", "–", "–", "850.00"),
        ("Shipping label: Label (MX-FE-2026-000001)", "–", "–", "150.00", "850.00"),
        ("Deposit MX-DP-2026-000001", "–", "1,000.00", "–", "1,000.00"),
    ]


def test_every_line_leads_to_its_source(sol_sees: Browser, lived: None) -> None:
    for address in (
        "/billing/deposits/MX-DP-2026-000001/",
        "/billing/fees/MX-FE-2026-000002/",
        "/billing/invoices/MX-I-2026-000001/",
    ):
        assert address in sol_sees.links(STATEMENT)
        sol_sees.page(address)


def test_a_span_of_days_opens_and_closes_with_what_stood_then(sol_sees: Browser, lived: None) -> None:
    page = sol_sees.page(f"{STATEMENT}?since=2026-10-06&until=2026-10-08")

    assert "6–8 Oct 2026 Opening balance 1,000.00 Added 0.00 Taken off −200.00" in page
    assert "Closing balance MX$800.00" in page
    assert [row[-1] for row in rows(sol_sees, "since=2026-10-06&until=2026-10-08")] == [
        "800.00",
        "850.00",
        "850.00",
    ]


def test_a_day_begins_at_midnight_in_the_market(sol_sees: Browser, sol: Seller) -> None:
    pay_in(sol, "10.00", at=datetime(2026, 10, 6, 5, 59, tzinfo=UTC))  # one minute to midnight of the 5th
    pay_in(sol, "20.00", at=datetime(2026, 10, 6, 6, 0, tzinfo=UTC))

    assert "Opening balance 10.00 Added 20.00" in sol_sees.page(f"{STATEMENT}?since=2026-10-06")
    assert "at the end of 5 Oct 2026 The marketplace holds this for you MX$10.00" in sol_sees.page(
        f"{STATEMENT}?as_of=2026-10-05"
    )


def test_a_search_leaves_the_balances_as_they_are(sol_sees: Browser, lived: None) -> None:
    found = rows(sol_sees, "q=MX-FE-2026-000002")

    assert [row[-1] for row in found] == ["850.00", "800.00"]
    assert "Nothing matches" in sol_sees.page(f"{STATEMENT}?q=NOTHING")


def test_the_settlement_account_holds_invoices_for_fees(sol_sees: Browser, sol: Seller, lived: None) -> None:
    fees = invoice_fees(
        seller_id=sol.pk, before=datetime(2026, 11, 1, tzinfo=UTC).date(), at=NOON + timedelta(days=27)
    )
    assert fees is not None

    assert rows(sol_sees, "tab=settlement") == [("Invoice MX-I-2026-000002", "–", "–", "50.00", "−50.00")]
    assert "You owe the marketplace −MX$50.00" in sol_sees.page(f"{STATEMENT}?tab=settlement")
    assert rows(sol_sees, "tab=all")[0][-1] == "−50.00"
    assert len(rows(sol_sees, "tab=all")) == 7


def test_the_statement_agrees_with_the_books(sol_sees: Browser, sol: Seller, lived: None) -> None:
    booked = Posting.objects.filter(account__seller=sol).aggregate(sum=Sum("amount"))["sum"]

    answer = sol_sees.client.get(f"{STATEMENT}?tab=all")

    assert answer.context["balance"] == -booked == answer.context["sums"].closing


def test_the_workbook_holds_all_lines_with_their_balances(
    sol_sees: Browser, sol: Seller, lived: None
) -> None:
    for place in range(30):
        pay_in(sol, "1.00", at=NOON + timedelta(days=6, minutes=place))

    head, *lines = sol_sees.sheet(f"{STATEMENT}export/?sort=at")

    assert head == ["Day", "What happened", "Invoiced", "Added", "Taken off", "Balance", "Currency"]
    assert len(lines) == 66  # each new peso goes to the fee that waits
    assert [line[5] for line in lines[:3]] == [1000, 850, 850]
    assert lines[2][1:5] == ["Invoice MX-I-2026-000001", 1000, None, None]
    assert lines[-1][5] == 0


def test_pages_go_on_where_the_one_before_ended(sol_sees: Browser, sol: Seller) -> None:
    for place in range(60):
        pay_in(sol, "1.00", at=NOON + timedelta(minutes=place))

    first = sol_sees.client.get(STATEMENT).context
    second = sol_sees.client.get(STATEMENT + first["older_url"]).context

    assert [first["table"].rows[0][-1].text, first["table"].rows[-1][-1].text] == ["60.00", "36.00"]
    assert second["table"].rows[0][-1].text == "35.00"


def test_a_page_takes_as_many_queries_however_much_there_is(
    sol_sees: Browser, sol: Seller, owner: User
) -> None:
    addresses = (
        STATEMENT,
        f"{STATEMENT}?tab=all",
        "/billing/deposits/",
        "/billing/fees/",
        "/billing/invoices/",
        "/",
    )
    invoice(sol, pay_in(sol, "100.00"), by=owner)
    charge(sol, "10.00")
    pay_in(sol, "1.00")
    before = [sol_sees.queries(address) for address in addresses]

    for _ in range(5):
        invoice(sol, pay_in(sol, "100.00"), by=owner)
        charge(sol, "10.00")
        pay_in(sol, "1.00")

    assert [sol_sees.queries(address) for address in addresses] == before


def test_a_new_seller_is_told_how_it_begins(sol_sees: Browser) -> None:
    page = sol_sees.page(STATEMENT)

    assert "Nothing stands on it MX$0.00" in page
    assert "Your first deposit begins this statement" in page


def test_where_nothing_is_paid_in_ahead_there_is_no_billing(eva_sees: Browser) -> None:
    assert "/billing/" not in eva_sees.links("/")
    for address in (STATEMENT, "/billing/deposits/", "/billing/invoices/", "/billing/automatic/"):
        eva_sees.page(address, status=404)
    before = standing()
    eva_sees.post("/billing/deposits/tick/", {"all": "1"}, status=404)
    assert standing() == before
