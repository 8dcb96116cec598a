"""Matching the bank's movements with payouts, demands and deposits: each does its work once, or waits for a
person.
"""

import logging
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from marketplace.kernel.audit import record
from marketplace.kernel.jobs import Claimed
from marketplace.kernel.money import decimal_text
from marketplace.kernel.states import IllegalMove
from marketplace.kernel.zones import local_date
from marketplace.parties.models import Seller
from settlement.billing.models import Deposit, DepositState
from settlement.billing.refusals import Refused
from settlement.documents.operations.voiding import ReasonMissing
from settlement.payouts.bank_answers.facts import Kind, Status
from settlement.payouts.models import (
    BankEntry,
    Batch,
    Collection,
    CollectionState,
    EntryState,
    Payout,
    PayoutState,
)
from settlement.payouts.operations.collecting import TooMuchMoney, receive_money
from settlement.payouts.operations.depositing import deposit_entry, payer_named, payer_told
from settlement.payouts.operations.paying import mark_failed, mark_paid

log = logging.getLogger(__name__)
DUPLICATES = frozenset({"DUPL", "AM05"})
"""The bank refuses what it has already: that is no word on what it took the first time."""

TWICE = gettext_lazy("The bank got this twice and refused the second; look at what became of the first.")


class NoMatch(Exception):
    """The movement cannot be matched; the text says why."""


def match_entries(claimed: Claimed, *, statement_id: int, at: datetime) -> None:
    """Match a file's movements, each in a transaction of its own; what was matched before is left."""
    keys = list(
        BankEntry.objects.filter(statement=statement_id, state=EntryState.NEW)
        .order_by("position")
        .values_list("pk", flat=True)
    )
    for done, key in enumerate(keys, start=1):
        with claimed.effect():
            match_entry(entry_id=key, at=at)
        claimed.progress(done, len(keys))


def match_entry(*, entry_id: int, at: datetime) -> BankEntry:
    """Let one movement do its work, or say why a person must look at it."""
    entry = _locked(entry_id)
    if entry.state != EntryState.NEW:
        return entry
    with translation.override(entry.market.spoken):
        if entry.status in (Status.PENDING, Status.ACCEPTED):
            return _keep(entry, EntryState.ASIDE, _("The bank has not moved this money yet."))
        try:
            with transaction.atomic():
                return _match(entry, at)
        except (NoMatch, IllegalMove, TooMuchMoney, Refused) as refusal:
            return _keep(entry, EntryState.UNMATCHED, str(refusal))
        except IntegrityError:
            log.exception("movement %s does not fit the books", entry)
            return _keep(entry, EntryState.UNMATCHED, _("It does not fit what the books say is open."))


@transaction.atomic
def assign_entry(*, entry_id: int, reference: str, by: Any, at: datetime) -> BankEntry:
    """Match a movement by hand with the payout or demand of a reference, or take it in as the deposit of the
    seller of a partner number or of a reference for deposits.

    :raises NoMatch: if there is none, or the movement cannot be for it.
    :raises IllegalMove: if it waits for no money, or the movement is matched already.
    :raises TooMuchMoney: if it is more than the demand asks for.
    """
    entry = _locked(entry_id)
    _check_open(entry)
    _check_moved(entry)
    told = reference.strip().upper()
    payout = Payout.objects.filter(market=entry.market, reference=told).first()
    collection = Collection.objects.filter(market=entry.market, reference=told).first()
    if payout is not None and entry.status in (Status.REJECTED, Status.RETURNED):
        _apply_return(entry, payout, at, by=by)
    elif payout is not None and entry.amount < 0:
        _apply_debit(entry, payout, at, by=by)
    elif collection is not None and entry.amount > 0:
        _apply_credit(entry, collection, at, by=by)
    else:
        _deposit_by_hand(entry, told, at)
    _record(entry, "bank_entry.assigned", by, at, reference=told)
    return entry


@transaction.atomic
def set_aside(*, entry_id: int, reason: str, by: Any, at: datetime) -> BankEntry:
    """Set a movement aside that is no payout's, demand's or deposit's.

    :raises IllegalMove: if it is matched.
    :raises ReasonMissing: if no reason is given.
    """
    if not reason.strip():
        raise ReasonMissing(_("Say why; your colleagues will read it."))
    entry = _locked(entry_id)
    _check_open(entry)
    _record(entry, "bank_entry.set_aside", by, at, reason=reason[:200])
    return _keep(entry, EntryState.ASIDE, reason.strip())


