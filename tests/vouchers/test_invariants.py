"""Each promise about vouchers, returns and commission is shown to notice when it is broken."""

import pytest

from marketplace.kernel.books import CHECKS, run_checks
from marketplace.parties.models import Market
from tests.cast import AFTER_OCTOBER, OCTOBER, settle, take
from tests.ledger.test_ledger import plant
from tests.stories.hungary import AFTER_MIDDLE, MIDDLE, come_back, four_orders, make_agent, make_hungary
from tests.stories.test_agency import reactivate

NOT_INVOICED = "fee invoices: every agency document's commission is invoiced, or a job will do it"
PLANTED = {
    "vouchers: a balance is what was issued and reactivated less what was redeemed and expired": (
        "UPDATE vouchers_voucher SET balance = balance - 1 WHERE code = 'CODE-C'"
    ),
    "vouchers: the books owe the sum of all balances": (
        "UPDATE vouchers_voucher SET balance = balance - 1 WHERE code = 'CODE-C'"
    ),
    "vouchers: each lies in its market's currency": "UPDATE vouchers_voucher SET currency = 'EUR'",
    "orders: what a tender gives back is the sum of its refunds": (
        "UPDATE orders_tender SET refunded = 1 WHERE refunded = 0"
    ),
    "orders: a return brings back no more than was ordered, and what it says is left is left": (
        "UPDATE orders_return SET left_total = left_total + 1"
    ),
    "orders: vouchers gave and got back exactly what orders say": (
        "UPDATE vouchers_vouchermovement SET amount = amount + 1 WHERE kind = 'redeemed'"
    ),
    "orders: what the marketplace paid back is in the books": (
        "UPDATE orders_refund SET payer = 'marketplace', state = 'paid', paid_at = owed_at "
        "WHERE payer = 'seller'"
    ),
    "documents: what came back is on one live document, which holds its order": (
        "UPDATE orders_return SET settled_in = 'HU-2026-000001'"
    ),
    "documents: the books hold for customers what orders and documents say": (
        "UPDATE orders_refund SET state = 'owed' WHERE payer = 'marketplace'"
    ),
    "documents: lines and rates add up to the document": (
        "UPDATE documents_documentline SET commission_vat = commission_vat + 1"
    ),
    "documents: numbers are without gaps and twins": (
        "UPDATE documents_document SET serial = 7 WHERE kind = 'credit'"
    ),
    "documents: the books hold what the document says": (
        "UPDATE documents_document SET held_by_marketplace = held_by_marketplace + 1, "
        "customer_total = customer_total + 1, purchase_gross = purchase_gross + 1, "
        "purchase_net = purchase_net + 1 WHERE kind = 'credit'"
    ),
    "fee invoices: numbers are without gaps and twins": (
        "UPDATE billing_feeinvoice SET serial = 7 WHERE kind = 'credit'"
    ),
    "fee invoices: each equals the commission of its document": (
        "UPDATE billing_feeinvoice SET vat = vat + 1, gross = gross + 1"
    ),
    "fee invoices: agency documents know whether their commission is invoiced": (
        "UPDATE documents_document SET invoicing = 'awaited'"
    ),
    "fee invoices: the books hold what each says": (
        "UPDATE billing_feeinvoice SET reference = 'HU-F-1999-000001' WHERE kind = 'invoice'"
    ),
}


@pytest.fixture
def settled_twice(db: None) -> Market:
    """Four voucher orders settled, of which one came back and was credited after."""
    market = make_hungary()
    make_agent(market)
    take(market, *four_orders(market))
    settle(market, MIDDLE, AFTER_MIDDLE)
    come_back(market, "R1", "V3", at="2026-10-20T10:00:00+02:00")
    reactivate("V3")
    settle(market, OCTOBER, AFTER_OCTOBER)
    return market


@pytest.mark.parametrize("check", PLANTED)
def test_a_planted_fault_is_found(settled_twice: Market, check: str) -> None:
    assert run_checks() == []

    assert check in plant(PLANTED[check])


def test_a_return_that_nobody_credits_is_found(settled_twice: Market) -> None:
    plant("UPDATE periods_period SET closed_at = '2026-11-01T08:00:00+00:00'")
    found = plant("UPDATE orders_return SET settled_in = '', registered_at = '2026-10-21T08:00:00+00:00'")

    assert "documents: what came back of a billed order by a closed cut-off is credited soon" in found


def test_a_commission_that_nobody_invoices_is_found(settled_twice: Market) -> None:
    plant(
        "DELETE FROM netting_setoffline WHERE item_id IN "
        "(SELECT item.id FROM netting_item item JOIN billing_feeinvoice fee ON fee.id = item.fee_id "
        "WHERE fee.kind = 'credit')"
    )
    plant(
        "DELETE FROM netting_item WHERE fee_id IN (SELECT id FROM billing_feeinvoice WHERE kind = 'credit')"
    )
    found = plant("DELETE FROM billing_feeinvoice WHERE kind = 'credit'")

    assert NOT_INVOICED in found


def test_every_promise_about_vouchers_and_commission_has_its_planted_fault() -> None:
    mine = {name for name in CHECKS if name.startswith(("vouchers:", "fee invoices:"))}

    assert mine - set(PLANTED) == {
        NOT_INVOICED,
        "fee invoices: each is drawn, or a job will do it",
        "fee invoices: the PDF and Excel files are what they were when they were stored",
    }
