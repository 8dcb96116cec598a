"""Deposits, the fees taken from them, and their invoices: each cent is used once, and the books say so."""

from datetime import timedelta

from marketplace.kernel.books import run_checks
from marketplace.ledger.queries import balance
from marketplace.parties.models import Market, Seller
from marketplace.users.models import User
from settlement.billing.models import Deposit, Fee
from tests.billing.mexico import NOON, charge, invoice, pay_in


def on(market: Market, kind: str) -> int:
    return balance(market_id=market.pk, kind=kind)


def test_a_deposit_invoiced_and_used_up_leaves_no_vat_waiting(mexico: Market, sol: Seller, eva: User) -> None:
    deposit = pay_in(sol, "1160.00")
    assert (on(mexico, "bank"), on(mexico, "deposits")) == (1160_00, -1160_00)

    issued = invoice(sol, deposit, by=eva)

    assert (issued.reference, issued.net, issued.vat) == ("MX-I-2026-000001", 1000_00, 160_00)
    assert (on(mexico, "vat_on_deposits"), on(mexico, "vat")) == (160_00, -160_00)

    charge(sol, "1160.00")

    assert (on(mexico, "deposits"), on(mexico, "commission"), on(mexico, "vat_on_deposits")) == (
        0,
        -1000_00,
        0,
    )
    assert run_checks() == []


def test_fees_take_from_the_oldest_deposit_first_and_wait_for_the_next(mexico: Market, sol: Seller) -> None:
    later = pay_in(sol, "50.00", at=NOON + timedelta(hours=1))
    first = pay_in(sol, "30.00", at=NOON)

    fee = charge(sol, "100.00", at=NOON + timedelta(hours=2))

    assert [(each.deposit, each.gross) for each in fee.takings.order_by("part")] == [
        (first, 30_00),
        (later, 50_00),
    ]
    assert fee.uncovered == 20_00

    pay_in(sol, "25.00", at=NOON + timedelta(hours=3))

    assert Fee.objects.get().uncovered == 0
    assert Deposit.objects.get(gross=25_00).left == 5_00
    assert run_checks() == []


def test_cents_that_roundings_differ_by_are_posted_once_all_is_used(
    mexico: Market, sol: Seller, eva: User
) -> None:
    deposits = [pay_in(sol, "0.03"), pay_in(sol, "0.03"), pay_in(sol, "0.04")]
    charge(sol, "0.10")

    issued = invoice(sol, *deposits, by=eva)

    assert (issued.net, issued.vat) == (9, 1)
    assert on(mexico, "vat_on_deposits") == 0
    assert on(mexico, "rounding") + on(mexico, "commission") == -9
    assert run_checks() == []
