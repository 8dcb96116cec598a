"""Each promise about invoices, set-offs and payments is shown to notice when it is broken."""

from typing import Any

import pytest

from marketplace.kernel.books import CHECKS, run_checks
from marketplace.parties.models import Market, NegativeBalance, Seller
from settlement.documents.models import Document
from settlement.netting.models import SetOff
from settlement.netting.operations.disputing import dispute_orders
from settlement.payouts.models import Collection, Payout
from tests.cast import settle, take
from tests.ledger.test_ledger import plant
from tests.netting.telling import INVOICED, agree, give_account, invoice, pay, send_payouts
from tests.orders.telling import cod_fee, goods, shipping, tell_order, tender
from tests.payouts.telling import movement, statement, upload
from tests.stories.test_resale import CARD, COD, TRANSFER


@pytest.fixture
def proposed(market: Market, seller: Seller) -> SetOff:
    for number, facts in (("A", CARD), ("B", COD), ("C", TRANSFER)):
        take(market, tell_order(number=number, **facts))
    settle(market)
    set_off = invoice(Document.objects.get())
    assert set_off is not None
    return set_off


@pytest.fixture
def agreed(proposed: SetOff) -> SetOff:
    return agree(proposed)


@pytest.fixture
def paid(agreed: SetOff, seller: Seller, carla: Any, dan: Any) -> Payout:
    give_account(seller)
    (payout,) = send_payouts(seller, carla, dan)
    return pay(payout)


@pytest.fixture
def received(market: Market, seller: Seller) -> Collection:
    seller.contract.negative_balance = NegativeBalance.DEMAND
    seller.contract.save()
    lines = [goods("6050.00"), shipping(), cod_fee()]
    take(market, tell_order(number="D", lines=lines, tenders=[tender("cod", "6207.30")]))
    settle(market)
    set_off = invoice(Document.objects.get())
    assert set_off is not None
    agree(set_off)
    demand = Collection.objects.get()
    upload(market, statement(market, movement(400_00, text=f"VS {demand.symbol}")))
    return demand


PROPOSED = {
    "set-offs: lines add up, and both sides are set off by the same": (
        "UPDATE netting_setoff SET netted = netted - 1"
    ),
    "set-offs: every agreed one is posted, no other is": (
        "UPDATE netting_setoff SET state = 'confirmed', confirmed_at = proposed_at, how = 'seller'"
    ),
    "set-offs: numbers are without gaps and twins": "UPDATE netting_setoff SET serial = 7",
    "set-offs: an item's lines belong to its seller and currency": (
        "UPDATE netting_setoff SET currency = 'EUR'"
    ),
    "set-offs: none waits past its deadline": (
        "UPDATE netting_setoff SET lapses_at = '2026-01-01T00:00:00+00:00'"
    ),
    "items: every booked invoice, every invoice for fees and all cash sellers hold is an item": (
        "UPDATE netting_item SET total = total - 1 WHERE side = 'receivable'"
    ),
    "items: what is open of them is what the books say, seller by seller": (
        "UPDATE netting_item SET total = total - 1 WHERE side = 'payable'"
    ),
    "items: what is withheld of them is in open disputes": (
        "UPDATE netting_item SET withheld = 1 WHERE side = 'payable'"
    ),
    "items: papers know whether a set-off holds them": "UPDATE documents_document SET netted_at = NULL",
    "items: what is settled of them was set off, paid, received or taken over": (
        "UPDATE netting_item SET settled = 1 WHERE side = 'payable'"
    ),
    "items: what is reserved of them is being paid or demanded": (
        "UPDATE netting_item SET reserved = 1 WHERE side = 'payable'"
    ),
    "invoices: a booked invoice equals its document, per VAT rate and in all": (
        "UPDATE invoices_invoicerate SET net = net + 1"
    ),
    "invoices: every booked invoice is posted, every cancelled one reversed": (
        "UPDATE invoices_invoice SET net = net + 1, gross = gross + 1"
    ),
    "invoices: documents know whether they are invoiced": (
        "UPDATE documents_document SET invoicing = 'received'"
    ),
    "invoices: no entry is without its invoice": (
        "UPDATE ledger_entry SET key = 'invoice:0' WHERE key LIKE 'invoice:%%'"
    ),
}


