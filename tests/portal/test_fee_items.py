"""What a seller owes for fees stands on its balance, its set-offs and its payments by name."""

from datetime import timedelta
from typing import Any

import pytest

from marketplace.parties.models import Market, NegativeBalance, Role, Seller
from settlement.netting.models import SetOff, State
from settlement.netting.operations.proposing import propose_overdue
from settlement.payouts.models import Collection, Payout
from tests.cast import client_of, make_member
from tests.netting.fees import MONTH_OVER, credited, invoiced, sell
from tests.netting.telling import agree, give_account, pay, send_payouts
from tests.portal.telling import Browser

LATE = MONTH_OVER + timedelta(days=60)


@pytest.fixture
def eva_sees(sol: Seller) -> Browser:
    return Browser(client_of(make_member(sol, "eva@sol.example", Role.OWNER)))


def proposed() -> SetOff:
    return SetOff.objects.select_related("market", "seller__contract").get(state=State.PROPOSED)


def test_the_balance_names_an_invoice_for_fees_and_finds_it(sol: Seller, eva_sees: Browser) -> None:
    invoice = invoiced(sol)

    for address in ("/balance/", f"/balance/?q={invoice.reference}", "/balance/?as_of=2026-11-10"):
        page = eva_sees.page(address)
        assert f"{invoice.reference} Fee invoice {invoice.reference}" in page
        assert "116.00" in page
        assert f"/billing/invoices/{invoice.reference}/" in eva_sees.links(address)
    (_heads, row, *_rest) = eva_sees.sheet("/balance/export/")
    assert row[:4] == [invoice.reference, "Fee invoice", "Owed by you", invoice.reference]


def test_more_invoices_for_fees_take_no_more_queries(sol: Seller, eva_sees: Browser) -> None:
    invoiced(sol)
    one = eva_sees.queries("/balance/")

    invoiced(sol)
    invoiced(sol)

    assert eva_sees.queries("/balance/") == one


def test_a_set_off_shows_fees_set_off_against_money_held(
    mexico: Market, sol: Seller, eva_sees: Browser, carla: Any, dan: Any
) -> None:
    give_account(sol, "032180000118359719")
    invoice = invoiced(sol)
    sell(mexico)
    set_off = proposed()

    page = eva_sees.page(f"/set-offs/{set_off.reference}/")

    assert f"Fee invoice {invoice.reference}" in page
    assert set_off.reference in eva_sees.page(f"/set-offs/?q={invoice.reference.lower()}")
    agree(set_off)
    pay(send_payouts(sol, carla, dan)[0])
    credited(invoice)
    agree(proposed())
    payout = Payout.objects.latest("pk")
    assert "Fee credit note MX-IC-2026-000001 –" in eva_sees.page(f"/payments/payouts/{payout.reference}/")
    assert payout.reference in eva_sees.page("/payments/?q=MX-IC-2026-000001")


def test_fees_that_are_asked_for_alone_say_why(mexico: Market, sol: Seller, eva_sees: Browser) -> None:
    sol.contract.negative_balance = NegativeBalance.DEMAND
    sol.contract.save()
    invoice = invoiced(sol)
    propose_overdue(market=mexico, at=LATE)
    set_off = proposed()

    page = eva_sees.page(f"/set-offs/{set_off.reference}/")

    assert "Your deposits did not cover these fees" in page
    assert "The cash of these orders was due" not in page
    agree(set_off)
    demand = Collection.objects.get()
    assert f"Fee invoice {invoice.reference}" in eva_sees.page(f"/payments/demands/{demand.reference}/")
    assert demand.reference in eva_sees.page(f"/payments/?tab=demands&q={invoice.reference}")
