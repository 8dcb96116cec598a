"""Automatic invoicing: each period once, in the market's days, whatever happens in between."""

from datetime import UTC, date, datetime, timedelta

import pytest

from marketplace.kernel import jobs
from marketplace.kernel.books import run_checks
from marketplace.kernel.models import Job, OutgoingMail
from marketplace.parties.models import Seller
from marketplace.users.models import User
from settlement.billing.models import AutomaticRun, BillingInvoice, BillingProfile, Mode, RunState
from settlement.billing.operations.automatic import (
    BadStart,
    choose_automatic,
    run_deposit,
    run_period,
    start_due,
    try_again,
)
from settlement.billing.operations.profiles import save_profile
from settlement.billing.queries import rehearse
from settlement.billing.rules.spans import due_spans, last_month
from settlement.periods.rules import Span
from tests.billing.mexico import NOON, invoice, made_out_to, pay_in
from tests.cast import RENDERING

OCTOBER = date(2026, 10, 1)
NOVEMBER = datetime(2026, 11, 1, 6, tzinfo=UTC)
"""The first instant of November in Mexico City."""

SECOND = timedelta(seconds=1)


def choose(seller: Seller, mode: Mode, starts_on: date = OCTOBER, at: datetime = NOON) -> None:
    choose_automatic(seller_id=seller.pk, mode=mode, starts_on=starts_on, by=None, at=at)


def beat(at: datetime) -> int:
    """What beat does, and the jobs it woke; how many those were."""
    woken = start_due(at=at)
    for job in list(Job.objects.filter(name="billing.run_automatic", state="ready").order_by("pk")):
        args = job.args
        run_period(
            seller_id=args["of_seller_id"],
            first_on=date.fromisoformat(args["first_on"]),
            end_on=date.fromisoformat(args["end_on"]),
            at=at,
        )
        Job.objects.filter(pk=job.pk).update(state="done")
    for job in list(Job.objects.filter(name="billing.invoice_deposit", state="ready").order_by("pk")):
        run_deposit(deposit_id=job.args["deposit_id"], at=at)
        Job.objects.filter(pk=job.pk).update(state="done")
    return woken


def test_a_month_is_invoiced_once_when_it_is_over_in_the_market(sol: Seller) -> None:
    choose(sol, Mode.MONTH)
    pay_in(sol, "100.00")
    pay_in(sol, "50.00", at=NOVEMBER - SECOND)
    pay_in(sol, "7.00", at=NOVEMBER)

    assert beat(NOVEMBER - SECOND) == 0
    assert beat(NOVEMBER) == 1
    assert beat(NOVEMBER + SECOND) == 0

    assert BillingInvoice.objects.get().gross == 150_00
    assert AutomaticRun.objects.get().state == RunState.ISSUED
    assert "150.00" in OutgoingMail.objects.get(key__startswith="automatic_run").body
    assert run_checks() == []


@pytest.mark.parametrize(("mode", "days"), [(Mode.DAYS_7, 7), (Mode.DAYS_15, 15), (Mode.DAYS_21, 21)])
def test_every_so_many_days_counts_from_the_first_day(sol: Seller, mode: Mode, days: int) -> None:
    choose(sol, mode, date(2026, 10, 3))
    pay_in(sol, "100.00")

    spans = due_spans(mode, date(2026, 10, 3), done=[], today=date(2026, 10, 3) + timedelta(days=2 * days))

    assert [(each.end_on - each.first_on).days for each in spans] == [days, days]
    assert spans[1].first_on == spans[0].end_on
    beat(datetime(2026, 10, 3, 6, tzinfo=UTC) + timedelta(days=2 * days))
    assert [run.state for run in AutomaticRun.objects.order_by("first_on")] == [
        RunState.ISSUED,
        RunState.EMPTY,
    ]
    assert BillingInvoice.objects.count() == 1
    assert not OutgoingMail.objects.filter(key__endswith=":empty").exists()


def test_each_deposit_is_invoiced_by_itself_as_soon_as_it_is_there(sol: Seller) -> None:
    choose(sol, Mode.DEPOSIT)
    first, second = pay_in(sol, "100.00"), pay_in(sol, "50.00")
    assert Job.objects.filter(name="billing.invoice_deposit").count() == 2

    beat(NOON)
    run_deposit(deposit_id=first.pk, at=NOON)

    assert [each.gross for each in BillingInvoice.objects.order_by("pk")] == [100_00, 50_00]
    assert AutomaticRun.objects.filter(deposit__in=[first, second]).count() == 2


def test_a_deposit_whose_job_was_lost_is_found_by_the_next_beat(sol: Seller) -> None:
    choose(sol, Mode.DEPOSIT)
    pay_in(sol, "100.00")
    Job.objects.filter(name="billing.invoice_deposit").update(state="dead")

    beat(NOON)

    assert BillingInvoice.objects.get().gross == 100_00


