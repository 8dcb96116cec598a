"""Registering what came back: once per number, with the refunds that follow from it."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, OperationalError, transaction
from django.utils.translation import gettext as _

from marketplace.kernel.audit import record
from marketplace.orders.models import (
    Order,
    RateLeft,
    Return,
    ReturnLine,
    State,
    What,
)
from marketplace.orders.operations import news
from marketplace.orders.operations.intake import Outcome, Taken
from marketplace.orders.operations.owing import note_again, owe_back
from marketplace.orders.operations.refusals import refusal
from marketplace.orders.operations.telling import tell_of_return
from marketplace.orders.rules.facts import LineFacts, Refused
from marketplace.orders.rules.pricing import sellers_part
from marketplace.orders.rules.returning import (
    ReturnFacts,
    gross_of,
    left_after,
    rates_of,
)
from marketplace.parties.models import Market, Seller

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
        return _again(standing, order, facts, by, at)
    _check(order, facts, at)
    returned = _write(order, facts, by, at)
    owe_back(returned, order, facts.refunds, by=by, at=at)
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
    priced = [line.facts for line in lines]
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


def _again(standing: Return, order: Order, facts: ReturnFacts, by: Any, at: datetime) -> Outcome:
    """A return we hold already: nothing, or refunds that were paid since."""
    quantities = quantities_of([standing])[standing.pk]
    if (standing.order_id, standing.at, quantities) != (order.pk, facts.at, dict(facts.lines)):
        raise refusal("number", _("this return was registered with another order, time or other goods"))
    if not note_again(standing, order, facts.refunds, by=by, at=at):
        return Outcome.UNCHANGED
    news.tell(order, What.REFUND, by=by, at=at)
    return Outcome.MOVED
