"""Automatic invoicing: what a seller chose, and each period's run, once whatever happens."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any

from django.db import transaction
from django.db.models import Sum
from django.utils import translation
from django.utils.translation import gettext as _

from marketplace.kernel.audit import record
from marketplace.kernel.jobs import enqueue
from marketplace.kernel.zones import local_date
from marketplace.parties.models import Seller
from settlement.billing.models import (
    AutomaticInvoicing,
    AutomaticRun,
    BillingInvoice,
    BillingLine,
    Deposit,
    Mode,
    Origin,
    RunState,
)
from settlement.billing.operations.issuing import MOST_LINES, Issue, invoice_deposits
from settlement.billing.operations.telling import tell_of_run
from settlement.billing.queries import never_invoiced, recipient_for
from settlement.billing.refusals import NoDeposits, Refused, Runaway
from settlement.billing.rules.spans import due_spans, out_of_proportion
from settlement.periods.rules import Span

EARLIEST, LATEST = timedelta(days=62), timedelta(days=366)
AGAIN_AFTER = timedelta(hours=20)
RECENT_RUNS = 6


class BadStart(Refused):
    """Automatic invoicing cannot begin on that day."""


@transaction.atomic
def choose_automatic(
    *, seller_id: int, mode: Mode, starts_on: date, by: Any, at: datetime
) -> AutomaticInvoicing:
    """Choose how a seller's deposits are invoiced by themselves, and from when on.

    :raises NoDeposits: if the seller's market takes no deposits.
    :raises BadStart: if the day lies too far away, or within a period that ran already.
    """
    seller = Seller.objects.locked().select_related("market").get(pk=seller_id)
    if not seller.market.takes_deposits:
        raise NoDeposits(_("Sellers of %(market)s pay nothing in ahead.") % {"market": seller.market})
    if mode != Mode.OFF:
        _check_start(seller, mode, starts_on, local_date(at, seller.market.zone))
    chosen, _fresh = AutomaticInvoicing.objects.update_or_create(
        seller=seller, defaults={"mode": mode, "starts_on": starts_on}
    )
    record(
        verb="automatic_invoicing.chosen",
        subject=seller.partner_number,
        by=by,
        at=at,
        seller_id=seller_id,
        details={"mode": mode, "from": starts_on.isoformat()},
    )
    return chosen


def start_due(*, at: datetime) -> int:
    """Wake what is due of automatic invoicing: periods that are over, deposits, and what was refused."""
    rows = AutomaticInvoicing.objects.exclude(mode=Mode.OFF).select_related("seller__market").order_by("pk")
    woken = 0
    for chosen in rows.filter(seller__market__takes_deposits=True).iterator():
        due = _due_deposits(chosen, at) if chosen.mode == Mode.DEPOSIT else _due_spans(chosen, at)
        with transaction.atomic():
            for name, key, args in due:
                enqueue(name, key=key, seller_id=chosen.seller_id, **args)
        woken += len(due)
    return woken


@transaction.atomic
def run_period(
    *, seller_id: int, first_on: date, end_on: date, at: datetime, by: Any = None, sure: bool = False
) -> AutomaticRun | None:
    """Invoice what came in until a period's end, and keep what became of it; no period is run twice.

    Nothing is run for a seller who has chosen otherwise meanwhile.

    :param sure: a person has looked at it and wants it also if it is out of proportion.
    """
    seller = Seller.objects.locked().select_related("market").get(pk=seller_id)
    standing = AutomaticRun.objects.locked().filter(seller=seller, first_on=first_on, deposit=None).first()
    chosen = AutomaticInvoicing.objects.get(seller=seller)
    if standing is not None and standing.state != RunState.REFUSED:
        return standing
    if chosen.mode in (Mode.OFF, Mode.DEPOSIT) and standing is None:
        return None
    run = standing or AutomaticRun(seller=seller, mode=chosen.mode, first_on=first_on, end_on=end_on)
    since = min(chosen.starts_on, first_on)
    return _carry_out(run, never_invoiced(seller, since=since, before=run.end_on), by=by, at=at, sure=sure)


@transaction.atomic
def run_deposit(*, deposit_id: int, at: datetime, by: Any = None, sure: bool = False) -> AutomaticRun:
    """Invoice one deposit by itself, and keep what became of it; one that was is not invoiced again."""
    owner = Deposit.objects.values_list("seller", flat=True).get(pk=deposit_id)
    seller = Seller.objects.locked().select_related("market").get(pk=owner)
    deposit = Deposit.objects.get(pk=deposit_id)
    standing = AutomaticRun.objects.locked().filter(deposit=deposit).first()
    if standing is not None and standing.state != RunState.REFUSED:
        return standing
    day = deposit.received_on
    run = standing or AutomaticRun(
        seller=seller, mode=Mode.DEPOSIT, deposit=deposit, first_on=day, end_on=day + timedelta(days=1)
    )
    left = never_invoiced(seller, since=day, before=day + timedelta(days=1))
    return _carry_out(run, [each for each in left if each.pk == deposit_id], by=by, at=at, sure=sure)


@transaction.atomic
def try_again(*, run_id: int, by: Any, at: datetime) -> AutomaticRun | None:
    """Try a refused run again at once, since a person has looked at it."""
    run = AutomaticRun.objects.get(pk=run_id)
    if run.deposit_id is not None:
        return run_deposit(deposit_id=run.deposit_id, at=at, by=by, sure=True)
    return run_period(
        seller_id=run.seller_id, first_on=run.first_on, end_on=run.end_on, at=at, by=by, sure=True
    )


def _carry_out(
    run: AutomaticRun, deposits: Sequence[Deposit], *, by: Any, at: datetime, sure: bool
) -> AutomaticRun:
    """Issue the run's invoices, all or none, and keep how it ended."""
    seller, told_before = run.seller, (run.state, run.reason)
    invoices: list[BillingInvoice] = []
    run.reason, run.ran_at = "", at
    with translation.override(seller.market.spoken):
        try:
            with transaction.atomic():
                _check_size(run, deposits, sure)
                invoices = _invoices(seller, deposits, Issue(Origin.AUTOMATIC, by, at))
            run.state = RunState.ISSUED if invoices else RunState.EMPTY
        except Refused as refusal:
            run.state, run.reason = RunState.REFUSED, str(refusal)[:300]
    run.save()
    run.invoices.set(invoices)
    if told_before != (run.state, run.reason):
        tell_of_run(run, market=seller.market, invoices=invoices, at=at)
    return run


