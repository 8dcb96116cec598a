"""Payment batches: gathered by one person, approved by another, given to the bank as one file."""

from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import Count, Sum
from django.utils.translation import gettext as _

from marketplace.kernel.audit import record
from marketplace.kernel.files import store
from marketplace.kernel.jobs import enqueue
from marketplace.kernel.numbers import take_numbers
from marketplace.kernel.states import IllegalMove, move
from marketplace.kernel.zones import local_date
from marketplace.parties.models import AccountState, BankAccount, Market
from marketplace.parties.operations import SamePerson
from marketplace.parties.rules import IBAN_COUNTRIES
from settlement.documents.operations.voiding import ReasonMissing
from settlement.netting.calendars import holidays_of
from settlement.netting.rules import working_day_after
from settlement.payouts.models import Batch, BatchState, Payout, PayoutState
from settlement.payouts.writing import file_of

SERIES = "batch"
MOST = 5000
"""Payouts in one file, as many as banks take gladly."""


class NothingToPay(Exception):
    """No payout waits whose seller has a bank account in use."""


class NoFile(Exception):
    """The payment file is not written yet."""


@transaction.atomic
def make_batch(*, market: Market, by: Any, at: datetime) -> Batch:
    """Gather the payouts that wait in a market, each to the account its seller has in use now.

    :raises NothingToPay: if none waits, or no seller of those that wait has an account in use.
    """
    if market.code in IBAN_COUNTRIES and not market.entity_iban:
        raise NothingToPay(
            _("%(market)s has no bank account to pay from; enter it with the market.") % {"market": market}
        )
    waiting = list(Payout.objects.locked().waiting().filter(market=market)[:MOST])
    accounts = _accounts_of(waiting)
    ready = [payout for payout in waiting if payout.seller_id in accounts]
    if not ready:
        raise NothingToPay(_nothing(market, len(waiting)))
    today = local_date(at, market.zone)
    (serial,) = take_numbers(market_id=market.pk, kind=SERIES, year=today.year)
    batch = Batch.objects.create(
        reference=f"{market.code}-B-{today.year}-{serial:06d}",
        market=market,
        year=today.year,
        serial=serial,
        currency=market.currency,
        count=len(ready),
        total=sum(payout.amount for payout in ready),
        pay_on=working_day_after(today, 1, holidays_of(market.code)),
        created_at=at,
        created_by=by,
    )
    for payout in ready:
        payout.batch, payout.account = batch, accounts[payout.seller_id]
    Payout.objects.bulk_update(ready, ["batch", "account"], batch_size=500)
    _record(batch, "batch.prepared", by, at)
    return batch


@transaction.atomic
def approve_batch(*, batch_id: int, by: Any, at: datetime) -> Batch:
    """Approve a batch as a second person; its payment file is written next.

    :raises IllegalMove: if it does not wait for this.
    :raises IllegalMove: if its day is over, or a seller has another account in use by now.
    :raises SamePerson: if the approver prepared it.
    :raises NothingToPay: if every payout was taken out of it.
    """
    batch = Batch.objects.locked().select_related("market").get(pk=batch_id)
    if by.pk == batch.created_by_id:
        raise SamePerson(_("You prepared %(batch)s; somebody else must approve it.") % {"batch": batch})
    _check_current(batch, at)
    if not batch.count:
        raise NothingToPay(_("Every payout was taken out of %(batch)s; cancel it.") % {"batch": batch})
    move(batch, BatchState.APPROVED, by=by, at=at, also={"approved_by": by, "approved_at": at})
    for payout in batch.payouts.locked():
        move(payout, PayoutState.APPROVED, by=by, at=at)
    _record(batch, "batch.approved", by, at)
    enqueue("payouts.write_file", key=batch.reference, batch_id=batch.pk)
    return batch


