"""Each promise about deposits, fees and their invoices notices the fault that is planted for it."""

from datetime import timedelta

import pytest

from marketplace.kernel.books import CHECKS, run_checks
from marketplace.parties.models import Seller
from marketplace.users.models import User
from settlement.billing.models import BillingInvoice, Wish
from settlement.billing.operations.requesting import approve_request, request_change, whole_of
from tests.billing.mexico import NOON, charge, invoice, made_out_to, make_payer, pay_in
from tests.ledger.test_ledger import plant
from tests.netting.drawing import draw

UNDRAWN = "billing invoices: each is drawn, or a job will do it"
CHANGED_FILES = "billing invoices: the files are what they were when they were stored"
PLANTED = {
    "deposits, fees and change requests: numbers are without gaps and twins": (
        "UPDATE billing_deposit SET serial = serial + 7 WHERE reference = 'MX-DP-2026-000003'"
    ),
    "deposits: what is taken of each is what fees took": (
        "UPDATE billing_feetaking SET gross = gross - 1 WHERE part = 1"
    ),
    "deposits: what is invoiced of each is what live invoices say": (
        "UPDATE billing_deposit SET invoiced = 0 WHERE reference = 'MX-DP-2026-000001'"
    ),
    "fees: what is taken and invoiced of each is what deposits and live invoices say": (
        "UPDATE billing_fee SET taken = taken - 1"
    ),
    "deposits: no fee waits while its seller has something left": (
        "UPDATE billing_fee SET gross = gross + 500"
    ),
    "deposits: the books hold what each seller has left": (
        "UPDATE billing_deposit SET gross = gross + 1 WHERE reference = 'MX-DP-2026-000003'"
    ),
    "deposits: VAT invoiced on them is what the books say, and comes to nothing in the end": (
        "UPDATE billing_deposit SET squared = squared + 1 WHERE reference = 'MX-DP-2026-000001'"
    ),
    "billing invoices: numbers are without gaps and twins": (
        "UPDATE billing_billinginvoice SET serial = serial + 5 WHERE kind = 'invoice' AND serial = 2"
    ),
    "billing invoices: each adds up from its lines, which are its seller's": (
        "UPDATE billing_billingline SET deposit_id = (SELECT id FROM billing_deposit WHERE seller_id <> "
        "(SELECT seller_id FROM billing_deposit WHERE reference = 'MX-DP-2026-000001')) WHERE position = 1"
    ),
    "billing invoices: a credit note takes back just what its invoice says, line by line": (
        "UPDATE billing_billingline SET net = net + 1, gross = gross + 1 WHERE invoice_id IN "
        "(SELECT id FROM billing_billinginvoice WHERE kind = 'credit')"
    ),
    "change requests: what was carried out is a credit note and what was wanted, with the same totals": (
        "UPDATE billing_billinginvoice SET request_id = NULL WHERE kind = 'credit'"
    ),
    "change requests: each was written to support": (
        "UPDATE kernel_outgoingmail SET key = 'other' WHERE key LIKE 'change_request:%%:asked'"
    ),
    "billing invoices: the books hold what each says": (
        "UPDATE ledger_entry SET key = 'other' WHERE key = 'billing_invoice:MX-I-2026-000001'"
    ),
}


@pytest.fixture
def used(sol: Seller, eva: User, carla: User) -> Seller:
    """Deposits of two sellers, a fee, an invoice and its correction."""
    first, second = pay_in(sol, "100.00"), pay_in(sol, "50.00", at=NOON + timedelta(hours=1))
    charge(sol, "120.00", at=NOON + timedelta(hours=2))
    row = invoice(sol, first, second, by=eva)
    other = whole_of(row, made_out_to(sol, name="Sol y Luna S.A."))
    request = request_change(
        invoice_id=row.pk,
        wish=Wish.EDIT,
        wanted=[other],
        reason="Wrong name.",
        reason_code="01",
        by=eva,
        at=NOON,
    )
    approve_request(request_id=request.pk, by=carla, at=NOON)
    pay_in(make_payer(sol.market, "7102", "Luna S.A."), "7.00")
    return sol


@pytest.mark.parametrize("check", PLANTED)
def test_a_planted_fault_is_found(used: Seller, check: str) -> None:
    assert {each.check for each in run_checks()} <= {UNDRAWN}

    assert check in plant(PLANTED[check])


def test_an_invoice_that_nobody_draws_is_found(used: Seller) -> None:
    assert UNDRAWN in plant("DELETE FROM kernel_job WHERE name = 'billing.draw_invoice'")


def test_a_file_that_was_changed_is_found(used: Seller) -> None:
    draw("billing.draw_invoice", "MX-I-2026-000001")
    row = BillingInvoice.objects.select_related("xml").get(reference="MX-I-2026-000001")
    assert row.xml is not None

    assert CHANGED_FILES in plant(
        "UPDATE kernel_storedfile SET sha256 = 'other' WHERE name = 'MX-I-2026-000001.xml'"
    )


def test_every_promise_about_deposits_and_their_invoices_has_its_planted_fault() -> None:
    prefixes = ("deposits", "fees:", "billing invoices:", "change requests:")
    mine = {name for name in CHECKS if name.startswith(prefixes)}

    assert mine - set(PLANTED) == {UNDRAWN, CHANGED_FILES}