@pytest.mark.parametrize("check", PROPOSED)
def test_a_fault_in_what_is_proposed_is_noticed(check: str, proposed: SetOff) -> None:
    assert run_checks() == []

    assert check in plant(PROPOSED[check])


PAID = {
    "payouts: every paid one is posted, every other is not or reversed": (
        "UPDATE ledger_posting SET amount = amount + 1 WHERE entry_id IN "
        "(SELECT id FROM ledger_entry WHERE key LIKE 'payout:%%') AND amount > 0"
    ),
    "payouts: each pays its set-off's rest, and no more than that": (
        "UPDATE payouts_payoutitem SET amount = amount + 1"
    ),
    "payouts: batches add up, and two people stand behind each": "UPDATE payouts_batch SET total = total + 1",
    "payouts: numbers are without gaps and twins": "UPDATE payouts_payout SET serial = 3",
    "items: what is settled of them was set off, paid, received or taken over": (
        "UPDATE payouts_payout SET state = 'sent'"
    ),
}


@pytest.mark.parametrize("check", PAID)
def test_a_fault_in_what_is_paid_is_noticed(check: str, paid: Payout) -> None:
    assert run_checks() == []

    assert check in plant(PAID[check])


def test_a_batch_that_one_person_prepared_and_approved_is_noticed(paid: Payout) -> None:
    # The constraint goes as well: whoever can write past the triggers can drop it.
    from django.db import connection

    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA ignore_check_constraints = ON")
        else:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("ALTER TABLE payouts_batch DROP CONSTRAINT batch_has_two_people")
    try:
        broken = plant("UPDATE payouts_batch SET approved_by_id = created_by_id")
    finally:
        if connection.vendor == "sqlite":
            with connection.cursor() as cursor:
                cursor.execute("PRAGMA ignore_check_constraints = OFF")

    assert "payouts: batches add up, and two people stand behind each" in broken


RECEIVED = {
    "collections: what was received is posted, and adds up": (
        "UPDATE payouts_collectionreceipt SET amount = amount + 1"
    ),
    "bank: no movement pays twice": "UPDATE payouts_bankentry SET amount = 2 * amount",
    "items: what is reserved of them is being paid or demanded": (
        "UPDATE payouts_collection SET state = 'cancelled'"
    ),
}


@pytest.mark.parametrize("check", RECEIVED)
def test_a_fault_in_what_is_received_is_noticed(check: str, received: Collection) -> None:
    assert run_checks() == []

    assert check in plant(RECEIVED[check])


def test_a_set_off_that_leaves_money_unpaid_is_noticed(agreed: SetOff) -> None:
    broken = plant("DELETE FROM payouts_payoutchange")
    assert "payouts: every agreed set-off that leaves something to pay has its payout or demand" not in broken

    plant("DELETE FROM payouts_payoutitem")
    assert "payouts: every agreed set-off that leaves something to pay has its payout or demand" in plant(
        "DELETE FROM payouts_payout"
    )


@pytest.mark.parametrize(
    ("check", "statement"),
    [
        (
            "items: each belongs to the seller of its papers",
            "UPDATE netting_item SET seller_id = %s WHERE side = 'payable'",
        ),
        ("invoices: child and parent belong to one seller", "UPDATE invoices_invoice SET seller_id = %s"),
    ],
)
def test_a_paper_with_another_sellers_child_is_noticed(
    check: str, statement: str, proposed: SetOff, rival: Seller
) -> None:
    assert check in plant(statement, rival.pk)


def test_what_is_disputed_is_accounted_for(proposed: SetOff) -> None:
    dispute_orders(set_off_id=proposed.pk, numbers=["B"], reason="No.", by=None, at=INVOICED)
    assert run_checks() == []

    broken = plant("UPDATE netting_dispute SET cash = cash - 1")

    assert "items: what is withheld of them is in open disputes" in broken


def test_every_check_about_the_second_half_has_its_fault_here() -> None:
    subjects = ("set-offs", "items", "invoices", "payouts", "collections", "bank")
    promised = {name for name in CHECKS if name.partition(":")[0] in subjects}
    elsewhere = {
        "payouts: every agreed set-off that leaves something to pay has its payout or demand",
        "items: each belongs to the seller of its papers",
        "invoices: child and parent belong to one seller",
        "bank: every deposit from a statement is one movement's, and of its amount",
    }

    assert promised == {*PROPOSED, *PAID, *RECEIVED, *elsewhere}