@transaction.atomic
def take_out(*, payout_id: int, by: Any, at: datetime) -> Payout:
    """Take a payout out of a batch that waits for approval; it waits for the next one.

    :raises IllegalMove: if it is in no batch that waits for approval.
    """
    keys = Payout.objects.values_list("batch", flat=True).get(pk=payout_id)
    batch = Batch.objects.locked().filter(pk=keys, state=BatchState.CREATED).first()
    if batch is None:
        raise IllegalMove(_("It is in no batch that waits for approval."))
    payout = Payout.objects.locked().get(pk=payout_id)
    if payout.batch_id != batch.pk:
        raise IllegalMove(_("It is in no batch that waits for approval."))
    payout.batch = None
    payout.save(update_fields=["batch"])
    sums = batch.payouts.aggregate(count=Count("pk"), total=Sum("amount"))
    batch.count, batch.total = sums["count"], sums["total"] or 0
    batch.save(update_fields=["count", "total"])
    record(
        verb="payout.taken_out",
        subject=payout.reference,
        by=by,
        at=at,
        seller_id=payout.seller_id,
        details={"batch": batch.reference},
    )
    return payout


@transaction.atomic
def cancel_batch(*, batch_id: int, reason: str, by: Any, at: datetime) -> Batch:
    """Cancel a batch the bank has not got; its payouts wait for the next one.

    :raises IllegalMove: if it was given to the bank.
    :raises ReasonMissing: if no reason is given.
    """
    if not reason.strip():
        raise ReasonMissing(_("Say why; your colleagues will read it."))
    batch = Batch.objects.locked().get(pk=batch_id)
    move(batch, BatchState.CANCELLED, by=by, at=at, reason=reason.strip()[:300])
    for payout in batch.payouts.locked():
        if payout.state == PayoutState.APPROVED:
            move(payout, PayoutState.CREATED, by=by, at=at, also={"batch": None})
        else:
            payout.batch = None
            payout.save(update_fields=["batch"])
    _record(batch, "batch.cancelled", by, at)
    return batch


def write_file(*, batch_id: int, at: datetime) -> Batch:
    """Write the payment file of an approved batch, once; the same batch makes the same bytes."""
    assert connection.in_atomic_block
    batch = Batch.objects.locked().select_related("market").get(pk=batch_id)
    if batch.file_id is None and batch.state == BatchState.APPROVED:
        name, content_type, written = file_of(batch)
        batch.file = store(name=name, content_type=content_type, chunks=[written], at=at)
        batch.save(update_fields=["file"])
    return batch


@transaction.atomic
def send_batch(*, batch_id: int, by: Any, at: datetime) -> Batch:
    """Note that a batch's file is given to the bank; from here only the bank's answer moves its payouts.

    :raises IllegalMove: if it is not approved.
    :raises NoFile: if its file is not written yet.
    """
    batch = Batch.objects.locked().select_related("file").get(pk=batch_id)
    if batch.state == BatchState.APPROVED and batch.file_id is None:
        raise NoFile(_("The payment file is being written; try again in a moment."))
    move(batch, BatchState.SENT, by=by, at=at)
    for payout in batch.payouts.locked():
        move(payout, PayoutState.SENT, by=by, at=at)
    _record(batch, "batch.sent", by, at)
    return batch


def _check_current(batch: Batch, at: datetime) -> None:
    """What was prepared must still be right when it is approved: the day, and every account."""
    if batch.state == BatchState.CREATED and batch.pay_on < local_date(at, batch.market.zone):
        raise IllegalMove(
            _("%(batch)s was to be paid on a day that is over; cancel it and prepare it anew.")
            % {"batch": batch}
        )
    in_use = _accounts_of(list(batch.payouts.all()))
    for payout in batch.payouts.select_related("seller"):
        if payout.account != in_use.get(payout.seller_id):
            raise IllegalMove(
                _("%(payout)s would go to an account %(seller)s no longer uses; take it out of the batch.")
                % {"payout": payout, "seller": payout.seller}
            )


def _accounts_of(payouts: list[Payout]) -> dict[int, str]:
    in_use = BankAccount.objects.filter(
        seller__in={payout.seller_id for payout in payouts}, state=AccountState.ACTIVE
    )
    return dict(in_use.values_list("seller", "number"))


def _nothing(market: Market, waiting: int) -> str:
    if waiting:
        return _(
            "The payouts that wait in %(market)s are to sellers without a bank account in use; "
            "approve their accounts first."
        ) % {"market": market}
    return _("No payout waits in %(market)s.") % {"market": market}


def _record(batch: Batch, verb: str, by: Any, at: datetime) -> None:
    details = {"count": batch.count, "total": batch.total}
    record(verb=verb, subject=batch.reference, by=by, at=at, details=details)
