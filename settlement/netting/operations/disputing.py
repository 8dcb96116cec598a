"""Disputing orders of a set-off, talking about it, and deciding."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import translation
from django.utils.translation import gettext as _

from marketplace.kernel.audit import record
from marketplace.kernel.jobs import enqueue
from marketplace.kernel.mail import write_mail
from marketplace.kernel.states import IllegalMove, move
from marketplace.ledger.operations import post
from marketplace.ledger.rules import Draft, Leg
from marketplace.orders.models import Order
from marketplace.parties.models import Seller
from settlement.documents.models import DocumentLine
from settlement.documents.operations.voiding import ReasonMissing
from settlement.netting import wording
from settlement.netting.models import (
    Dispute,
    DisputeMessage,
    DisputeState,
    Item,
    Outcome,
    Paper,
    SetOff,
    SetOffLine,
    Side,
    State,
)
from settlement.netting.operations.answering import lock_set_offs
from settlement.netting.operations.laying import lay_again
from settlement.netting.operations.marking import free_papers
from settlement.netting.operations.paying import settle_cash

MOST_SIGNS = 2000


class NotOnTheSetOff(Exception):
    """An order that is to be disputed is on no item of the set-off, or nothing of it is left there."""


class AlreadyDisputed(Exception):
    """There is an open dispute about the order."""


class NoCashToTakeOver(Exception):
    """The dispute is not about cash, so the marketplace cannot be holding it."""


@transaction.atomic
def dispute_orders(
    *, set_off_id: int, numbers: Sequence[str], reason: str, by: Any, at: datetime
) -> list[Dispute]:
    """Object to orders of a proposed set-off: their money stays open on both sides, the rest is netted
    anew.

    :raises IllegalMove: if it was answered before, or its time to object has passed.
    :raises NotOnTheSetOff: if an order is on none of its items.
    :raises AlreadyDisputed: if one is disputed already.
    :raises ReasonMissing: if no reason is given.
    """
    if not reason.strip():
        raise ReasonMissing(_("Say what is wrong; accounting will read it."))
    set_off = lock_set_offs([set_off_id])[0]
    if set_off.state != State.PROPOSED or set_off.lapses_at <= at:
        raise IllegalMove(_("Set-off %(reference)s was answered already.") % {"reference": set_off.reference})
    orders = list(Order.objects.of(set_off.seller).filter(number__in=set(numbers)).order_by("number"))
    if len(orders) < len(set(numbers)) or not orders:
        raise NotOnTheSetOff(_("There is no such order on this set-off."))
    disputes = [_withhold(set_off, order, by, at) for order in orders]
    lay_again(set_off)
    for dispute in disputes:
        _note(dispute, reason, by, at, from_seller=True)
        _record(dispute, "dispute.opened", by, at, reason=reason[:200])
    _write(disputes, reason, f"dispute:{disputes[0].pk}:opened", at, from_seller=True)
    return disputes


@transaction.atomic
def answer_dispute(*, dispute_id: int, text: str, by: Any, at: datetime, as_seller: bool) -> DisputeMessage:
    """Say something in an open dispute; the other side is written to.

    :raises IllegalMove: if it is decided.
    :raises ReasonMissing: if nothing is said.
    """
    dispute = _locked(dispute_id)
    if dispute.state != DisputeState.OPEN:
        raise IllegalMove(_("The dispute about %(order)s is decided.") % {"order": dispute.order})
    if not text.strip():
        raise ReasonMissing(_("Write something first."))
    return _say(dispute, text, by, at, from_seller=as_seller)


@transaction.atomic
def decide_dispute(*, dispute_id: int, outcome: Outcome, text: str, by: Any, at: datetime) -> Dispute:
    """Decide a dispute: what was withheld is free for the next set-off, but for cash that is with us.

    :raises IllegalMove: if it is decided already.
    :raises NoCashToTakeOver: if the cash is to be with us and the dispute is about none.
    :raises ReasonMissing: if no reason is given.
    """
    if not text.strip():
        raise ReasonMissing(_("Say why; the seller and your colleagues will read it."))
    dispute = _locked(dispute_id)
    if outcome == Outcome.HELD_HERE and not dispute.of_cash:
        raise NoCashToTakeOver(
            _("Order %(order)s is not disputed for its cash, so there is none to take over.")
            % {"order": dispute.order}
        )
    move(dispute, DisputeState.CLOSED, by=by, at=at, also={"outcome": outcome, "closed_at": at})
    _give_back(dispute, outcome)
    if dispute.cash_item_id is not None:
        free_papers(item_ids=[dispute.cash_item_id])
    if outcome == Outcome.HELD_HERE:
        post(_takeover(dispute, at))
    _say(dispute, text, by, at, from_seller=outcome == Outcome.WITHDRAWN)
    _record(dispute, "dispute.decided", by, at, outcome=str(outcome), reason=text[:200])
    owner = dispute.seller_id
    enqueue("netting.propose", key=f"dispute:{dispute.pk}", seller_id=owner, seller_ids=[owner])
    return dispute


def _withhold(set_off: SetOff, order: Order, by: Any, at: datetime) -> Dispute:
    """Withhold what is owed for an order on both sides, each as far as this set-off holds it: its cash, in
    agency its commission, and its share of the invoice, in agency of the money held.
    """
    told = {"order": order.number}
    if Dispute.objects.open().filter(order=order).exists():
        raise AlreadyDisputed(_("Order %(order)s is disputed already.") % told)
    cash, withheld = _owed_line(set_off, order)
    invoice, share = _invoice_line(set_off, order)
    if not withheld and not share:
        raise NotOnTheSetOff(_("Nothing of order %(order)s is on this set-off.") % told)
    for line, amount in ((cash, withheld), (invoice, share)):
        if line is not None and amount:
            SetOffLine.objects.filter(pk=line.pk).update(
                disputed=F("disputed") + amount, netted=0, remaining=F("total")
            )
            Item.objects.filter(pk=line.item_id).update(withheld=F("withheld") + amount)
    return Dispute.objects.create(
        market=set_off.market,
        seller=set_off.seller,
        set_off=set_off,
        order=order,
        cash_item=cash.item if cash else None,
        cash=withheld,
        invoice_item=invoice.item if invoice else None,
        share=share,
        opened_at=at,
        opened_by=by,
    )


def _owed_line(set_off: SetOff, order: Order) -> tuple[SetOffLine | None, int]:
    """What the seller owes for an order on this set-off: its cash, or its part of a commission invoice."""
    lines = set_off.lines.select_related("item").filter(item__side=Side.RECEIVABLE)
    if cash := lines.filter(item__order=order).first():
        return cash, cash.total - cash.disputed
    fees = lines.filter(item__paper=Paper.FEE)
    billed = DocumentLine.objects.filter(order=order, document__in=fees.values("item__document")).first()
    if billed is None:
        return None, 0
    line = fees.get(item__document=billed.document_id)
    return line, max(0, min(billed.commission_gross, line.total - line.disputed))


def _invoice_line(set_off: SetOff, order: Order) -> tuple[SetOffLine | None, int]:
    """The invoice, or the held money, on this set-off that the order is a part of, and its share of it."""
    lines = set_off.lines.select_related("item").filter(
        item__side=Side.PAYABLE, item__paper__in=(Paper.INVOICE, Paper.HELD)
    )
    billed = DocumentLine.objects.filter(order=order, document__in=lines.values("item__document")).first()
    if billed is None:
        return None, 0
    line = lines.get(item__document=billed.document_id)
    share = billed.held_by_marketplace if line.item.paper == Paper.HELD else billed.purchase_gross
    return line, max(0, min(share, line.total - line.disputed))


def _give_back(dispute: Dispute, outcome: Outcome) -> None:
    """Free what was withheld; on a set-off that still waits it is netted again."""
    for item_id, amount in ((dispute.cash_item_id, dispute.cash), (dispute.invoice_item_id, dispute.share)):
        if item_id is not None and amount:
            Item.objects.filter(pk=item_id).update(withheld=F("withheld") - amount)
    if outcome == Outcome.HELD_HERE and dispute.cash_item_id is not None:
        settle_cash(item_id=dispute.cash_item_id, amount=dispute.cash)
    set_off = SetOff.objects.locked().get(pk=dispute.set_off_id)
    if set_off.state != State.PROPOSED:
        return
    for item_id, amount in ((dispute.cash_item_id, dispute.cash), (dispute.invoice_item_id, dispute.share)):
        taken_over = outcome == Outcome.HELD_HERE and item_id == dispute.cash_item_id
        if item_id is not None and amount and not taken_over:
            set_off.lines.filter(item=item_id).update(disputed=F("disputed") - amount)
    lay_again(set_off)


def _takeover(dispute: Dispute, at: datetime) -> Draft:
    return Draft(
        key=f"dispute:{dispute.pk}",
        market_id=dispute.market_id,
        at=at,
        text=f"Cash of order {dispute.order} is with the marketplace",
        legs=(
            Leg("bank", dispute.cash),
            Leg("receivable", -dispute.cash, seller_id=dispute.seller_id),
        ),
    )


def _locked(dispute_id: int) -> Dispute:
    Seller.objects.locked().get(pk=Dispute.objects.values_list("seller", flat=True).get(pk=dispute_id))
    rows = Dispute.objects.locked().select_related("order", "market", "seller", "set_off")
    return rows.get(pk=dispute_id)


def _say(dispute: Dispute, text: str, by: Any, at: datetime, *, from_seller: bool) -> DisputeMessage:
    said = _note(dispute, text, by, at, from_seller=from_seller)
    _write([dispute], said.text, f"dispute:{dispute.pk}:{said.pk}", at, from_seller=from_seller)
    return said


def _note(dispute: Dispute, text: str, by: Any, at: datetime, *, from_seller: bool) -> DisputeMessage:
    return dispute.messages.create(at=at, by=by, from_seller=from_seller, text=text.strip()[:MOST_SIGNS])


def _write(disputes: Sequence[Dispute], text: str, key: str, at: datetime, *, from_seller: bool) -> None:
    """Carry what was said to the other side, in one letter however many orders it is about."""
    first = disputes[0]
    market = first.market
    with translation.override(market.spoken):
        subject, body = wording.dispute_letter(disputes, text.strip()[:MOST_SIGNS])
    write_mail(
        key=key,
        market=market,
        to=[market.accounting_email if from_seller else first.seller.email],
        seller_id=first.seller_id,
        at=at,
        subject=subject,
        body=body,
    )


def _record(dispute: Dispute, verb: str, by: Any, at: datetime, **details: str) -> None:
    record(
        verb=verb,
        subject=f"{dispute.set_off.reference} {dispute.order}",
        by=by,
        at=at,
        seller_id=dispute.seller_id,
        details={"cash": dispute.cash, "share": dispute.share, **details},
    )
