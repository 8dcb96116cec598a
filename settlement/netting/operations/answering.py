"""Agreeing to set-offs, by the seller or by its silence, and withdrawing them."""

import logging
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import F, OuterRef, Subquery
from django.utils.translation import gettext as _

from marketplace.kernel.audit import record
from marketplace.kernel.faults import fault_point
from marketplace.kernel.jobs import enqueue
from marketplace.kernel.states import move
from marketplace.ledger.operations import post_all
from marketplace.ledger.rules import Draft, Leg
from marketplace.parties.models import NegativeBalance, Seller
from settlement.documents.operations.voiding import ReasonMissing
from settlement.netting.models import How, Item, LineState, SetOff, SetOffLine, Side, State
from settlement.netting.operations.marking import free_papers

log = logging.getLogger(__name__)


class ChangedSince(Exception):
    """The set-off was netted anew since its seller looked at it."""


@transaction.atomic
def confirm_set_off(*, set_off_id: int, by: Any, at: datetime, seen: int | None = None) -> SetOff:
    """Agree to a set-off as its seller; what is not disputed moves on.

    ``seen`` is the net amount the seller had before its eyes, in minor units, due from it if negative.

    :raises IllegalMove: if it was answered before.
    :raises ChangedSince: if its net amount is another one by now.
    """
    (set_off,) = lock_set_offs([set_off_id])
    if seen is not None and set_off.state == State.PROPOSED and set_off.net_due != seen:
        raise ChangedSince(
            _("%(set_off)s changed since you looked at it: look at its sums and agree again.")
            % {"set_off": set_off}
        )
    return confirm_set_offs(set_off_ids=[set_off_id], how=How.SELLER, by=by, at=at)[0]


def confirm_set_offs(*, set_off_ids: Sequence[int], how: How, by: Any, at: datetime) -> list[SetOff]:
    """Extinguish what set-offs set off: post them, settle their items, and wake what pays the rest.

    :raises IllegalMove: if one was answered before.
    """
    assert connection.in_atomic_block
    set_offs = lock_set_offs(set_off_ids)
    for set_off in set_offs:
        move(
            set_off,
            State.CONFIRMED,
            by=by,
            at=at,
            also={"confirmed_at": at, "confirmed_by": by if getattr(by, "pk", None) else None, "how": how},
        )
    keys = [set_off.pk for set_off in set_offs]
    _settle_items(keys)
    SetOffLine.objects.filter(set_off__in=keys).update(state=LineState.AGREED)
    post_all([_draft(set_off) for set_off in set_offs if set_off.netted])
    fault_point("netting.after_posting")
    for set_off in set_offs:
        _go_on(set_off, by, at)
    return set_offs


def accept_lapsed(*, at: datetime, limit: int = 200) -> int:
    """Take the silence of sellers whose time to object has passed for agreement; how many.

    Where some cannot be agreed to together, each is tried alone, so that one in trouble stops no other.
    """
    due = SetOff.objects.filter(state=State.PROPOSED, lapses_at__lte=at).order_by("lapses_at", "pk")
    keys = list(due.values_list("pk", flat=True)[:limit])
    try:
        return _accept(keys, at)
    except Exception:
        log.exception("%s set-offs could not be agreed to together", len(keys))
        return sum(_accept_alone(key, at) for key in keys)


def _accept_alone(key: int, at: datetime) -> int:
    try:
        return _accept([key], at)
    except Exception:
        log.exception("set-off %s could not be agreed to", key)
        return 0


@transaction.atomic
def _accept(keys: Sequence[int], at: datetime) -> int:
    """Agree to those of the set-offs that still wait: under the sellers' locks nobody answers meanwhile."""
    list(Seller.objects.locked().filter(set_offs__in=keys))
    due = SetOff.objects.filter(pk__in=keys, state=State.PROPOSED, lapses_at__lte=at)
    waiting = list(due.values_list("pk", flat=True))
    return len(confirm_set_offs(set_off_ids=waiting, how=How.DEADLINE, by=None, at=at))


@transaction.atomic
def withdraw_set_off(*, set_off_id: int, reason: str, by: Any, at: datetime) -> SetOff:
    """Take a proposed set-off back; its items are free for the next one.

    :raises IllegalMove: if it was answered before.
    :raises ReasonMissing: if no reason is given.
    """
    if not reason.strip():
        raise ReasonMissing(_("Say why; the seller and your colleagues will read it."))
    set_off = lock_set_offs([set_off_id])[0]
    move(set_off, State.WITHDRAWN, by=by, at=at, reason=reason.strip()[:300])
    set_off.lines.update(state=LineState.WITHDRAWN)
    free_papers(item_ids=set_off.lines.values_list("item", flat=True))
    record(
        verb="set_off.withdrawn",
        subject=set_off.reference,
        by=by,
        at=at,
        seller_id=set_off.seller_id,
        details={"reason": reason},
    )
    return set_off


def lock_set_offs(set_off_ids: Sequence[int]) -> list[SetOff]:
    """Lock set-offs after their sellers, as everywhere."""
    owners = SetOff.objects.filter(pk__in=set_off_ids).values_list("seller", flat=True)
    list(Seller.objects.locked().filter(pk__in=list(owners)))
    rows = SetOff.objects.locked().select_related("seller", "market").filter(pk__in=set_off_ids)
    return list(rows)


def _settle_items(set_off_ids: Sequence[int]) -> None:
    """Settle of every item what its line sets off, and reserve what is to be paid of the rest.

    What a seller owes is reserved where its contract has it demanded, else carried: free for the next
    set-off. A constraint refuses more than is open.
    """
    lines = SetOffLine.objects.filter(set_off__in=set_off_ids, state=LineState.PROPOSED)
    mine = lines.filter(item=OuterRef("pk"))
    Item.objects.filter(pk__in=lines.filter(netted__gt=0).values("item")).update(
        settled=F("settled") + Subquery(mine.values("netted")[:1])
    )
    due = lines.filter(remaining__gt=F("disputed")).exclude(
        item__side=Side.RECEIVABLE, item__seller__contract__negative_balance=NegativeBalance.CARRY
    )
    SetOffLine.objects.filter(pk__in=list(due.values_list("pk", flat=True))).update(
        reserved=F("remaining") - F("disputed")
    )
    reserved = lines.filter(reserved__gt=0)
    Item.objects.filter(pk__in=reserved.values("item")).update(
        reserved=F("reserved") + Subquery(mine.values("reserved")[:1])
    )


def _draft(set_off: SetOff) -> Draft:
    assert set_off.confirmed_at is not None
    return Draft(
        key=f"set_off:{set_off.reference}",
        market_id=set_off.market_id,
        at=set_off.confirmed_at,
        text=f"Set-off {set_off.reference}",
        legs=(
            Leg("payable", set_off.netted, seller_id=set_off.seller_id),
            Leg("receivable", -set_off.netted, seller_id=set_off.seller_id),
        ),
    )


def _go_on(set_off: SetOff, by: Any, at: datetime) -> None:
    record(
        verb="set_off.confirmed",
        subject=set_off.reference,
        by=by,
        at=at,
        seller_id=set_off.seller_id,
        details={"netted": set_off.netted, "how": set_off.how},
    )
    owner = set_off.seller_id
    enqueue("netting.render", key=set_off.reference, seller_id=owner, set_off_id=set_off.pk)
    enqueue("payouts.prepare", key=set_off.reference, seller_id=owner, set_off_id=set_off.pk)
    # What was booked while this one waited comes on the next.
    enqueue(
        "netting.propose",
        key=f"after:{set_off.reference}",
        seller_id=owner,
        seller_ids=[owner],
    )