def _invoices(seller: Seller, deposits: Sequence[Deposit], issue: Issue) -> list[BillingInvoice]:
    """One invoice, but for a change of the VAT rate, or more deposits than one can have."""
    recipient = recipient_for(seller)
    issued = []
    for _rate, some in groupby(sorted(deposits, key=lambda each: each.vat_bp), key=lambda each: each.vat_bp):
        keys = [each.pk for each in some]
        for start in range(0, len(keys), MOST_LINES):
            issued.append(
                invoice_deposits(
                    seller=seller,
                    deposit_ids=keys[start : start + MOST_LINES],
                    recipient=recipient,
                    issue=issue,
                )
            )
    return issued


def _check_size(run: AutomaticRun, deposits: Sequence[Deposit], sure: bool) -> None:
    """Stop a run that is far out of proportion before it issues anything.

    :raises Runaway: if it is, and nobody has looked at it.
    """
    earlier = AutomaticRun.objects.filter(
        seller=run.seller, mode=run.mode, state=RunState.ISSUED, first_on__lt=run.first_on
    )
    recent = earlier.order_by("-first_on")[:RECENT_RUNS].values_list("pk", flat=True)
    sums = BillingLine.objects.filter(invoice__automatic_runs__in=list(recent)).order_by()
    totals = sums.values("invoice__automatic_runs").annotate(sum=Sum("gross")).values_list("sum", flat=True)
    if not sure and out_of_proportion(sum(each.uninvoiced for each in deposits), list(totals)):
        raise Runaway(
            _("It would be more than ten times as much as usual; look at the deposits, then press Try again.")
        )


def _check_start(seller: Seller, mode: Mode, starts_on: date, today: date) -> None:
    if not today - EARLIEST <= starts_on <= today + LATEST:
        raise BadStart(_("Choose a first day within the last two months or the year to come."))
    last = AutomaticRun.objects.filter(seller=seller, deposit=None).order_by("-end_on").first()
    if mode != Mode.DEPOSIT and last is not None and starts_on < last.end_on:
        raise BadStart(
            _("The days before %(day)s were run already; begin then or later.") % {"day": last.end_on}
        )


def _due_spans(chosen: AutomaticInvoicing, at: datetime) -> list[tuple[str, str, dict[str, Any]]]:
    runs = AutomaticRun.objects.filter(seller=chosen.seller_id, deposit=None, first_on__gte=chosen.starts_on)
    resting = runs.exclude(state=RunState.REFUSED, ran_at__lt=at - AGAIN_AFTER)
    done = list(resting.values_list("first_on", flat=True))
    today = local_date(at, chosen.seller.market.zone)
    return [
        _period_job(chosen, span) for span in due_spans(chosen.mode, chosen.starts_on, done=done, today=today)
    ]


def _period_job(chosen: AutomaticInvoicing, span: Span) -> tuple[str, str, dict[str, Any]]:
    first, end = span.first_on.isoformat(), span.end_on.isoformat()
    args = {"of_seller_id": chosen.seller_id, "first_on": first, "end_on": end}
    return "billing.run_automatic", f"{chosen.seller_id}:{first}", args


def _due_deposits(chosen: AutomaticInvoicing, at: datetime) -> list[tuple[str, str, dict[str, Any]]]:
    """Deposits whose job was lost, and those refused a while ago."""
    runs = AutomaticRun.objects.filter(seller=chosen.seller_id, deposit__isnull=False)
    resting = set(
        runs.exclude(state=RunState.REFUSED, ran_at__lt=at - AGAIN_AFTER).values_list("deposit", flat=True)
    )
    tomorrow = local_date(at, chosen.seller.market.zone) + timedelta(days=1)
    found = never_invoiced(chosen.seller, since=chosen.starts_on, before=tomorrow)
    return [
        ("billing.invoice_deposit", f"deposit:{each.pk}", {"deposit_id": each.pk})
        for each in found
        if each.pk not in resting
    ]
