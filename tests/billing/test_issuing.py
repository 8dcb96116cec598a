"""What a seller ticks becomes an invoice once; what cannot be invoiced is named and changes nothing."""

from datetime import timedelta
from typing import Any

import pytest

from marketplace.kernel.books import run_checks
from marketplace.kernel.models import AuditRecord
from marketplace.parties.models import Market, Seller
from marketplace.parties.operations import SamePerson, save_market
from marketplace.users.models import User
from settlement.billing.models import (
    BillingInvoice,
    BillingProfile,
    Deposit,
    DepositSource,
    DepositState,
    Fee,
)
from settlement.billing.operations.charging import withdraw_fee
from settlement.billing.operations.drafting import (
    KEPT,
    correct_draft,
    draft_invoice,
    drop_old_drafts,
    issue_draft,
    untick,
)
from settlement.billing.operations.monthly import invoice_fees, start_month
from settlement.billing.operations.receiving import (
    BadDeposit,
    approve_deposit,
    propose_deposit,
    receive_deposit,
    refuse_deposit,
    reverse_deposit,
)
from settlement.billing.refusals import BadRecipient, NoDeposits, NotInvoiceable, OtherPayment, Used
from settlement.billing.rules.recipients import Problem
from tests.billing.mexico import NOON, charge, invoice, made_out_to, make_payer, pay_in
from tests.cast import BEFORE

HOUR = timedelta(hours=1)


def test_a_draft_keeps_the_ticks_and_is_issued_once(sol: Seller, eva: User) -> None:
    deposits = [pay_in(sol, "100.00"), pay_in(sol, "250.50")]
    draft = draft_invoice(seller=sol, deposit_ids=[each.pk for each in deposits], by=eva, at=NOON)

    first = issue_draft(draft_id=draft.pk, by=eva, at=NOON)
    again = issue_draft(draft_id=draft.pk, by=eva, at=NOON + HOUR)

    assert first == again
    assert first.gross == 350_50
    assert [line.deposit for line in first.lines.order_by("position")] == deposits
    assert BillingInvoice.objects.count() == 1


def test_deposits_invoiced_meanwhile_are_named_and_the_rest_can_go_on(sol: Seller, eva: User) -> None:
    first, second = pay_in(sol, "100.00"), pay_in(sol, "200.00")
    draft = draft_invoice(seller=sol, deposit_ids=[first.pk, second.pk], by=eva, at=NOON)
    invoice(sol, first, by=eva)

    with pytest.raises(NotInvoiceable, match=f"on an invoice already: {first.reference}"):
        issue_draft(draft_id=draft.pk, by=eva, at=NOON)
    assert BillingInvoice.objects.count() == 1

    untick(draft_id=draft.pk, deposit_ids=[first.pk])
    assert issue_draft(draft_id=draft.pk, by=eva, at=NOON).gross == 200_00


def test_another_sellers_deposit_cannot_be_ticked(sol: Seller, eva: User) -> None:
    rival = make_payer(sol.market, "7102", "Luna S.A.")
    theirs = pay_in(rival, "100.00")

    with pytest.raises(NotInvoiceable, match="not yours"):
        draft_invoice(seller=sol, deposit_ids=[theirs.pk], by=eva, at=NOON)


def test_a_recipient_that_is_none_is_refused_by_field_and_the_invoice_waits(sol: Seller, eva: User) -> None:
    draft = draft_invoice(seller=sol, deposit_ids=[pay_in(sol, "100.00").pk], by=eva, at=NOON)
    wrong = made_out_to(sol, tax_id="ABC", zip="44", use="ZZ9", email="nobody")

    with pytest.raises(BadRecipient) as refusal:
        correct_draft(draft_id=draft.pk, recipient=wrong, keep=True, by=eva, at=NOON)

    assert refusal.value.problems == {
        "tax_id": Problem.NO_TAX_ID,
        "zip": Problem.NO_ZIP,
        "email": Problem.NO_EMAIL,
        "use": Problem.NO_CODE,
    }
    assert BillingProfile.objects.get(seller=sol).tax_id == "EKU9003173C9"


def test_a_correction_holds_for_one_invoice_unless_it_is_kept(sol: Seller, eva: User) -> None:
    draft = draft_invoice(seller=sol, deposit_ids=[pay_in(sol, "100.00").pk], by=eva, at=NOON)
    other = made_out_to(sol, name="Sol y Luna S.A. de C.V.")

    correct_draft(draft_id=draft.pk, recipient=other, keep=False, by=eva, at=NOON)
    assert BillingProfile.objects.get(seller=sol).name == "Tienda Sol S.A. de C.V."
    issued = issue_draft(draft_id=draft.pk, by=eva, at=NOON)

    assert issued.parties["recipient"]["name"] == "Sol y Luna S.A. de C.V."
    correct_draft(draft_id=draft.pk, recipient=other, keep=True, by=eva, at=NOON)
    assert BillingProfile.objects.get(seller=sol).name == "Sol y Luna S.A. de C.V."
    assert AuditRecord.objects.filter(verb="billing_profile.changed").count() == 2


