"""Automatic invoicing: what a seller chose, and each period's run, once whatever happens."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any

from django.db import transaction
from django.db.models import Exists, F, OuterRef, QuerySet, Sum
from django.utils import translation
from django.utils.translation import gettext as _

from marketplace.kernel.audit import record
from marketplace.kernel.jobs import Errand, enqueue_all
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
from settlement.billing.rules.spans import due_spans, is_span_of, out_of_proportion
from settlement.periods.rules import Span

EARLIEST, LATEST = timedelta(days=62), timedelta(days=366)
AGAIN_AFTER = timedelta(hours=20)
RECENT_RUNS = 6
AT_ONCE, MOST_WOKEN = 500, 5000


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
    standing = AutomaticInvoicing.objects.filter(seller=seller, mode=mode, starts_on=starts_on).first()
    if standing is not None:
        return standing
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
    rows = AutomaticInvoicing.objects.filter(seller__market__takes_deposits=True)
    by_period = rows.exclude(mode__in=[Mode.OFF, Mode.DEPOSIT]).select_related("seller__market")
    woken = 0
    for batch in _batches(by_period):
        woken += _wake("billing.run_automatic", _due_periods(batch, at))
    return woken + _wake("billing.invoice_deposit", _due_deposits(at))


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
    if standing is None and not is_span_of(chosen.mode, chosen.starts_on, Span(first_on, end_on)):
        return None
    run = standing or AutomaticRun(seller=seller, mode=chosen.mode, first_on=first_on, end_on=end_on)
    since = min(chosen.starts_on, first_on)
    return _carry_out(run, never_invoiced(seller, since=since, before=run.end_on), by=by, at=at, sure=sure)


@transaction.atomic
def run_deposit(*, deposit_id: int, at: datetime, by: Any = None, sure: bool = False) -> AutomaticRun | None:
    """Invoice one deposit by itself, and keep what became of it; one that was is not invoiced again.

    Nothing is run for a seller who has chosen otherwise meanwhile.
    """
    owner = Deposit.objects.values_list("seller", flat=True).get(pk=deposit_id)
    seller = Seller.objects.locked().select_related("market").get(pk=owner)
    deposit = Deposit.objects.get(pk=deposit_id)
    standing = AutomaticRun.objects.locked().filter(deposit=deposit).first()
    if standing is not None and standing.state != RunState.REFUSED:
        return standing
    day = deposit.received_on
    chosen = AutomaticInvoicing.objects.filter(seller=seller, mode=Mode.DEPOSIT, starts_on__lte=day)
    if standing is None and not chosen.exists():
        return None
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


def _batches(rows: "QuerySet[AutomaticInvoicing]") -> Iterator[list[AutomaticInvoicing]]:
    after = 0
    while batch := list(rows.filter(pk__gt=after).order_by("pk")[:AT_ONCE]):
        yield batch
        after = batch[-1].pk


def _wake(name: str, errands: Sequence[Errand]) -> int:
    with transaction.atomic():
        enqueue_all(name, errands)
    return len(errands)


def _due_periods(batch: Sequence[AutomaticInvoicing], at: datetime) -> list[Errand]:
    """The periods that are over and were not run, or were refused a while ago, of some sellers."""
    runs = _resting(at).filter(seller__in=[chosen.seller_id for chosen in batch], deposit=None)
    again = [_errand(run.seller_id, Span(run.first_on, run.end_on)) for run in _refused(batch, at)]
    done: dict[int, list[date]] = {}
    for seller_id, first_on in runs.values_list("seller", "first_on"):
        done.setdefault(seller_id, []).append(first_on)
    due = [
        _errand(chosen.seller_id, span)
        for chosen in batch
        for span in due_spans(
            chosen.mode,
            chosen.starts_on,
            done=done.get(chosen.seller_id, []),
            today=local_date(at, chosen.seller.market.zone),
        )
    ]
    return list({each.key: each for each in (*again, *due)}.values())


def _refused(batch: Sequence[AutomaticInvoicing], at: datetime) -> "QuerySet[AutomaticRun]":
    """The refused periods that rested long enough, also those of a choice before."""
    sellers = [chosen.seller_id for chosen in batch]
    rows = AutomaticRun.objects.filter(seller__in=sellers, deposit=None, state=RunState.REFUSED)
    return rows.filter(ran_at__lt=at - AGAIN_AFTER).order_by("pk")


def _errand(seller_id: int, span: Span) -> Errand:
    first, end = span.first_on.isoformat(), span.end_on.isoformat()
    args = {"of_seller_id": seller_id, "first_on": first, "end_on": end}
    return Errand(f"{seller_id}:{first}", args, seller_id)


def _due_deposits(at: datetime) -> list[Errand]:
    """Deposits to be invoiced one by one whose job was lost, and those refused a while ago."""
    rows = Deposit.objects.uninvoiced().filter(
        seller__automatic_invoicing__mode=Mode.DEPOSIT,
        received_on__gte=F("seller__automatic_invoicing__starts_on"),
        market__takes_deposits=True,
    )
    lines = BillingLine.objects.filter(deposit=OuterRef("pk"))
    fresh = rows.exclude(Exists(lines)).exclude(Exists(_resting(at).filter(deposit=OuterRef("pk"))))
    return [
        Errand(f"deposit:{key}", {"deposit_id": key}, seller_id)
        for key, seller_id in fresh.order_by("pk").values_list("pk", "seller")[:MOST_WOKEN]
    ]


def _resting(at: datetime) -> "QuerySet[AutomaticRun]":
    """The runs that are not to be tried again, or not yet."""
    return AutomaticRun.objects.exclude(state=RunState.REFUSED, ran_at__lt=at - AGAIN_AFTER)