def _match(entry: BankEntry, at: datetime) -> BankEntry:
    if entry.status == Status.REJECTED and entry.reason_code in DUPLICATES:
        raise NoMatch(TWICE)
    if entry.status == Status.REJECTED and not entry.end_to_end:
        return _reject_all(entry, at)
    payout = Payout.objects.filter(market=entry.market, reference=entry.end_to_end).first()
    if payout is not None:
        if entry.status in (Status.REJECTED, Status.RETURNED):
            return _apply_return(entry, payout, at)
        return _apply_debit(entry, payout, at)
    if entry.status != Status.BOOKED:
        raise NoMatch(_("We know no payout %(reference)s.") % {"reference": entry.end_to_end or "–"})
    if entry.amount < 0:
        raise NoMatch(_("It names no payout of ours."))
    if entry.statement.kind == Kind.NOTICE:
        return _keep(entry, EntryState.ASIDE, _("Announced only; the statement will tell it."))
    return _take_in(entry, at)


def _take_in(entry: BankEntry, at: datetime) -> BankEntry:
    """Money that came in is for a demand, or else a deposit."""
    collection = _collection_of(entry)
    if collection is not None:
        return _apply_credit(entry, collection, at)
    seller = payer_named(entry)
    if seller is not None:
        return _matched(entry, deposit=deposit_entry(entry=entry, seller=seller, at=at))
    if entry.market.takes_deposits:
        raise NoMatch(_("It names no demand of ours, and no seller's reference for deposits."))
    raise NoMatch(_("It names no demand of ours: neither a variable symbol nor a reference."))


def _deposit_by_hand(entry: BankEntry, told: str, at: datetime) -> BankEntry:
    takes = entry.market.takes_deposits
    seller = payer_told(entry.market, told) if takes else None
    if seller is None or entry.amount <= 0 or entry.status != Status.BOOKED:
        text = (
            _("There is no payout, demand or seller %(reference)s that this movement can be for.")
            if takes
            else _("There is no payout or demand %(reference)s that this movement can be for.")
        )
        raise NoMatch(text % {"reference": told})
    try:
        return _matched(entry, deposit=deposit_entry(entry=entry, seller=seller, at=at))
    except Refused as refusal:
        raise NoMatch(str(refusal)) from None


def _apply_debit(entry: BankEntry, payout: Payout, at: datetime, *, by: Any = None) -> BankEntry:
    told = {
        "payout": payout.reference,
        "told": decimal_text(-entry.amount),
        "ours": decimal_text(payout.amount),
    }
    if (entry.amount, entry.currency) != (-payout.amount, payout.currency):
        raise NoMatch(_("%(payout)s is over %(ours)s, the movement over %(told)s.") % told)
    if payout.state == PayoutState.PAID:
        _check_told_before(entry, payout)
        return _matched(entry, payout=payout, note=_("Told before."))
    day = entry.booked_on or local_date(at, entry.market.zone)
    mark_paid(payout_id=payout.pk, paid_on=day, by=by, at=at, note=entry.bank_reference)
    return _matched(entry, payout=payout)


def _check_told_before(entry: BankEntry, payout: Payout) -> None:
    """A second booking on a statement, under another reference of the bank, is a second payment."""
    booked = payout.bank_entries.filter(
        statement__kind=Kind.STATEMENT, status=Status.BOOKED, state=EntryState.MATCHED, amount__lt=0
    )
    others = booked.exclude(bank_reference=entry.bank_reference)
    if entry.statement.kind == Kind.STATEMENT and others.exists():
        raise NoMatch(
            _("%(payout)s was paid by another movement already: the bank paid it twice?") % {"payout": payout}
        )


def _apply_return(entry: BankEntry, payout: Payout, at: datetime, *, by: Any = None) -> BankEntry:
    if payout.state == PayoutState.FAILED:
        return _matched(entry, payout=payout, note=_("Told before."))
    if entry.amount and abs(entry.amount) != payout.amount:
        raise NoMatch(_("%(payout)s is over another amount.") % {"payout": payout})
    reason = entry.reason or entry.reason_code or _("The bank gave no reason.")
    mark_failed(payout_id=payout.pk, reason=reason, by=by, at=at)
    return _matched(entry, payout=payout)


