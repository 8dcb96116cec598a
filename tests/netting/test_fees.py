"""Invoices for fees that deposits do not cover are debts like any other: set off, asked for, taken back."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from marketplace.kernel.books import run_checks
from marketplace.kernel.models import Job, JobState
from marketplace.ledger.queries import balance
from marketplace.parties.models import Market, NegativeBalance, Seller
from marketplace.users.models import User
from settlement.billing.models import BillingInvoice
from settlement.netting.models import Ground, Item, Paper, SetOff, Side, State
from settlement.netting.operations.answering import withdraw_set_off
from settlement.netting.operations.opening import open_billing
from settlement.netting.operations.proposing import propose_overdue
from settlement.netting.queries import balance_of, flows
from settlement.netting.reasons import why_open
from settlement.payouts.models import Collection, Confirmation, Payout
from settlement.payouts.operations.confirming import ask_confirmation
from tests.billing.mexico import invoice as issue
from tests.billing.mexico import make_payer, pay_in
from tests.cast import work_off_but_rendering
from tests.ledger.test_ledger import plant
from tests.netting.drawing import draw, read
from tests.netting.fees import MONTH_OVER, credited, invoiced, owe, sell
from tests.netting.telling import agree, give_account, pay, send_payouts

MISSING = "items: every booked invoice, every invoice for fees and all cash sellers hold is an item"
AGAINST_BOOKS = "items: what is open of them is what the books say, seller by seller"
LATE = MONTH_OVER + timedelta(days=15)
CLABE = "032180000118359719"


def proposed() -> SetOff:
    return SetOff.objects.select_related("market", "seller__contract").get(state=State.PROPOSED)


def text_of(file: Any) -> str:
    return " ".join(read(file)).replace("\N{NO-BREAK SPACE}", " ")


def test_an_invoice_for_fees_is_owed_by_the_seller_from_its_issue(mexico: Market, sol: Seller) -> None:
    invoice = invoiced(sol)

    item = Item.objects.get()

    assert (item.side, item.paper, item.number, item.total) == (
        Side.RECEIVABLE,
        Paper.SERVICE,
        invoice.reference,
        116_00,
    )
    assert (item.due_at, item.billing, item.document) == (MONTH_OVER, invoice, None)
    assert list(why_open(item)) == ["It comes on the next set-off."]
    assert run_checks() == []


def test_it_is_one_debt_however_often_its_job_runs(mexico: Market, sol: Seller) -> None:
    invoice = invoiced(sol)

    with transaction.atomic():
        open_billing(billing_invoice_id=invoice.pk)
        open_billing(billing_invoice_id=invoice.pk)

    assert Item.objects.count() == 1
    assert run_checks() == []


def test_it_is_set_off_against_the_money_held_for_its_seller(mexico: Market, sol: Seller) -> None:
    invoice = invoiced(sol)
    give_account(sol, CLABE)

    sell(mexico)

    # 1,160.00 held − commission 12 % of 1,000.00 + 16 % − fees 116.00
    set_off = proposed()
    assert (set_off.payables, set_off.receivables, set_off.net_due) == (1160_00, 255_20, 904_80)
    assert {(flow.order, flow.amount) for flow in flows(set_off)} >= {(invoice.reference, 116_00)}
    agree(set_off)
    assert Item.objects.get(billing=invoice).open == 0
    assert Payout.objects.get().amount == 904_80
    assert balance_of(seller=sol).owed_by_seller == 0
    assert run_checks() == []


def test_the_papers_of_the_set_off_and_its_payment_name_the_invoice(
    mexico: Market, sol: Seller, carla: Any, dan: Any
) -> None:
    invoice = invoiced(sol)
    give_account(sol, CLABE)
    sell(mexico)

    agreed = agree(proposed())
    draw("netting.render", agreed.reference)
    payout = pay(send_payouts(sol, carla, dan)[0])
    draw("payouts.render", payout.reference)

    agreement = text_of(SetOff.objects.get(pk=agreed.pk).pdf)
    assert "Tienda Sol S.A. de C.V. owed Meridian Mercados S.A. de C.V. for fee invoices 116.00" in agreement
    assert f"Fee invoice {invoice.reference}" in agreement
    advice = text_of(Payout.objects.get(pk=payout.pk).pdf)
    assert f"Fee invoice {invoice.reference} Nov 1, 2026 116.00" in advice.replace(
        "1 Nov 2026", "Nov 1, 2026"
    )


def test_one_taken_back_is_netted_with_its_credit_note_at_once(mexico: Market, sol: Seller) -> None:
    invoice = invoiced(sol)

    note = credited(invoice)

    set_off = proposed()
    assert (set_off.payables, set_off.receivables, set_off.net_due) == (116_00, 116_00, 0)
    assert Item.objects.get(billing=note).side == Side.PAYABLE
    agree(set_off)
    assert [item.open for item in Item.objects.all()] == [0, 0]
    assert balance(market_id=mexico.pk, kind="commission") == 0
    assert run_checks() == []


def test_a_credit_note_of_an_invoice_that_was_settled_is_paid_out(
    mexico: Market, sol: Seller, carla: Any, dan: Any
) -> None:
    give_account(sol, CLABE)
    invoice = invoiced(sol)
    sell(mexico)
    agree(proposed())
    pay(send_payouts(sol, carla, dan)[0])

    note = credited(invoice)
    agree(proposed())
    payout = pay(send_payouts(sol, carla, dan)[0])
    draw("payouts.render", payout.reference)

    assert payout.amount == 116_00
    text = text_of(Payout.objects.get(pk=payout.pk).pdf)
    assert "Fees credited to you 116.00" in text
    assert note.reference in text
    assert run_checks() == []


def test_what_nothing_comes_to_settle_is_asked_for_after_the_term_and_once(
    mexico: Market, sol: Seller
) -> None:
    invoiced(sol)
    term = timedelta(days=mexico.invoice_days)

    assert propose_overdue(market=mexico, at=MONTH_OVER + term) == 0
    assert propose_overdue(market=mexico, at=MONTH_OVER + term + timedelta(days=1)) == 1
    assert propose_overdue(market=mexico, at=MONTH_OVER + term + timedelta(days=2)) == 0

    set_off = proposed()
    assert (set_off.ground, set_off.to_collect) == (Ground.SERVICE, 116_00)
    agree(set_off)
    # Carried, as the contract has it, and not asked for again by itself.
    assert propose_overdue(market=mexico, at=timezone.now() + timedelta(days=60)) == 0
    assert not Collection.objects.exists()
    assert run_checks() == []


def test_one_whose_set_off_was_withdrawn_is_asked_for_again(mexico: Market, sol: Seller) -> None:
    invoiced(sol)
    assert propose_overdue(market=mexico, at=LATE + timedelta(days=30)) == 1

    withdraw_set_off(set_off_id=proposed().pk, reason="Too early", by=None, at=timezone.now())

    assert propose_overdue(market=mexico, at=LATE + timedelta(days=31)) == 1
    assert run_checks() == []


def test_a_seller_whose_contract_says_so_is_asked_to_pay_it(mexico: Market, sol: Seller) -> None:
    sol.contract.negative_balance = NegativeBalance.DEMAND
    sol.contract.save()
    invoice = invoiced(sol)
    propose_overdue(market=mexico, at=LATE + timedelta(days=30))

    agree(proposed())

    demand = Collection.objects.get()
    assert demand.amount == 116_00
    draw("payouts.render_demand", demand.reference)
    assert invoice.reference in text_of(Collection.objects.get().pdf)
    assert run_checks() == []


def test_a_balance_confirmation_lists_it(mexico: Market, sol: Seller) -> None:
    invoice = invoiced(sol)

    told = ask_confirmation(seller=sol, as_of=MONTH_OVER.date(), by=None, at=timezone.now())
    draw("payouts.render_confirmation", told.reference)

    text = text_of(Confirmation.objects.get(pk=told.pk).pdf)
    assert "Fee invoices: owed by Tienda Sol" in text
    assert invoice.reference in text


def test_before_its_job_ran_the_books_wait_for_it_and_then_miss_it(mexico: Market, sol: Seller) -> None:
    owe(sol)
    assert not Item.objects.exists()
    assert run_checks() == []

    Job.objects.filter(name="netting.take_billing").update(state=JobState.DEAD)

    assert MISSING in {broken.check for broken in run_checks()}


FAULTS = {
    MISSING: "DELETE FROM netting_item",
    AGAINST_BOOKS: "UPDATE netting_item SET total = total - 1",
    "items: each belongs to the seller of its papers": "UPDATE netting_item SET seller_id = %s",
    "billing invoices: the books hold what each says": (
        "UPDATE ledger_entry SET key = 'billing_invoice:0' WHERE key LIKE 'billing_invoice:%%'"
    ),
}


@pytest.mark.parametrize("check", FAULTS)
def test_a_fault_in_what_fees_are_owed_is_noticed(check: str, mexico: Market, sol: Seller) -> None:
    invoiced(sol)
    rival = make_payer(mexico, "7102", "Rival")
    assert run_checks() == []

    parameters = (rival.pk,) if "%s" in FAULTS[check] else ()
    assert check in plant(FAULTS[check], *parameters)


@pytest.mark.parametrize(
    "change",
    [{"billing": None}, {"paper": Paper.FEE}, {"paper": Paper.HELD, "billing": None}],
)
def test_an_item_of_fees_is_of_its_invoice_and_of_nothing_else(
    change: dict[str, Any], mexico: Market, sol: Seller
) -> None:
    invoice = owe(sol)
    told: dict[str, Any] = {
        "market": mexico,
        "seller": sol,
        "side": Side.RECEIVABLE,
        "paper": Paper.SERVICE,
        "billing": invoice,
        "number": invoice.reference,
        "due_at": MONTH_OVER,
        "opened_at": MONTH_OVER,
        "currency": "MXN",
        "total": 116_00,
    }

    with pytest.raises(IntegrityError), transaction.atomic():
        Item.objects.create(**(told | change))

    assert not Item.objects.exists()


def test_an_invoice_for_deposits_is_no_debt(mexico: Market, sol: Seller, carla: User) -> None:
    issued = issue(sol, pay_in(sol, "1160.00"), by=carla)
    work_off_but_rendering()

    with pytest.raises(BillingInvoice.DoesNotExist), transaction.atomic():
        open_billing(billing_invoice_id=issued.pk)

    assert not Item.objects.exists()
    assert run_checks() == []
