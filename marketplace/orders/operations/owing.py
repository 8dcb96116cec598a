"""What is owed back for a return, by whom, and what of it was paid since."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from marketplace.kernel.money import decimal_text
from marketplace.orders.models import Custody, Order, Refund, RefundState, Return, Tender
from marketplace.orders.operations.refunding import drop, owe, settle
from marketplace.orders.operations.refusals import refusal
from marketplace.orders.rules.refunds import Source, share_refund
from marketplace.orders.rules.returning import RefundFacts
from marketplace.parties.models import BusinessModel


def owe_back(
    returned: Return, order: Order, told: Sequence[RefundFacts], *, by: Any, at: datetime, settled: int = 0
) -> None:
    """Owe what was told, as it was told; the rest is shared over what each tender can still give back.

    ``settled`` is what stands as refunded of it already.
    """
    tenders = list(order.tenders.select_related("voucher__market", "order").order_by("position"))
    total = settled + sum(each.amount for each in told)
    if total > returned.gross:
        text = _("they add to %(total)s, what came back was sold for %(gross)s")
        amounts = {"total": decimal_text(total), "gross": decimal_text(returned.gross)}
        raise refusal("refunds", text % amounts)
    for each in told:
        _owe_told(returned, tenders, each, by, at)
    market = returned.market
    sources = [Source(tender.position, tender.method, tender.refundable) for tender in tenders]
    shares = share_refund(
        returned.gross - total, sources, order=market.refund_order, unit=market.practical_unit
    )
    for tender in tenders:
        if tender.position in shares:
            owe(tender, shares[tender.position], payer=Custody(tender.custody), returned=returned, at=at)


def _owe_told(returned: Return, tenders: Sequence[Tender], told: RefundFacts, by: Any, at: datetime) -> None:
    of_method = [tender for tender in tenders if tender.method == told.method]
    most = sum(tender.refundable for tender in of_method)
    if told.amount > most:
        text = _("%(method)s can give back %(most)s at most, not %(amount)s")
        facts = {"method": told.method, "most": decimal_text(most), "amount": decimal_text(told.amount)}
        raise refusal("refunds", text % facts)
    if told.method == "voucher" and told.paid_by == Custody.SELLER:
        raise refusal("refunds", _("a voucher's part comes back to the voucher; the seller cannot pay it"))
    by_seller = told.paid_by == Custody.SELLER and returned.order.model == BusinessModel.RESALE
    if by_seller and any(tender.custody == Custody.MARKETPLACE for tender in of_method):
        text = _(
            "the marketplace holds what was paid by %(method)s; the marketplace pays it back, not the seller"
        )
        raise refusal("refunds", text % {"method": told.method})
    left = told.amount
    for tender in of_method:
        part = min(left, tender.refundable)
        if part:
            refund = owe(tender, part, payer=Custody(told.paid_by), returned=returned, at=at)
            left -= part
            if told.paid_at is not None:
                settle(refund, paid_at=told.paid_at, by=by, at=at)


def note_again(standing: Return, order: Order, told: Sequence[RefundFacts], *, by: Any, at: datetime) -> bool:
    """Note what was paid since of a return's refunds, or owe others in their place; whether anything is new.

    :raises Refused: if a document counts on what stands, or what was paid back would change.
    """
    live = list(standing.refunds.live().select_related("tender__voucher__market", "order__market"))
    others, noted = _match(told, live, by, at)
    if not others:
        return noted
    loose = [refund for refund in live if refund.state == RefundState.OWED]
    if standing.settled_in and any(refund.settled_in for refund in loose):
        text = _("document %(number)s took into account who pays them back")
        raise refusal("refunds", text % {"number": standing.settled_in})
    if sum(each.amount for each in others) > sum(refund.amount for refund in loose):
        raise refusal("refunds", _("other than they were paid; what was paid back never changes"))
    drop(loose, by=by, at=at)
    kept = standing.gross - sum(refund.amount for refund in loose)
    owe_back(standing, order, others, by=by, at=at, settled=kept)
    return True


def _match(
    told: Sequence[RefundFacts], live: list[Refund], by: Any, at: datetime
) -> tuple[list[RefundFacts], bool]:
    """Match told refunds with those that stand, each once, and note those told as paid; what is left to
    tell, and whether something was noted. What is matched is taken out of ``live``.
    """
    others, noted = [], False
    for each in sorted(told, key=lambda facts: facts.paid_at is None):
        found = _matching(each, live)
        if found is None:
            others.append(each)
            continue
        for refund in found:
            live.remove(refund)
            if each.paid_at is not None and refund.state != RefundState.PAID:
                settle(refund, paid_at=each.paid_at, by=by, at=at)
                noted = True
    return others, noted


def _matching(told: RefundFacts, live: Sequence[Refund]) -> list[Refund] | None:
    """The refund that stands for a told one, or those of several tenders of its method that add to it."""
    fits = [each for each in live if (each.tender.method, each.payer) == (told.method, told.paid_by)]
    fits.sort(key=lambda refund: (refund.state != RefundState.PAID, refund.pk))
    one = next((each for each in fits if each.amount == told.amount), None)
    if one is not None:
        return [one]
    return fits if sum(each.amount for each in fits) == told.amount else None
