"""Building an order's rows from its facts: the same for one order and for a million."""

from dataclasses import asdict, dataclass
from datetime import datetime

from marketplace.kernel.money import LARGEST, decimal_text
from marketplace.ledger.rules import Draft, Leg
from marketplace.orders.models import (
    Billable,
    Custody,
    LineKind,
    Method,
    Order,
    OrderChange,
    OrderLine,
    OrderRate,
    State,
    Tender,
    TenderState,
)
from marketplace.orders.rules.custody import default_custody
from marketplace.orders.rules.facts import LineFacts, OrderFacts, Refused, TenderFacts
from marketplace.orders.rules.pricing import PricedLine, RatePart, price_lines, rate_totals, sellers_part
from marketplace.orders.rules.ways import times_along, way
from marketplace.parties.models import Contract, Market

UNDONE = (State.CANCELLED, State.LOST)
"""An order that is told of only when it is one of these never used its vouchers."""
YEARS = range(2000, 2101)
COMMISSIONED = (LineKind.GOODS, LineKind.DISCOUNT)


@dataclass(slots=True)
class OrderRows:
    """The unsaved rows of one order; the children still lack the order's key."""

    order: Order
    lines: list[OrderLine]
    rates: list[OrderRate]
    tenders: list[Tender]
    changes: list[OrderChange]

    def billable(self) -> Billable | None:
        """Its row among the orders to be invoiced, once it is delivered and no test."""
        order = self.order
        if order.delivered_at is None or order.test:
            return None
        return Billable(order=order, seller_id=order.seller_id, delivered_at=order.delivered_at)

    def drafts(self) -> list[Draft]:
        """What its payment so far posts to the books."""
        return [draft for tender in self.tenders if (draft := cash_draft(self.order, tender))]


def cash_draft(order: Order, tender: Tender) -> Draft | None:
    """Customer money that reached the marketplace: bank against prepaid. Test orders never touch money.

    A voucher issued elsewhere is money too: its issuer pays the marketplace.
    """
    if order.test or tender.custody != Custody.MARKETPLACE or tender.paid_at is None:
        return None
    if tender.voucher_id is not None:
        return None  # the voucher itself posts that it was redeemed
    return Draft(
        key=f"tender:{order.market_id}:{order.number}:{tender.position}",
        market_id=order.market_id,
        at=tender.paid_at,
        text=f"{tender.method} of order {order.number}",
        legs=(Leg("bank", tender.amount), Leg("prepaid", -tender.amount)),
    )


def build(*, facts: OrderFacts, market: Market, contract: Contract, at: datetime) -> OrderRows:
    """Price an order under its seller's contract and lay out its rows.

    :raises Refused: if the facts contradict each other, the market, or the ways an order can go.
    """
    _agree(facts, market)
    lines = [_with_commission(line, contract) for line in facts.lines]
    priced = price_lines(lines, model=contract.model)
    rates = rate_totals(priced)
    walked = _walk(facts)
    order = _order(facts, market, contract, rates, walked, at)
    tenders = [_tender(place, each, order) for place, each in enumerate(facts.tenders, start=1)]
    _sum_up(order, tenders)
    return OrderRows(
        order=order,
        lines=[_line(place, each, order) for place, each in enumerate(priced, start=1)],
        rates=[
            OrderRate(
                order=order,
                vat_bp=rate.vat_bp,
                gross=rate.gross,
                purchase_net=rate.purchase_net,
                commission_net=rate.commission_net,
            )
            for rate in rates
        ],
        tenders=tenders,
        changes=[
            OrderChange(order=order, from_state=before, to_state=after, at=moved_at)
            for (before, _), (after, moved_at) in zip([("", at), *walked], walked, strict=False)
        ],
    )


def check_bounds(facts: OrderFacts) -> None:
    """Refuse what no order is, and what would not fit: ten trillion of anything, years far from ours."""
    if sum(abs(line.gross) for line in facts.lines) > LARGEST:
        raise Refused("lines: the amounts are larger than any order's")
    paid = [tender.paid_at for tender in facts.tenders if tender.paid_at]
    for at in (facts.placed_at, *facts.status_times.values(), *paid):
        if at.year not in YEARS:
            raise Refused(f"{at.isoformat()} is no time an order could have")


