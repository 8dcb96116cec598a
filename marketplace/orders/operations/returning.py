"""Registering what came back: once per number, with the refunds that follow from it."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, OperationalError, transaction
from django.utils.translation import gettext as _

from marketplace.kernel.audit import record
from marketplace.kernel.money import decimal_text
from marketplace.orders.models import (
    Custody,
    Order,
    OrderLine,
    RateLeft,
    Refund,
    RefundState,
    Return,
    ReturnLine,
    State,
    Tender,
    What,
)
from marketplace.orders.operations import news
from marketplace.orders.operations.intake import Outcome, Taken
from marketplace.orders.operations.refunding import drop, owe, settle
from marketplace.orders.operations.refusals import refusal
from marketplace.orders.operations.telling import tell_of_return
from marketplace.orders.rules.facts import LineFacts, Refused
from marketplace.orders.rules.pricing import sellers_part
from marketplace.orders.rules.refunds import Source, share_refund
from marketplace.orders.rules.returning import (
    RefundFacts,
    ReturnFacts,
    gross_of,
    left_after,
    rates_of,
)
from marketplace.parties.models import BusinessModel, Market, Seller

SLACK = timedelta(days=1)
"""How far a teller's clock may be ahead of ours."""


def register_returns(*, market: Market, told: Sequence[ReturnFacts], by: Any, at: datetime) -> list[Taken]:
    """Register returns of one market, each in a transaction of its own; the same again changes nothing."""
    return [_register(market, facts, by, at) for facts in told]


def _register(market: Market, facts: ReturnFacts, by: Any, at: datetime) -> Taken:
    for last in (False, True):
        try:
            with transaction.atomic():
                return Taken(facts.number, _register_locked(market, facts, by, at))
        except Refused as refusal:
            return Taken(facts.number, Outcome.REFUSED, str(refusal))
        except (IntegrityError, OperationalError):
            if last:  # once more: another who registers the same number at once was faster
                raise
    raise AssertionError("never reached")


def _register_locked(market: Market, facts: ReturnFacts, by: Any, at: datetime) -> Outcome:
    found = Order.objects.filter(market=market, number=facts.order).values_list("seller", "pk").first()
    if found is None:
        told = {"market": market.code, "order": facts.order}
        raise refusal("order", _("%(market)s has no order %(order)s") % told)
    Seller.objects.locked().get(pk=found[0])
    order = Order.objects.locked().select_related("market", "seller").get(pk=found[1])
    standing = Return.objects.filter(market=market, number=facts.number).select_related("order").first()
    if standing is not None:
        outcome = _again(standing, order, facts, by, at)
        if outcome == Outcome.MOVED:
            news.tell(order, What.REFUND, by=by, at=at)
        return outcome
    _check(order, facts, at)
    returned = _write(order, facts, by, at)
    tenders = _tenders(order)
    _owe(returned, tenders, facts.refunds, by, at)
    tell_of_return(returned, at=at)
    news.tell(order, What.RETURN, by=by, at=at)
    record(
        verb="return.registered",
        subject=order.number,
        by=by,
        at=at,
        seller_id=order.seller_id,
        details={"return": returned.number, "gross": returned.gross},
    )
    return Outcome.TAKEN


def _check(order: Order, facts: ReturnFacts, at: datetime) -> None:
    if order.test:
        text = _("%(order)s is a test order; those never touch money")
        raise refusal("order", text % {"order": order.number})
    if order.state != State.DELIVERED or order.delivered_at is None:
        text = _(
            "%(order)s is %(state)s; only what was delivered can be returned, before that it is a status of "
            "the order"
        )
        raise refusal("order", text % {"order": order.number, "state": order.state})
    if facts.at < order.delivered_at:
        raise refusal("at", _("%(at)s lies before the delivery") % {"at": facts.at.isoformat()})
    for instant in (facts.at, *(each.paid_at for each in facts.refunds if each.paid_at)):
        if instant > at + SLACK:
            raise refusal("at", _("%(at)s lies in the future") % {"at": instant.isoformat()})


