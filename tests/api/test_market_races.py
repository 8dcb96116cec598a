"""The same payment told by several at once is one deposit. Each guard is shown to be needed."""

from typing import Any

import pytest
from django.db import IntegrityError, connection

from marketplace.kernel.books import run_checks
from settlement.billing.models import Deposit, Fee
from tests.api.market import FEES, SERVICE, Payments, payments_of
from tests.billing.mexico import make_mexico, make_payer, pay_in
from tests.documents.test_races import at_once

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


def told_at_once(payments: Payments, *changes: dict[str, Any]) -> list[Any]:
    answers: list[Any] = []
    raised = at_once(*(lambda change=change: answers.append(payments.pay(**change)) for change in changes))
    assert raised == []
    return answers


def test_the_same_payment_told_eight_times_at_once_is_one_deposit() -> None:
    market = make_mexico()
    make_payer(market)

    answers = told_at_once(payments_of(market), *[{}] * 8)

    assert sorted(answer.status_code for answer in answers) == [200] * 7 + [201]
    assert len({answer.content for answer in answers}) == 1
    assert Deposit.objects.count() == 1
    assert run_checks() == []


def test_one_number_told_for_two_sellers_at_once_is_one_deposit_and_the_rest_conflict() -> None:
    """Their locks are two, so here the constraint alone decides."""
    market = make_mexico()
    make_payer(market)
    make_payer(market, "7102", "Tienda Luna S.A. de C.V.")

    answers = told_at_once(payments_of(market), *[{"seller": "7101"}, {"seller": "7102"}] * 4)

    deposit = Deposit.objects.get()
    statuses = [answer.status_code for answer in answers]
    assert statuses.count(201) == 1
    assert statuses.count(409) == 4
    assert statuses.count(200) == 3
    assert all(
        deposit.reference in answer.json()["error"]["message"]
        for answer in answers
        if answer.status_code == 409
    )
    assert run_checks() == []


def naively_take(first: Deposit, serial: int) -> None:
    """What taking a payment in would be without looking under the seller's lock."""
    copied = (
        "market",
        "seller",
        "year",
        "source",
        "external_id",
        "currency",
        "gross",
        "vat_bp",
        "received_at",
    )
    more = ("received_on", "recorded_at", "state")
    told = {name: getattr(first, name) for name in (*copied, *more)}
    Deposit.objects.create(**told, serial=serial, reference=f"MX-DP-2026-{serial:06d}")


@pytest.mark.parametrize("guarded", [True, False])
def test_the_constraint_is_what_keeps_a_payment_from_being_two_deposits(guarded: bool) -> None:
    market = make_mexico()
    first = pay_in(make_payer(market), "1500.00", number="pay-1")
    if not guarded:
        with connection.cursor() as cursor:
            cursor.execute("DROP INDEX one_deposit_per_payment")

    raised = at_once(*(lambda serial=serial: naively_take(first, serial) for serial in range(2, 8)))

    assert [type(each) for each in raised] == ([IntegrityError] * 6 if guarded else [])
    assert Deposit.objects.count() == (1 if guarded else 7)


def test_the_same_fees_told_eight_times_at_once_are_charged_once() -> None:
    market = make_mexico()
    make_payer(market)
    make_payer(market, "7102", "Tienda Luna S.A. de C.V.")
    payments = payments_of(market)
    told = [
        SERVICE | {"external_id": f"label-{place}", "seller": "7101" if place % 2 else "7102"}
        for place in range(40)
    ]
    answers: list[Any] = []

    raised = at_once(*[lambda: answers.append(payments.post(FEES, told).json())] * 8)

    assert raised == []
    assert sum(answer["charged"] for answer in answers) == 40
    assert sum(answer["known"] for answer in answers) == 7 * 40
    assert Fee.objects.count() == 40
    assert run_checks() == []