def _apply_credit(entry: BankEntry, collection: Collection, at: datetime, *, by: Any = None) -> BankEntry:
    if entry.currency != collection.currency:
        raise NoMatch(_("It is in another currency than %(demand)s.") % {"demand": collection})
    receive_money(
        collection_id=collection.pk,
        amount=entry.amount,
        received_on=entry.booked_on or local_date(at, entry.market.zone),
        by=by,
        at=at,
        note=entry.bank_reference,
    )
    return _matched(entry, collection=collection)


def _reject_all(entry: BankEntry, at: datetime) -> BankEntry:
    """The bank refused a whole file, but for the payments it names by themselves."""
    batch = Batch.objects.filter(market=entry.market, reference=entry.original_message).first()
    named = entry.statement.entries.exclude(end_to_end="").values("end_to_end")
    sent = Payout.objects.filter(batch=batch, state=PayoutState.SENT).exclude(reference__in=named)
    payouts = list(sent.order_by("pk")) if batch is not None else []
    if not payouts:
        raise NoMatch(_("The bank refused the file %(name)s.") % {"name": entry.original_message or "–"})
    # All sellers first, in everybody's order, so that nobody waits for us while we wait for them.
    list(Seller.objects.locked().filter(payouts__in=payouts))
    for payout in payouts:
        mark_failed(
            payout_id=payout.pk, reason=entry.reason or _("The bank refused the file."), by=None, at=at
        )
    return _matched(
        entry, payout=payouts[0], note=_("%(count)s payouts of the file.") % {"count": len(payouts)}
    )


def _collection_of(entry: BankEntry) -> Collection | None:
    """The demand a movement names by its variable symbol or its reference.

    :raises NoMatch: if it names several.
    """
    waiting = Collection.objects.filter(market=entry.market, state=CollectionState.DEMANDED)
    symbol = entry.symbol.strip().lstrip("0")
    if symbol:
        for collection in waiting.filter(symbol__endswith=symbol[-10:]):
            if collection.symbol.lstrip("0") == symbol:
                return collection
    text = f"{entry.text} {entry.end_to_end}".upper()
    named = [each for each in waiting.only("reference").order_by("pk")[:5000] if each.reference in text]
    if len(named) > 1:
        raise NoMatch(_("It names several demands; match it with one of them."))
    return Collection.objects.get(pk=named[0].pk) if named else None


def _locked(entry_id: int) -> BankEntry:
    rows = BankEntry.objects.order_by("pk").select_for_update(no_key=True, of=("self",))
    return rows.select_related("market", "statement").get(pk=entry_id)


def _check_moved(entry: BankEntry) -> None:
    """What only announces, or repeats, moved no money; nothing is matched with it."""
    announced = entry.statement.kind == Kind.NOTICE and entry.amount > 0 and entry.status == Status.BOOKED
    if announced or entry.status in (Status.PENDING, Status.ACCEPTED):
        raise NoMatch(_("It only announces money; the statement will tell when it has moved."))
    if entry.reason_code in DUPLICATES:
        raise NoMatch(TWICE)


def _check_open(entry: BankEntry) -> None:
    """A movement whose deposit was taken back, since it was another seller's, is open again."""
    taken_back = entry.deposit is not None and entry.deposit.state == DepositState.REVERSED
    if entry.state == EntryState.MATCHED and not taken_back:
        raise IllegalMove(_("The movement is matched already."))


def _matched(
    entry: BankEntry,
    *,
    payout: Payout | None = None,
    collection: Collection | None = None,
    deposit: Deposit | None = None,
    note: str = "",
) -> BankEntry:
    entry.payout, entry.collection, entry.deposit = payout, collection, deposit
    return _keep(entry, EntryState.MATCHED, note)


def _keep(entry: BankEntry, state: EntryState, note: str) -> BankEntry:
    entry.state, entry.note = state, note[:300]
    entry.save(update_fields=["state", "note", "payout", "collection", "deposit"])
    return entry


def _record(entry: BankEntry, verb: str, by: Any, at: datetime, **details: str) -> None:
    told = {"amount": entry.amount, **details}
    record(verb=verb, subject=str(entry), by=by, at=at, details=told)