def _agree(facts: OrderFacts, market: Market) -> None:
    check_bounds(facts)
    if facts.currency != market.currency:
        raise Refused(f"currency: {facts.currency}, but {market.code} sells in {market.currency}")
    if facts.total < 0:
        raise Refused("lines: the discounts are larger than the order")
    paid = sum(tender.amount for tender in facts.tenders)
    if paid != facts.total:
        raise Refused(f"tenders: they add to {decimal_text(paid)}, the lines to {decimal_text(facts.total)}")
    vouchers = sum(tender.amount for tender in facts.tenders if tender.method == Method.VOUCHER)
    if vouchers > facts.total:
        raise Refused(
            f"tenders: vouchers of {decimal_text(vouchers)} pay more than the order's "
            f"{decimal_text(facts.total)}; a person must decide"
        )
    if facts.status == State.DELIVERED and State.DELIVERED not in facts.status_times:
        raise Refused("status_times.delivered: missing; the delivery instant decides the period")


def _with_commission(line: LineFacts, contract: Contract) -> LineFacts:
    """Freeze the contract's commission on a line that bears one and names none."""
    if line.commission_bp is not None or line.kind not in COMMISSIONED:
        return line
    return LineFacts(
        kind=line.kind,
        name=line.name,
        quantity=line.quantity,
        unit_price=line.unit_price,
        vat_bp=line.vat_bp,
        commission_bp=contract.commission_bp,
        sku=line.sku,
        funded_by=line.funded_by,
    )


def _walk(facts: OrderFacts) -> list[tuple[str, datetime]]:
    start = State.BLOCKED if State.BLOCKED in (facts.status, *facts.status_times) else State.OPEN
    path = way(start, facts.status, facts.status_times)
    if path is None:
        raise Refused(f"status: an order cannot go from {start} to {facts.status}")
    last = facts.status_times.get(facts.status, facts.placed_at)
    return [(start, facts.placed_at), *times_along(path, facts.status_times, last)]


def _order(
    facts: OrderFacts,
    market: Market,
    contract: Contract,
    rates: list[RatePart],
    walked: list[tuple[str, datetime]],
    at: datetime,
) -> Order:
    reached = dict(walked)
    net = sum(rate.purchase_net for rate in rates)
    return Order(
        market=market,
        seller_id=contract.seller_id,
        number=facts.number,
        basket=facts.basket,
        channel=facts.channel,
        model=contract.model,
        fulfilment=facts.fulfilment,
        test=facts.test,
        state=facts.status,
        placed_at=facts.placed_at,
        shipped_at=reached.get(State.SHIPPED),
        delivered_at=reached.get(State.DELIVERED),
        confirmed_at=next(
            (moved for state, moved in walked if state == State.SHIPPING), reached.get(State.SHIPPED)
        ),
        taken_at=at,
        currency=facts.currency,
        total=facts.total,
        purchase_net=net,
        purchase_gross=sellers_part(
            facts.total, rates, model=contract.model, standard_vat_bp=market.standard_vat_bp
        ),
        parts=facts.parts(),
        **{f"customer_{name}": value for name, value in asdict(facts.customer).items()},
    )


def _tender(place: int, facts: TenderFacts, order: Order) -> Tender:
    custody = facts.custody or default_custody(
        method=facts.method, model=order.model, fulfilment=order.fulfilment
    )
    tender = Tender(order=order, position=place, method=facts.method, amount=facts.amount, custody=custody)
    # What nobody reported counts as received when the parcel is delivered, whoever holds it.
    tender.paid_at = facts.paid_at or order.delivered_at
    if facts.voucher:  # a voucher pays when the order is placed, or never
        tender.paid_at = None if order.state in UNDONE else order.placed_at
    tender.state = TenderState.CAPTURED if tender.paid_at else TenderState.AWAITED
    return tender


def _line(place: int, priced: PricedLine, order: Order) -> OrderLine:
    facts = priced.facts
    return OrderLine(
        order=order,
        position=place,
        kind=facts.kind,
        sku=facts.sku,
        name=facts.name,
        quantity=facts.quantity,
        unit_price=facts.unit_price,
        vat_bp=facts.vat_bp,
        commission_bp=facts.commission_bp or 0,
        funded_by=facts.funded_by,
        gross=priced.gross,
        purchase_net=priced.purchase_net,
        commission_net=priced.commission_net,
    )


def _sum_up(order: Order, tenders: list[Tender]) -> None:
    """The sums of an order's payment that lists and documents read."""
    order.held_by_seller = sum(each.amount for each in tenders if each.custody == Custody.SELLER)
    order.held_by_marketplace = order.total - order.held_by_seller
    order.voucher_amount = sum(each.amount for each in tenders if each.method == Method.VOUCHER)
    order.cod_amount = sum(each.amount for each in tenders if each.method == Method.COD)
    order.to_collect = order.held_by_seller
    order.payment = "+".join(sorted({str(each.method) for each in tenders}))
