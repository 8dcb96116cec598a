"""Automatic invoicing at the desk: what sellers chose, why a run was refused, and trying again."""

from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from marketplace.parties.models import Seller
from settlement.billing.models import (
    AutomaticInvoicing,
    AutomaticRun,
    BillingProfile,
    Deposit,
    Mode,
    RunState,
)
from settlement.billing.operations.automatic import choose_automatic, run_period
from tests.billing.mexico import NOON, pay_in
from tests.desk import act, listed, make_looker, offered, page, press, queries_of, seen

FIRST, END = date(2026, 10, 1), date(2026, 11, 1)
NOVEMBER = NOON + timedelta(days=28)
RUNS = reverse("admin:billing_automaticrun_changelist")


@pytest.fixture
def refused(sol: Seller) -> AutomaticRun:
    """October's run, refused since the recipient's postal code was taken away."""
    pay_in(sol, "100.00")
    choose_automatic(seller_id=sol.pk, mode=Mode.MONTH, starts_on=FIRST, by=None, at=NOON)
    BillingProfile.objects.update(zip="x")
    run = run_period(seller_id=sol.pk, first_on=FIRST, end_on=END, at=NOVEMBER)
    assert run is not None
    assert run.state == RunState.REFUSED
    return run


def test_a_refused_run_says_why_and_stands_on_the_first_page(
    refused: AutomaticRun, carla_client: Client
) -> None:
    text = listed(carla_client, AutomaticRun)

    assert "7101 Tienda Sol S.A. de C.V. Not invoiced – – " in text
    assert "Postal code: This is no postal code of your country." in text
    assert "It was not invoiced:" in page(carla_client, refused)
    answer = carla_client.get("/admin/")
    assert "Automatic invoicing that was refused 1" in seen(answer)
    assert 'href="/admin/billing/automaticrun/?state__exact=refused"' in answer.content.decode()


def test_tried_again_too_early_it_is_refused_again_with_its_reason(
    refused: AutomaticRun, carla_client: Client
) -> None:
    (message,) = press(carla_client, refused, "again")

    refused.refresh_from_db()
    assert message == f"{refused}: {refused.reason}"
    assert refused.state == RunState.REFUSED
    assert Deposit.objects.get().invoiced == 0


def test_once_put_right_it_is_tried_again_and_issues_its_invoice_once(
    refused: AutomaticRun, carla_client: Client
) -> None:
    BillingProfile.objects.update(zip="44100")

    assert act(carla_client, refused, "again") == ["1 done."]

    refused.refresh_from_db()
    (issued,) = refused.invoices.all()
    assert (refused.state, issued.gross) == (RunState.ISSUED, 100_00)
    assert f"{issued} " in page(carla_client, refused)
    assert f"Invoiced MX$100.00 {issued}" in listed(carla_client, AutomaticRun)
    assert "was not refused" in press(carla_client, refused, "again")[0]
    assert refused.invoices.count() == 1


def test_what_sellers_chose_is_shown_with_its_last_run_and_nobody_edits_it(
    refused: AutomaticRun, carla_client: Client
) -> None:
    text = listed(carla_client, AutomaticInvoicing)
    assert "7101 Tienda Sol S.A. de C.V. MX By total: one invoice for the month's deposits 1 Oct 2026" in text
    assert "Not invoiced All runs" in text

    address = reverse("admin:billing_automaticinvoicing_change", args=[AutomaticInvoicing.objects.get().pk])
    assert carla_client.post(address, {"mode": "off"}).status_code == 403
    assert AutomaticInvoicing.objects.get().mode == Mode.MONTH


def test_those_who_may_only_look_try_nothing_again(refused: AutomaticRun, sara_client: Client) -> None:
    client = make_looker()
    address = reverse("admin:billing_automaticrun_do", args=[refused.pk, "again"])

    assert offered(client, refused) == set()
    assert client.post(address).status_code == 403
    assert sara_client.get(RUNS).status_code == 403
    assert AutomaticRun.objects.get().state == RunState.REFUSED


def test_the_lists_ask_the_same_questions_however_many_runs_there_are(
    refused: AutomaticRun, carla_client: Client
) -> None:
    choices = reverse("admin:billing_automaticinvoicing_changelist")
    for each in (RUNS, choices):  # what is remembered between requests is asked for once
        carla_client.get(each)
    few = [queries_of(carla_client, each) for each in (RUNS, choices)]
    for month in range(1, 6):
        AutomaticRun.objects.create(
            seller=refused.seller,
            mode=Mode.MONTH,
            first_on=date(2026, month, 1),
            end_on=date(2026, month + 1, 1),
            state=RunState.EMPTY,
            ran_at=NOON,
        )

    assert [queries_of(carla_client, each) for each in (RUNS, choices)] == few
