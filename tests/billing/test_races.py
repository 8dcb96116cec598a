"""Two at once: no deposit is invoiced twice, no fee takes what is gone. Each guard is shown to be needed."""

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import F

from marketplace.kernel.books import run_checks
from marketplace.kernel.models import AuditRecord
from marketplace.parties.models import Role, Seller
from marketplace.users.models import User
from settlement.billing.models import AutomaticRun, BillingInvoice, Deposit, Fee, Mode, Wish
from settlement.billing.operations.automatic import choose_automatic, run_period
from settlement.billing.operations.drafting import draft_invoice, issue_draft
from settlement.billing.operations.receiving import propose_deposit
from settlement.billing.operations.requesting import approve_request, request_change
from settlement.billing.refusals import NotInvoiceable, SentBefore
from tests.billing.mexico import NOON, charge, invoice, make_mexico, make_payer, pay_in
from tests.cast import make_accountant, make_member
from tests.documents.test_races import at_once

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def sol() -> Seller:
    return make_payer(make_mexico())


@pytest.fixture
def eva(sol: Seller) -> User:
    return make_member(sol, "eva@sol.example", Role.OWNER)


def test_two_tabs_issuing_the_same_deposits_at_once_make_one_invoice(sol: Seller, eva: User) -> None:
    keys = [pay_in(sol, amount).pk for amount in ("10.00", "20.00", "30.00")]
    drafts = [draft_invoice(seller=sol, deposit_ids=keys, by=eva, at=NOON) for _tab in range(6)]

    raised = at_once(*(lambda key=each.pk: issue_draft(draft_id=key, by=eva, at=NOON) for each in drafts))

    assert [type(each) for each in raised] == [NotInvoiceable] * 5
    assert BillingInvoice.objects.get().gross == 60_00
    assert run_checks() == []


def test_one_draft_sent_eight_times_at_once_is_one_invoice(sol: Seller, eva: User) -> None:
    draft = draft_invoice(seller=sol, deposit_ids=[pay_in(sol, "10.00").pk], by=eva, at=NOON)

    raised = at_once(*[lambda: issue_draft(draft_id=draft.pk, by=eva, at=NOON)] * 8)

    assert raised == []
    assert BillingInvoice.objects.count() == 1


@pytest.mark.parametrize("guarded", [True, False])
def test_the_constraint_is_what_keeps_a_deposit_from_two_invoices(sol: Seller, guarded: bool) -> None:
    deposit = pay_in(sol, "10.00")
    if not guarded:
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE billing_deposit DROP CONSTRAINT deposit_is_invoiced_once")

    def add() -> None:
        with transaction.atomic():
            Deposit.objects.filter(pk=deposit.pk).update(invoiced=F("invoiced") + deposit.gross)

    raised = at_once(*[add] * 4)

    assert [type(each) for each in raised] == ([IntegrityError] * 3 if guarded else [])
    assert Deposit.objects.get().invoiced == deposit.gross * (1 if guarded else 4)


def test_fees_charged_at_once_take_each_cent_once(sol: Seller) -> None:
    pay_in(sol, "100.00")

    at_once(*(lambda place=place: charge(sol, "30.00", number=f"f{place}") for place in range(6)))

    assert Deposit.objects.get().taken == 100_00
    assert sum(fee.uncovered for fee in Fee.objects.all()) == 80_00
    assert run_checks() == []


def test_a_payment_told_eight_times_at_once_is_one_deposit(sol: Seller) -> None:
    raised = at_once(*[lambda: pay_in(sol, "10.00", number="pay-1")] * 8)

    assert raised == []
    assert Deposit.objects.count() == 1
    assert run_checks() == []


def test_a_period_run_by_eight_workers_at_once_is_invoiced_once(sol: Seller) -> None:
    choose_automatic(seller_id=sol.pk, mode=Mode.MONTH, starts_on=date(2026, 10, 1), by=None, at=NOON)
    pay_in(sol, "10.00")
    told = {"seller_id": sol.pk, "first_on": date(2026, 10, 1), "end_on": date(2026, 11, 1)}

    raised = at_once(*[lambda: run_period(**told, at=NOON)] * 8)  # type: ignore[arg-type]

    assert raised == []
    assert (AutomaticRun.objects.count(), BillingInvoice.objects.count()) == (1, 1)


def test_a_request_approved_by_two_accountants_at_once_is_carried_out_once(sol: Seller, eva: User) -> None:
    people = [make_accountant(f"{name}@meridian.example") for name in ("carla", "dan", "eli", "fay")]
    row = invoice(sol, pay_in(sol, "10.00"), by=eva)
    request = request_change(
        invoice_id=row.pk, wish=Wish.CANCEL, wanted=[], reason="So.", reason_code="02", by=eva, at=NOON
    )

    raised = at_once(
        *(lambda who=who: approve_request(request_id=request.pk, by=who, at=NOON) for who in people)
    )

    assert len(raised) == 3
    assert BillingInvoice.objects.filter(kind="credit").count() == 1
    assert run_checks() == []


def test_a_form_sent_eight_times_at_once_is_one_deposit(sol: Seller) -> None:
    raised = at_once(*[proposing(sol)] * 8)

    assert raised == []
    assert Deposit.objects.get().changes.count() == 0
    assert AuditRecord.objects.filter(verb="deposit.proposed").count() == 1


def test_a_form_sent_at_once_for_two_sellers_is_one_deposit(sol: Seller) -> None:
    luna = make_payer(sol.market, "7102", "Luna S.A. de C.V.")
    by_one, by_other = proposing(sol), proposing(luna)

    raised = at_once(*[by_one, by_other] * 4)

    assert [type(each) for each in raised] == [SentBefore] * 4
    assert Deposit.objects.count() == 1


def proposing(seller: Seller) -> Callable[[], Deposit]:
    """An accountant's form for a seller, about to be sent."""
    carla = User.objects.filter(email="carla@meridian.example").first()
    told: dict[str, Any] = {
        "seller_id": seller.pk,
        "amount": 10_00,
        "received_at": NOON,
        "method": "cash",
        "note": "Puebla",
        "by": carla or make_accountant("carla@meridian.example"),
        "form_key": UUID("8f2cf2e2-7a0d-4b39-9c37-3f0c2b7f6a11"),
    }
    return lambda: propose_deposit(**told, at=NOON)
