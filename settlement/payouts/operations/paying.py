"""What becomes of a payout the bank has: paid, not paid, sent back, tried again, given up."""

from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from marketplace.kernel.audit import record
from marketplace.kernel.faults import fault_point
from marketplace.kernel.jobs import enqueue
from marketplace.kernel.mail import write_mail
from marketplace.kernel.states import IllegalMove, move
from marketplace.ledger.operations import post, reverse
from marketplace.ledger.rules import Draft, Leg
from marketplace.parties.models import Seller
from settlement.documents.operations.voiding import ReasonMissing
from settlement.netting.operations.answering import lock_set_offs
from settlement.netting.operations.paying import release_reserved, reserve_again, settle_reserved
from settlement.payouts import wording
from settlement.payouts.models import Payout, PayoutState
from settlement.payouts.operations.preparing import create_payout


@transaction.atomic
def mark_paid(*, payout_id: int, paid_on: date, by: Any, at: datetime, note: str = "") -> Payout:
    """Note that the bank paid a payout: post it, settle its items, and advise the seller.

    One that was called failed too early may turn out paid, unless it was tried again or came back.

    :raises IllegalMove: if the bank has not got it.
    """
    payout = _locked(payout_id)
    if payout.state == PayoutState.FAILED:
        _check_called_failed_too_early(payout)
    move(payout, PayoutState.PAID, by=by, at=at, reason=note[:300], also={"paid_on": paid_on})
    settle_reserved(amounts=_amounts(payout))
    post(_draft(payout, at))
    fault_point("payouts.after_posting")
    _record(payout, "payout.paid", by, at, note=note[:200])
    enqueue("payouts.render", key=payout.reference, seller_id=payout.seller_id, payout_id=payout.pk)
    return payout


@transaction.atomic
def mark_failed(*, payout_id: int, reason: str, by: Any, at: datetime) -> Payout:
    """Note that the bank did not pay a payout, or sent the money back; what it was to pay stays reserved
    until somebody tries again or gives up.

    :raises IllegalMove: if the bank has not got it.
    :raises ReasonMissing: if no reason is given.
    """
    told = reason.strip()[:300]
    if not told:
        raise ReasonMissing(_("Say why; the seller and your colleagues will read it."))
    payout = _locked(payout_id)
    sent_back = payout.state == PayoutState.PAID
    move(payout, PayoutState.FAILED, by=by, at=at, reason=told, also={"failure": told})
    if sent_back:
        reverse(key=_key(payout), at=at, text=f"Sent back: payout {payout.reference}")
        reserve_again(amounts=_amounts(payout))
    _record(payout, "payout.failed", by, at, reason=told[:200])
    _tell_of_failure(payout, at)
    return payout


@transaction.atomic
def retry_payout(*, payout_id: int, by: Any, at: datetime) -> Payout:
    """Pay again what a failed payout did not pay: a new payout, which waits for the next batch.

    :raises IllegalMove: if it did not fail, or was tried again already.
    """
    payout = _failed(payout_id)
    (set_off,) = lock_set_offs([payout.set_off_id])
    return create_payout(set_off, _amounts(payout), at, by=by)


@transaction.atomic
def give_up_payout(*, payout_id: int, reason: str, by: Any, at: datetime) -> Payout:
    """Free what a failed payout, or one that waits, was to pay; it comes on the seller's next set-off.

    :raises IllegalMove: if it is on its way, or was tried again.
    :raises ReasonMissing: if no reason is given.
    """
    if not reason.strip():
        raise ReasonMissing(_("Say why; the seller and your colleagues will read it."))
    payout = _locked(payout_id)
    if payout.state == PayoutState.FAILED:
        _failed(payout_id)
    elif payout.batch_id is not None:
        raise IllegalMove(_("%(payout)s is in a payment batch; take it out first.") % {"payout": payout})
    move(payout, PayoutState.CANCELLED, by=by, at=at, reason=reason.strip()[:300])
    release_reserved(amounts=_amounts(payout))
    _record(payout, "payout.given_up", by, at, reason=reason[:200])
    enqueue(
        "netting.propose",
        key=f"given_up:{payout.reference}",
        seller_id=payout.seller_id,
        seller_ids=[payout.seller_id],
    )
    return payout


def _check_called_failed_too_early(payout: Payout) -> None:
    _failed(payout.pk)
    if payout.paid_on is not None:
        raise IllegalMove(_("%(payout)s was paid and came back; try it again.") % {"payout": payout})


def _locked(payout_id: int) -> Payout:
    """Lock seller and payout, in that order."""
    Seller.objects.locked().get(pk=Payout.objects.values_list("seller", flat=True).get(pk=payout_id))
    return Payout.objects.locked().select_related("seller", "market").get(pk=payout_id)


def _failed(payout_id: int) -> Payout:
    """A failed payout that nobody has gone on with."""
    payout = _locked(payout_id)
    if payout.state != PayoutState.FAILED:
        raise IllegalMove(_("%(payout)s did not fail.") % {"payout": payout})
    if Payout.objects.filter(set_off=payout.set_off_id, pk__gt=payout.pk).exists():
        raise IllegalMove(_("%(payout)s was tried again already.") % {"payout": payout})
    return payout


def _amounts(payout: Payout) -> dict[int, int]:
    return dict(payout.items.values_list("item", "amount"))


def _key(payout: Payout) -> str:
    return f"payout:{payout.reference}"


def _draft(payout: Payout, at: datetime) -> Draft:
    return Draft(
        key=_key(payout),
        market_id=payout.market_id,
        at=at,
        text=f"Payout {payout.reference}",
        legs=(
            Leg("payable", payout.exact, seller_id=payout.seller_id),
            Leg("bank", -payout.amount),
            Leg("rounding", payout.amount - payout.exact),
        ),
    )


def _record(payout: Payout, verb: str, by: Any, at: datetime, **details: str) -> None:
    record(
        verb=verb,
        subject=payout.reference,
        by=by,
        at=at,
        seller_id=payout.seller_id,
        details={"amount": payout.amount, **details},
    )


def _tell_of_failure(payout: Payout, at: datetime) -> None:
    market = payout.market
    with translation.override(market.spoken):
        subject, body = wording.failure_letter(payout)
    write_mail(
        key=f"payout:{payout.reference}:failed",
        market=market,
        to=[payout.seller.email, market.accounting_email],
        seller_id=payout.seller_id,
        at=at,
        subject=subject,
        body=body,
    )