def _write(order: Order, facts: ReturnFacts, by: Any, at: datetime) -> Return:
    lines = list(order.lines.order_by("position"))
    priced = [line_facts(line) for line in lines]
    _check_lines(priced, facts)
    earlier = quantities_of(order.returns.all())
    left = left_after(priced, earlier.values())
    for place, quantity in facts.lines.items():
        if quantity > left[place]:
            text = _("%(quantity)s of line %(line)s came back, but only %(left)s are left")
            told = {"quantity": quantity, "line": place, "left": left[place]}
            raise refusal("lines", text % told)
    gross = gross_of(priced, facts.lines)
    if gross < 0 or gross_of(priced, left) - gross < 0:
        text = _(
            "what is left would be worth less than nothing; name the discount among what came back, as far "
            "as it goes back with it"
        )
        raise refusal("lines", text)
    returned = Return.objects.create(
        market=order.market,
        order=order,
        number=facts.number,
        at=facts.at,
        registered_at=at,
        by=by if getattr(by, "pk", None) else None,
        reason=facts.reason[:200],
        gross=gross,
        left_total=0,
    )
    ReturnLine.objects.bulk_create(
        ReturnLine(
            returned=returned,
            line=lines[place - 1],
            quantity=quantity,
            gross=gross_of(priced, {place: quantity}),
        )
        for place, quantity in sorted(facts.lines.items())
    )
    first = min(facts.at, order.returned_at or facts.at)
    Order.objects.filter(pk=order.pk).update(returned_at=first)
    _note_left(order, priced)
    return returned


def _check_lines(lines: Sequence[LineFacts], facts: ReturnFacts) -> None:
    if not facts.lines:
        raise refusal("lines", _("a return names what came back"))
    for place in facts.lines:
        if not 1 <= place <= len(lines):
            raise refusal("lines", _("the order has no line %(line)s") % {"line": place})


def _note_left(order: Order, lines: Sequence[LineFacts]) -> None:
    """Note after each return what is left then, in the order of their instants, whenever they were told."""
    rows = list(order.returns.order_by("at", "number"))
    quantities = quantities_of(rows)
    left = left_after(lines, [])
    RateLeft.objects.filter(returned__in=rows).delete()
    for row in rows:
        for place, quantity in quantities[row.pk].items():
            left[place] -= quantity
        rates = rates_of(lines, left, model=order.model)
        net = sum(rate.purchase_net for rate in rates)
        row.left_total = gross_of(lines, left)
        row.left_purchase_net = net
        row.left_purchase_gross = sellers_part(
            row.left_total, rates, model=order.model, standard_vat_bp=order.market.standard_vat_bp
        )
        RateLeft.objects.bulk_create(
            RateLeft(
                returned=row,
                vat_bp=rate.vat_bp,
                gross=rate.gross,
                purchase_net=rate.purchase_net,
                commission_net=rate.commission_net,
            )
            for rate in rates
        )
    Return.objects.bulk_update(rows, ["left_total", "left_purchase_net", "left_purchase_gross"])


def quantities_of(returns: Any) -> dict[int, dict[int, int]]:
    """What came back with each of some returns: quantities by position, by return."""
    found: dict[int, dict[int, int]] = {row.pk: {} for row in returns}
    rows = ReturnLine.objects.filter(returned__in=list(found))
    for key, place, quantity in rows.values_list("returned", "line__position", "quantity"):
        found[key][place] = quantity
    return found


def line_facts(line: OrderLine) -> LineFacts:
    """An order line as it was told when the order was placed."""
    return LineFacts(
        kind=line.kind,
        name=line.name,
        quantity=line.quantity,
        unit_price=line.unit_price,
        vat_bp=line.vat_bp,
        commission_bp=line.commission_bp,
        sku=line.sku,
        funded_by=line.funded_by,
    )


def _tenders(order: Order) -> list[Tender]:
    return list(order.tenders.select_related("voucher__market", "order").order_by("position"))


def _owe(
    returned: Return,
    tenders: Sequence[Tender],
    told: Sequence[RefundFacts],
    by: Any,
    at: datetime,
    *,
    settled: int = 0,
) -> None:
    """Owe what was told, as it was told; the rest is shared over what each tender can still give back.

    ``settled`` is what stands as refunded of it already.
    """
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


def _again(standing: Return, order: Order, facts: ReturnFacts, by: Any, at: datetime) -> Outcome:
    """A return we hold already: nothing, or refunds that were paid since."""
    quantities = quantities_of([standing])[standing.pk]
    if (standing.order_id, standing.at, quantities) != (order.pk, facts.at, dict(facts.lines)):
        raise refusal("number", _("this return was registered with another order, time or other goods"))
    live = list(standing.refunds.live().select_related("tender__voucher__market", "order__market"))
    others, noted = _match(facts.refunds, live, by, at)
    if not others:
        return Outcome.MOVED if noted else Outcome.UNCHANGED
    loose = [refund for refund in live if refund.state == RefundState.OWED]
    if standing.settled_in and any(refund.settled_in for refund in loose):
        text = _("document %(number)s took into account who pays them back")
        raise refusal("refunds", text % {"number": standing.settled_in})
    if sum(each.amount for each in others) > sum(refund.amount for refund in loose):
        raise refusal("refunds", _("other than they were paid; what was paid back never changes"))
    drop(loose, by=by, at=at)
    kept = standing.gross - sum(refund.amount for refund in loose)
    _owe(standing, _tenders(order), others, by, at, settled=kept)
    return Outcome.MOVED


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
