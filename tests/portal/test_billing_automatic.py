"""Automatic invoicing: choosing it, the rehearsal of last month, and its runs."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import timezone

from marketplace.kernel.zones import local_date
from marketplace.parties.models import Seller
from settlement.billing.models import AutomaticInvoicing, AutomaticRun, BillingProfile, Mode, RunState
from settlement.billing.operations.automatic import choose_automatic, run_period
from settlement.billing.rules.spans import last_month
from tests.billing.mexico import NOON, pay_in
from tests.cast import today_in
from tests.portal.paying_in import standing
from tests.portal.telling import Browser

PAGE = "/billing/automatic/"
FIRST, END = date(2026, 10, 1), date(2026, 11, 1)
NOVEMBER = datetime(2026, 11, 1, 13, tzinfo=UTC)


@pytest.fixture
def chosen(sol: Seller) -> AutomaticInvoicing:
    return choose_automatic(seller_id=sol.pk, mode=Mode.MONTH, starts_on=FIRST, by=None, at=NOON)


def test_off_is_clearly_off(sol_sees: Browser) -> None:
    page = sol_sees.page(PAGE)

    assert "Automatic invoicing Off It is off No deposit is invoiced by itself" in page
    assert "No run yet" in page


def test_what_is_chosen_is_kept_and_says_when_it_runs_next(sol_sees: Browser, sol: Seller) -> None:
    today = today_in(sol.market)
    told = {"mode": "days_7", "starts_on": str(today)}

    page = sol_sees.post(f"{PAGE}choose/", told)

    assert "Automatic invoicing is on: Every 7 days." in page
    kept = AutomaticInvoicing.objects.get(seller=sol)
    assert (kept.mode, kept.starts_on) == (Mode.DAYS_7, today)
    next_on = today + timedelta(days=7)
    assert f"Runs next on {next_on.day} " in page
    assert "Automatic invoicing is off." in sol_sees.post(f"{PAGE}choose/", told | {"mode": "off"})


@pytest.mark.parametrize(
    ("told", "name", "said"),
    [
        ({"mode": "days_7", "starts_on": "2020-01-01"}, "starts_on", "within the last two months"),
        ({"mode": "days_7", "starts_on": ""}, "starts_on", "This field is required."),
        ({"mode": "hourly", "starts_on": "2026-11-01"}, "mode", "Select a valid choice."),
    ],
)
def test_what_cannot_be_chosen_is_refused_at_its_field(
    sol_sees: Browser, told: dict[str, str], name: str, said: str
) -> None:
    before = standing()

    answer = sol_sees.client.post(f"{PAGE}choose/", told)

    assert answer.status_code == 422
    assert said in answer.context["form"].errors[name][0]
    assert standing() == before


def test_the_rehearsal_shows_what_last_month_would_have_been(sol_sees: Browser, sol: Seller) -> None:
    month = last_month(local_date(timezone.now(), sol.market.zone))
    for day in (0, 1, 9):
        at = datetime.combine(month.first_on + timedelta(days=day), NOON.time(), tzinfo=UTC)
        pay_in(sol, "100.00", at=at)

    told = sol_sees.client.get(PAGE).context["rehearsals"]

    assert [(each.mode, each.invoices, each.deposits, each.gross) for each in told] == [
        (Mode.MONTH, 1, 3, 30000),
        (Mode.DEPOSIT, 3, 3, 30000),
        (Mode.DAYS_7, 2, 3, 30000),
        (Mode.DAYS_15, 1, 3, 30000),
        (Mode.DAYS_21, 1, 3, 30000),
    ]
    weekly = told[2].rows
    assert [(row.span.first_on.day, row.span.last_on.day, row.gross) for row in weekly] == [
        (1, 7, 20000),
        (8, 14, 10000),
    ]


def test_a_run_that_was_refused_says_why_and_is_tried_again(
    sol_sees: Browser, vera_sees: Browser, luna_sees: Browser, sol: Seller, chosen: AutomaticInvoicing
) -> None:
    pay_in(sol, "100.00")
    BillingProfile.objects.filter(seller=sol).update(regime="")
    run = run_period(seller_id=sol.pk, first_on=FIRST, end_on=END, at=NOVEMBER)
    assert run is not None
    again = f"{PAGE}runs/{run.pk}/try-again/"

    page = sol_sees.page(PAGE)
    assert "1–31 Oct 2026 By total: one invoice for the month's deposits Not invoiced" in page
    assert "Tax regime: Fill this in." in page
    assert "Deposits of 1–31 Oct 2026 could not be invoiced automatically" in sol_sees.page("/")
    before = standing()
    vera_sees.post(again, status=403)
    luna_sees.post(again, status=404)
    assert "Try again" not in vera_sees.page(PAGE)
    assert standing() == before
    assert "Tax regime: Fill this in." in sol_sees.post(again)

    BillingProfile.objects.filter(seller=sol).update(regime="601")
    assert "Invoiced: MX-I-2026-000001." in sol_sees.post(again)
    assert AutomaticRun.objects.get().state == RunState.ISSUED
    assert "/billing/invoices/MX-I-2026-000001/" in sol_sees.links(PAGE)
    assert "could not be invoiced" not in sol_sees.page("/")


def test_who_may_only_look_chooses_nothing(vera_sees: Browser, chosen: AutomaticInvoicing) -> None:
    before = standing()

    assert "Your role can look, but not choose." in vera_sees.page(PAGE)
    vera_sees.post(f"{PAGE}choose/", {"mode": "off", "starts_on": "2026-11-01"}, status=403)

    assert standing() == before


def test_runs_take_as_many_queries_however_many_there_are(
    sol_sees: Browser, sol: Seller, chosen: AutomaticInvoicing
) -> None:
    def run(first: date) -> None:
        end = first + timedelta(days=1)
        pay_in(sol, "1.00", at=datetime.combine(first, NOON.time(), tzinfo=UTC))
        run_period(seller_id=sol.pk, first_on=first, end_on=end, at=NOVEMBER)

    run(FIRST)
    before = sol_sees.queries(PAGE)
    for day in range(1, 5):
        run(FIRST + timedelta(days=day))

    assert sol_sees.queries(PAGE) == before
