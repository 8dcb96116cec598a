"""Giving money back: what is owed to whom, and by whom it was paid."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from marketplace.kernel.audit import record
from marketplace.kernel.models import StoredFile
from marketplace.kernel.states import IllegalMove, move
from marketplace.ledger.operations import post
from marketplace.ledger.rules import Draft, Leg
from marketplace.orders.models import Custody, Order, Refund, RefundState, Return, State, Tender, What
from marketplace.orders.operations import news
from marketplace.parties.models import BusinessModel, Seller
from marketplace.vouchers.models import Voucher
from marketplace.vouchers.operations import Use, give_back

UNDONE = (State.CANCELLED, State.LOST, State.RETURNED)
"""Statuses of an order whose payment goes back whole."""


class NotByMoney(Exception):
    """A voucher's part comes back to the voucher, by customer service, and in no other way."""


class NotYoursToPay(Exception):
    """Somebody else pays this refund; the text says who."""


class ReasonMissing(Exception):
    """Refusing a proof needs its reason."""


def undo_payment(order: Order, *, at: datetime, to: str = "") -> None:
    """Owe back what was paid for an order that is cancelled, lost or came back undelivered.

    Of a cancelled or lost order the vouchers come back at once; of one that came back undelivered,
    customer service looks first. The caller has locked the order.
    """
    state = to or order.state
    if state not in UNDONE or order.test:
        return
    for tender in order.tenders.select_related("voucher__market").order_by("position"):
        if tender.refundable:
            refund = owe(tender, tender.refundable, payer=Custody(tender.custody), returned=None, at=at)
            if tender.voucher_id is not None and state != State.RETURNED:
                settle(refund, paid_at=at, by=None, at=at)


def owe(tender: Tender, amount: int, *, payer: Custody, returned: Return | None, at: datetime) -> Refund:
    """Note that a part of a tender is to be given back; a constraint refuses more than it gave."""
    assert connection.in_atomic_block
    tender.refunded += amount
    Tender.objects.filter(pk=tender.pk).update(refunded=F("refunded") + amount)
    return Refund.objects.create(
        order_id=tender.order_id,
        returned=returned,
        tender=tender,
        amount=amount,
        payer=payer,
        owed_at=at,
    )


def drop(refunds: Iterable[Refund], *, by: Any, at: datetime) -> None:
    """Take owed refunds back: others are told in their place."""
    for refund in refunds:
        move(refund, RefundState.DROPPED, by=by, at=at)
        Tender.objects.filter(pk=refund.tender_id).update(refunded=F("refunded") - refund.amount)


def settle(refund: Refund, *, paid_at: datetime, by: Any, at: datetime) -> None:
    """Note a refund as paid, and post it where the marketplace paid; the caller has locked its order."""
    move(refund, RefundState.PAID, by=by, at=at, also={"paid_at": paid_at})
    order = refund.order
    record(
        verb="refund.paid",
        subject=order.number,
        by=by,
        at=at,
        seller_id=order.seller_id,
        details={"amount": refund.amount, "payer": refund.payer, "method": refund.tender.method},
    )
    if refund.payer != Custody.MARKETPLACE:
        return
    if refund.tender.voucher_id is not None:
        _reactivate(refund, by, at)
    else:
        post(_paid_draft(refund))


@transaction.atomic
def pay_refund(*, refund_id: int, paid_at: datetime, by: Any, at: datetime) -> Refund:
    """Note that the marketplace paid a refund in money.

    :raises IllegalMove: if it is paid already.
    :raises NotByMoney: if it is a voucher's.
    :raises NotYoursToPay: if the seller pays it.
    """
    refund = _locked(refund_id)
    if refund.tender.voucher_id is not None:
        raise NotByMoney(
            _("The voucher's part of order %(order)s comes back to the voucher, by customer service.")
            % {"order": refund.order}
        )
    if refund.payer != Custody.MARKETPLACE:
        raise NotYoursToPay(
            _("The seller pays this refund of order %(order)s; see its proof instead.")
            % {"order": refund.order}
        )
    settle(refund, paid_at=paid_at, by=by, at=at)
    news.tell(refund.order, What.REFUND, by=by, at=at)
    return refund


@transaction.atomic
def reactivate_voucher(*, refund_id: int, by: Any, at: datetime) -> Refund:
    """Give a voucher's part of a refund back to the voucher; customer service does it.

    :raises IllegalMove: if it came back already.
    :raises NotByMoney: if it is no voucher's.
    """
    refund = _locked(refund_id)
    if refund.tender.voucher_id is None:
        raise NotByMoney(_("This part of order %(order)s was no voucher's.") % {"order": refund.order})
    settle(refund, paid_at=at, by=by, at=at)
    news.tell(refund.order, What.REFUND, by=by, at=at)
    return refund


