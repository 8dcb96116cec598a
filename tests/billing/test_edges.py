"""Edges of billing: cents that round against each other, choices changed meanwhile, what cannot be told."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from marketplace.kernel.books import run_checks
from marketplace.kernel.models import Job, OutgoingMail
from marketplace.ledger.queries import balance
from marketplace.parties.models import Market, Seller
from marketplace.parties.operations import save_market, save_seller
from marketplace.users.models import User
from settlement.billing.models import (
    AutomaticRun,
    BillingInvoice,
    BillingProfile,
    Deposit,
    Fee,
    FeeKind,
    FeeSource,
    Mode,
    Wish,
)
from settlement.billing.operations.automatic import choose_automatic, run_deposit, run_period, start_due
from settlement.billing.operations.charging import Service, charge_fees, withdraw_fee
from settlement.billing.operations.monthly import invoice_fees
from settlement.billing.operations.receiving import reverse_deposit
from settlement.billing.operations.requesting import approve_request, request_change
from settlement.billing.references import deposit_reference
from settlement.billing.refusals import NotInvoiceable, OtherPayment
from settlement.billing.rules.recipients import recipient_of
from settlement.billing.rules.splitting import Part, Wanted
from settlement.billing.sheets import sheet_of
from settlement.billing.xml import xml_of
from settlement.payouts.models import BankEntry
from settlement.payouts.operations.matching import assign_entry
from tests.billing.mexico import NOON, charge, invoice, made_out_to, make_payer, pay_in
from tests.cast import BEFORE
from tests.payouts.telling import movement, statement, upload

NOVEMBER = datetime(2026, 11, 2, 18, tzinfo=UTC)
OCTOBER: dict[str, Any] = {"first_on": date(2026, 10, 1), "end_on": date(2026, 11, 1)}


def cancel(row: BillingInvoice, *, by: User, at: datetime = NOVEMBER) -> None:
    request = request_change(
        invoice_id=row.pk, wish=Wish.CANCEL, wanted=[], reason="So.", reason_code="02", by=by, at=at
    )
    approve_request(request_id=request.pk, by=by, at=at)


@pytest.mark.parametrize(
    "amounts", [("0.03", "0.04"), ("333.33", "333.33", "33.35"), ("10.01", "99.99", "7.77")]
)
def test_what_a_split_issues_in_mexico_can_be_stamped(
    sol: Seller, eva: User, amounts: tuple[str, ...]
) -> None:
    row = invoice(sol, *(pay_in(sol, amount) for amount in amounts), by=eva)
    lines = list(row.lines.order_by("position").values_list("position", "gross"))
    parts = [(Part(*lines[0]),), tuple(Part(*line) for line in lines[1:])]
    request = request_change(
        invoice_id=row.pk,
        wish=Wish.SPLIT,
        wanted=[Wanted(made_out_to(sol), each) for each in parts],
        reason="So.",
        reason_code="01",
        by=eva,
        at=NOVEMBER,
    )

    issued = approve_request(request_id=request.pk, by=eva, at=NOVEMBER)

    for each in issued:
        assert xml_of(sheet_of(each), heartbeat=lambda: None)
    assert sum(each.gross for each in issued[1:]) == row.gross
    assert run_checks() == []


def test_a_small_fee_after_one_was_taken_back_has_no_vat_below_nothing(sol: Seller) -> None:
    pay_in(sol, "100.00")
    first = charge(sol, "0.03")
    charge(sol, "0.01")
    withdraw_fee(fee_id=first.pk, reason="By mistake.", by=None, at=NOON)

    assert charge(sol, "0.01").uncovered == 0
    assert run_checks() == []


def test_one_number_with_two_amounts_is_refused_as_a_whole(sol: Seller) -> None:
    services = [
        Service(FeeKind.SHIPPING, "Label", amount, NOON, external_id="lbl-1") for amount in (10_00, 20_00)
    ]

    with pytest.raises(OtherPayment, match="told twice"):
        charge_fees(seller_id=sol.pk, services=services, source=FeeSource.API, by=None, at=NOON)
    assert not Fee.objects.exists()


def test_a_cancelled_fee_invoice_is_taken_from_deposits_and_not_issued_anew(sol: Seller, eva: User) -> None:
    charge(sol, "116.00")
    issued = invoice_fees(seller_id=sol.pk, before=date(2026, 11, 1), at=NOVEMBER)
    pay_in(sol, "50.00", at=NOVEMBER)
    assert issued is not None

    cancel(issued, by=eva)

    assert Fee.objects.get().taken == 50_00
    assert invoice_fees(seller_id=sol.pk, before=date(2026, 11, 1), at=NOVEMBER) is None


def test_a_queued_run_does_nothing_once_the_seller_chose_otherwise(sol: Seller) -> None:
    told: dict[str, Any] = {"seller_id": sol.pk, "by": None}
    choose_automatic(**told, mode=Mode.DEPOSIT, starts_on=date(2026, 10, 1), at=NOON)
    deposit = pay_in(sol, "100.00")
    choose_automatic(**told, mode=Mode.OFF, starts_on=date(2026, 10, 1), at=NOON)
    assert run_deposit(deposit_id=deposit.pk, at=NOON) is None

    choose_automatic(**told, mode=Mode.DAYS_7, starts_on=date(2026, 12, 1), at=NOVEMBER)
    assert run_period(seller_id=sol.pk, **OCTOBER, at=NOVEMBER) is None
    assert not BillingInvoice.objects.exists()


def test_a_new_reason_is_told_and_a_refused_period_of_before_is_tried_again(sol: Seller) -> None:
    told: dict[str, Any] = {"seller_id": sol.pk, "by": None}
    choose_automatic(**told, mode=Mode.MONTH, starts_on=date(2026, 10, 1), at=NOON)
    pay_in(sol, "100.00")
    for day, wrong in enumerate(({"zip": "1"}, {"zip": "44100", "tax_id": "NO"})):
        BillingProfile.objects.update(**wrong)
        run_period(seller_id=sol.pk, **OCTOBER, at=NOVEMBER + timedelta(days=day))
    assert OutgoingMail.objects.filter(key__startswith="automatic_run").count() == 2

    choose_automatic(**told, mode=Mode.DAYS_7, starts_on=date(2026, 11, 1), at=NOVEMBER)
    start_due(at=NOVEMBER + timedelta(days=3))

    args = Job.objects.get(name="billing.run_automatic").args
    assert (args["first_on"], AutomaticRun.objects.count()) == ("2026-10-01", 1)


def test_customers_abroad_and_without_data_are_told_by_the_authoritys_own_ids(
    mexico: Market, sol: Seller, eva: User
) -> None:
    away = make_payer(mexico, "7103", "Borda Ltda.")
    away.country, away.tax_id, away.zip = "CO", "8001972684", "110231"
    save_seller(seller=away, by=None, at=BEFORE)
    BillingProfile.objects.filter(seller=away).update(tax_id="8001972684", regime="", use="", zip="110231")

    row = invoice(away, pay_in(away, "10.00"), by=eva)
    assert b'Rfc="XEXX010101000"' in xml_of(sheet_of(row), heartbeat=lambda: None)

    BillingProfile.objects.filter(seller=sol).delete()
    Seller.objects.filter(pk=sol.pk).update(zip="")
    charge(sol, "10.00")
    fees = invoice_fees(seller_id=sol.pk, before=date(2026, 11, 1), at=NOVEMBER)
    assert fees is not None
    assert b'Rfc="XAXX010101000"' in xml_of(sheet_of(fees), heartbeat=lambda: None)


def test_a_market_that_lacks_what_invoices_must_say_invoices_nothing(
    mexico: Market, sol: Seller, eva: User
) -> None:
    deposit = pay_in(sol, "10.00")
    mexico.entity_zip = " "
    save_market(market=mexico, by=None, at=BEFORE)

    with pytest.raises(NotInvoiceable, match="postal code"):
        invoice(Seller.objects.get(pk=sol.pk), deposit, by=eva)
    assert not BillingInvoice.objects.exists()


def test_what_cannot_be_printed_is_no_name() -> None:
    assert recipient_of({"name": "Sol\x00\x01  \u200b", "tax_id": "", "country": "MX"}).name == "Sol"


def test_nothing_is_left_in_the_books_of_a_deposit_taken_back(sol: Seller, eva: User, carla: User) -> None:
    deposits = [pay_in(sol, amount) for amount in ("0.03", "0.03", "0.04")]
    fee, row = charge(sol, "0.10"), invoice(sol, *deposits, by=eva)
    cancel(row, by=eva)
    withdraw_fee(fee_id=fee.pk, reason="By mistake.", by=carla, at=NOVEMBER)
    for deposit in deposits:
        reverse_deposit(deposit_id=deposit.pk, reason="Charged back.", by=carla, at=NOVEMBER)

    kinds = ("vat_on_deposits", "rounding", "deposits", "bank", "commission", "vat")
    assert {kind: balance(market_id=sol.market_id, kind=kind) for kind in kinds} == dict.fromkeys(kinds, 0)
    assert run_checks() == []


def test_a_transfer_taken_in_for_the_wrong_seller_can_go_to_the_right_one(
    mexico: Market, sol: Seller, carla: User
) -> None:
    right = make_payer(mexico, "7102", "Luna S.A.")
    upload(mexico, statement(mexico, movement(1500_00, currency="MXN", text=deposit_reference(sol))))
    reverse_deposit(deposit_id=Deposit.objects.get().pk, reason="Luna's.", by=carla, at=timezone.now())

    assign_entry(entry_id=BankEntry.objects.get().pk, reference="7102", by=carla, at=timezone.now())

    assert Deposit.objects.received().get().seller == right
    assert run_checks() == []