def test_after_a_long_pause_each_missed_period_is_run_by_itself(sol: Seller) -> None:
    choose(sol, Mode.DAYS_7, date(2026, 10, 1))
    for day in (0, 7, 14):
        pay_in(sol, "10.00", at=datetime(2026, 10, 1, 18, tzinfo=UTC) + timedelta(days=day))

    beat(datetime(2026, 10, 22, 7, tzinfo=UTC))

    assert AutomaticRun.objects.filter(state=RunState.ISSUED).count() == 3
    assert [each.gross for each in BillingInvoice.objects.all()] == [10_00] * 3


def test_a_deposit_told_after_its_period_comes_with_the_next(sol: Seller) -> None:
    choose(sol, Mode.MONTH)
    beat(NOVEMBER)
    pay_in(sol, "80.00", at=NOON)

    beat(NOVEMBER + timedelta(days=30))

    assert BillingInvoice.objects.get().gross == 80_00


def test_what_a_person_invoiced_or_took_off_an_invoice_is_left_alone(sol: Seller, eva: User) -> None:
    choose(sol, Mode.MONTH)
    invoice(sol, pay_in(sol, "80.00"), by=eva)

    beat(NOVEMBER)

    assert BillingInvoice.objects.count() == 1
    assert AutomaticRun.objects.get().state == RunState.EMPTY


def test_a_run_that_is_refused_says_why_once_and_is_tried_again_the_next_day(sol: Seller) -> None:
    BillingProfile.objects.all().delete()
    choose(sol, Mode.MONTH)
    pay_in(sol, "80.00")

    beat(NOVEMBER)
    beat(NOVEMBER + SECOND)
    run = AutomaticRun.objects.get()
    assert (run.state, BillingInvoice.objects.count()) == (RunState.REFUSED, 0)
    assert "Tax regime: Fill this in." in run.reason
    beat(NOVEMBER + timedelta(days=1))
    assert OutgoingMail.objects.filter(key__startswith="automatic_run").count() == 1

    save_profile(seller_id=sol.pk, recipient=made_out_to(sol), by=None, at=NOVEMBER)
    beat(NOVEMBER + timedelta(days=2))

    assert AutomaticRun.objects.get().state == RunState.ISSUED
    assert BillingInvoice.objects.get().gross == 80_00


def test_a_run_out_of_all_proportion_waits_for_a_person(sol: Seller) -> None:
    choose(sol, Mode.DAYS_7, date(2026, 10, 1))
    start = datetime(2026, 10, 1, 18, tzinfo=UTC)
    for week, amount in enumerate(("10.00", "12.00", "11.00", "200.00")):
        pay_in(sol, amount, at=start + timedelta(days=7 * week))

    beat(start + timedelta(days=28))

    last = AutomaticRun.objects.latest("first_on")
    assert last.state == RunState.REFUSED
    assert "ten times" in last.reason
    assert BillingInvoice.objects.count() == 3
    again = try_again(run_id=last.pk, by=None, at=start + timedelta(days=29))
    assert again is not None
    assert again.state == RunState.ISSUED


def test_choosing_otherwise_stops_what_was_not_run_yet(sol: Seller) -> None:
    choose(sol, Mode.MONTH)
    pay_in(sol, "80.00")
    start_due(at=NOVEMBER)
    choose(sol, Mode.OFF)

    beat(NOVEMBER)

    assert not BillingInvoice.objects.exists()
    assert not AutomaticRun.objects.exists()


def test_a_first_day_within_a_period_that_ran_is_refused(sol: Seller) -> None:
    choose(sol, Mode.MONTH)
    beat(NOVEMBER)

    with pytest.raises(BadStart, match="were run already"):
        choose(sol, Mode.DAYS_7, date(2026, 10, 20), at=NOVEMBER)
    choose(sol, Mode.MONTH, OCTOBER, at=NOVEMBER)  # as it is chosen already
    with pytest.raises(BadStart, match="two months"):
        choose(sol, Mode.DAYS_7, date(2026, 1, 1), at=NOVEMBER)


def test_a_rehearsal_shows_what_last_month_would_have_invoiced(sol: Seller) -> None:
    pay_in(sol, "80.00")
    pay_in(sol, "20.00", at=NOVEMBER - SECOND)
    pay_in(sol, "5.00", at=NOVEMBER)
    october = last_month(date(2026, 11, 20))

    (month,) = rehearse(sol, spans=[october], each=False)
    each = rehearse(sol, spans=[october], each=True)

    assert october == Span(date(2026, 10, 1), date(2026, 11, 1))
    assert (month.deposits, month.gross) == (2, 100_00)
    assert [one.gross for one in each] == [80_00, 20_00]
    assert not BillingInvoice.objects.exists()


def test_the_jobs_themselves_do_it_too(sol: Seller) -> None:
    choose(sol, Mode.DEPOSIT)
    pay_in(sol, "100.00")

    while (claimed := jobs.claim()) is not None:
        if claimed.row.name in RENDERING:
            break
        jobs.run(claimed)

    assert AutomaticRun.objects.get().state == RunState.ISSUED