@transaction.atomic
def tell_refund(
    *, refund_id: int, paid_at: datetime, proof: StoredFile | None, note: str, by: Any, at: datetime
) -> Refund:
    """Say as its seller that a refund was paid; in resale it counts once staff have seen the proof.

    :raises IllegalMove: if it was told or paid already.
    :raises NotYoursToPay: if the marketplace pays it.
    :raises ProofMissing: if there is nothing to be seen in resale.
    """
    refund = _locked(refund_id)
    if refund.payer != Custody.SELLER:
        raise NotYoursToPay(
            _("The marketplace pays this refund of order %(order)s.") % {"order": refund.order}
        )
    if refund.order.model == BusinessModel.AGENCY:
        refund.proof, refund.note, refund.told_at = proof, note[:200], at
        refund.save(update_fields=["proof", "note", "told_at"])
        settle(refund, paid_at=paid_at, by=by, at=at)
    elif proof is None:
        raise ProofMissing(_("Attach the proof of the payment; accounting looks at it."))
    else:
        told = {"proof": proof, "note": note[:200], "told_at": paid_at}
        move(refund, RefundState.TOLD, by=by, at=at, also=told)
        _record(refund, "refund.told", by, at)
    news.tell(refund.order, What.REFUND, by=by, at=at)
    return refund


class ProofMissing(Exception):
    """A refund the seller paid in resale counts once its proof was seen."""


@transaction.atomic
def accept_proof(*, refund_id: int, by: Any, at: datetime) -> Refund:
    """Count a refund its seller paid: the proof was seen.

    :raises IllegalMove: if none waits to be seen.
    """
    refund = _locked(refund_id)
    if refund.state != RefundState.TOLD:
        raise IllegalMove(_("Order %(order)s has no proof waiting to be seen.") % {"order": refund.order})
    settle(refund, paid_at=refund.told_at or at, by=by, at=at)
    news.tell(refund.order, What.REFUND, by=by, at=at)
    return refund


@transaction.atomic
def refuse_proof(*, refund_id: int, reason: str, by: Any, at: datetime) -> Refund:
    """Send a proof back; the refund is owed as before.

    :raises IllegalMove: if none waits to be seen.
    :raises ReasonMissing: if no reason is given.
    """
    if not reason.strip():
        raise ReasonMissing(_("Say why; the seller will read it."))
    refund = _locked(refund_id)
    if refund.state != RefundState.TOLD:
        raise IllegalMove(_("Order %(order)s has no proof waiting to be seen.") % {"order": refund.order})
    move(
        refund,
        RefundState.OWED,
        by=by,
        at=at,
        reason=reason.strip()[:300],
        also={"note": reason.strip()[:200]},
    )
    _record(refund, "refund.proof_refused", by, at)
    news.tell(refund.order, What.REFUND, by=by, at=at)
    return refund


def _record(refund: Refund, verb: str, by: Any, at: datetime) -> None:
    record(
        verb=verb,
        subject=refund.order.number,
        by=by,
        at=at,
        seller_id=refund.order.seller_id,
        details={"amount": refund.amount},
    )


def _locked(refund_id: int) -> Refund:
    """Lock a refund after its seller and order, as everywhere: a document must not pass it by."""
    told = Refund.objects.values_list("order__seller", "order").get(pk=refund_id)
    Seller.objects.locked().get(pk=told[0])
    Order.objects.locked().get(pk=told[1])
    rows = Refund.objects.locked().select_related("order__market", "tender__voucher__market")
    return rows.get(pk=refund_id)


def _reactivate(refund: Refund, by: Any, at: datetime) -> None:
    key = f"refund:{refund.pk}"
    voucher = Voucher.objects.locked().select_related("market").get(tenders=refund.tender)
    use = Use(voucher, key, refund.amount, refund.order.number, at)
    give_back(uses=[use], by=by, at=at, reason=refund.returned.number if refund.returned else "")


def _paid_draft(refund: Refund) -> Draft:
    assert refund.paid_at is not None
    order = refund.order
    return Draft(
        key=f"refund:{refund.pk}",
        market_id=order.market_id,
        at=refund.paid_at,
        text=f"Refund of order {order.number}",
        legs=(Leg("prepaid", refund.amount), Leg("bank", -refund.amount)),
    )