def test_deposits_of_two_vat_rates_are_invoiced_apart(mexico: Market, sol: Seller, eva: User) -> None:
    before = pay_in(sol, "100.00")
    mexico.standard_vat_bp = 1700
    save_market(market=mexico, by=None, at=BEFORE)
    after = pay_in(Seller.objects.get(pk=sol.pk), "100.00")

    with pytest.raises(NotInvoiceable, match="VAT rate changed"):
        invoice(sol, before, after, by=eva)
    assert invoice(sol, after, by=eva).vat == 14_53


def test_drafts_that_nobody_issued_are_forgotten(sol: Seller, eva: User) -> None:
    kept, old = pay_in(sol, "1.00"), pay_in(sol, "2.00")
    invoice(sol, kept, by=eva)
    draft_invoice(seller=sol, deposit_ids=[old.pk], by=eva, at=NOON)

    assert drop_old_drafts(at=NOON + KEPT + HOUR) == 1
    assert drop_old_drafts(at=NOON + KEPT + HOUR) == 0


def test_a_payment_told_twice_is_one_deposit_and_told_otherwise_is_refused(sol: Seller) -> None:
    first = pay_in(sol, "100.00", number="pay-1")

    assert pay_in(sol, "100.00", number="pay-1") == first
    with pytest.raises(OtherPayment, match=first.reference):
        pay_in(sol, "100.01", number="pay-1")
    assert Deposit.objects.get().gross == 100_00


def test_money_of_tomorrow_or_another_currency_is_no_deposit(sol: Seller) -> None:
    told: dict[str, Any] = {
        "seller_id": sol.pk,
        "source": DepositSource.API,
        "external_id": "x",
        "amount": 1,
        "at": NOON,
    }

    with pytest.raises(BadDeposit, match="future"):
        receive_deposit(**told, currency="MXN", received_at=NOON + timedelta(days=2))
    with pytest.raises(BadDeposit, match="EUR"):
        receive_deposit(**told, currency="EUR", received_at=NOON)
    assert not Deposit.objects.exists()


def test_a_market_that_takes_no_deposits_refuses_them(seller: Seller) -> None:
    with pytest.raises(NoDeposits, match="pay nothing in ahead"):
        pay_in(seller, "100.00")


def test_a_deposit_by_hand_counts_once_a_second_person_approves_it(
    sol: Seller, carla: User, dan: User
) -> None:
    told: dict[str, Any] = {"seller_id": sol.pk, "amount": 100_00, "received_at": NOON}
    told |= {"method": "cash", "note": ""}
    deposit = propose_deposit(**told, by=carla, at=NOON)
    charge(sol, "40.00")

    with pytest.raises(SamePerson):
        approve_deposit(deposit_id=deposit.pk, by=carla, at=NOON)
    assert Fee.objects.get().uncovered == 40_00

    approve_deposit(deposit_id=deposit.pk, by=dan, at=NOON)
    assert Fee.objects.get().uncovered == 0
    refused = propose_deposit(**told, by=carla, at=NOON)
    refuse_deposit(deposit_id=refused.pk, reason="Twice.", by=dan, at=NOON)
    assert Deposit.objects.get(pk=refused.pk).state == DepositState.REFUSED
    assert run_checks() == []


def test_a_deposit_in_use_is_not_taken_back(sol: Seller, eva: User, carla: User) -> None:
    free, invoiced, taken = pay_in(sol, "5.00", at=NOON + HOUR), pay_in(sol, "6.00"), pay_in(sol, "7.00")
    invoice(sol, invoiced, by=eva)
    charge(sol, "1.00", at=NOON)
    first = Deposit.objects.filter(taken__gt=0).get()

    for deposit in (invoiced, first):
        with pytest.raises(Used):
            reverse_deposit(deposit_id=deposit.pk, reason="Charged back.", by=carla, at=NOON)
    reverse_deposit(deposit_id=free.pk, reason="Charged back.", by=carla, at=NOON)
    assert Deposit.objects.get(pk=free.pk).state == DepositState.REVERSED
    assert taken.left
    assert run_checks() == []


def test_a_fee_taken_back_gives_the_deposit_back_to_the_fees_that_wait(sol: Seller, carla: User) -> None:
    pay_in(sol, "50.00")
    wrong, waiting = charge(sol, "50.00"), charge(sol, "30.00")

    withdraw_fee(fee_id=wrong.pk, reason="Charged by mistake.", by=carla, at=NOON + HOUR)

    assert Fee.objects.get(pk=waiting.pk).taken == 30_00
    assert Deposit.objects.get().left == 20_00
    assert run_checks() == []


def test_what_deposits_did_not_cover_is_invoiced_when_the_month_is_over(mexico: Market, sol: Seller) -> None:
    pay_in(sol, "50.00")
    charge(sol, "80.00")
    charge(sol, "86.00", at=NOON + HOUR)
    november = NOON + timedelta(days=30)

    assert start_month(market=mexico, at=NOON) == 0
    assert start_month(market=mexico, at=november) == 1
    issued = invoice_fees(seller_id=sol.pk, before=november.date().replace(day=1), at=november)
    again = invoice_fees(seller_id=sol.pk, before=november.date().replace(day=1), at=november)

    assert issued is not None
    assert (issued.gross, issued.net, issued.vat) == (116_00, 100_00, 16_00)
    assert again is None
