"""Issuing credit documents: what came back after it was billed, as the mirror of an invoice document."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import connection
from django.db.models import Max, QuerySet, Value

from marketplace.kernel.numbers import take_numbers
from marketplace.kernel.zones import local_date
from marketplace.ledger.operations import post_all
from marketplace.orders.models import Order, Refund, Return
from marketplace.orders.operations.returning import quantities_of
from marketplace.orders.operations.settling import settle_returns
from marketplace.orders.remainders import counted_before
from marketplace.orders.rules.pricing import RatePart
from marketplace.orders.rules.returning import credit_rates, left_after
from marketplace.parties.models import BusinessModel, Seller
from settlement.documents.models import Document, DocumentLine, DocumentRate, Kind
from settlement.documents.operations.handing_on import hand_on, wake_payment
from settlement.documents.operations.posting import document_draft
from settlement.documents.queries import parties_of
from settlement.documents.rules import OrderAmounts, RateAmount, add_rates, vat_of, vat_per_order
from settlement.periods.models import Period

SERIES = "credit_document"


@dataclass(slots=True)
class Credit:
    """What came back of one billed order: its sale price, and what is credited per VAT rate."""

    order: Order
    original: str
    gross: int = 0
    given_back: int = 0
    rates: list[RatePart] = field(default_factory=list)


def issue_credits(*, seller_ids: Sequence[int], at: datetime) -> list[Document]:
    """Issue credit documents for what came back, by the end of each seller's last closed period, of orders
    that stand on documents; those credited already are passed over.
    """
    documents = lay_credits(seller_ids=seller_ids, at=at)
    wake_payment(documents)
    return documents


def lay_credits(*, seller_ids: Sequence[int], at: datetime) -> list[Document]:
    """Issue credit documents, and leave waking their payment to the caller."""
    assert connection.in_atomic_block
    sellers = list(Seller.objects.locked().select_related("market").filter(pk__in=seller_ids))
    documents = [
        document
        for seller in sellers
        if (period := Period.objects.of(seller).order_by("-ends_at").first())
        for model in BusinessModel
        if (document := _issue(seller, period, model, at))
    ]
    if documents:
        hand_on(documents, verb="document.credited", at=at)
    return documents


def creditable_returns(*, before: datetime) -> "QuerySet[Return]":
    """What came back before an instant, of orders on live documents, and on no document yet."""
    return Return.objects.filter(settled_in="", at__lt=before, order__claim__isnull=False)


def late_refunds(*, before: datetime) -> "QuerySet[Refund]":
    """Refunds of sellers that count by an instant, for returns of billed orders, and on no document yet."""
    counted = counted_before(before).filter(settled_in="", order__model=BusinessModel.RESALE)
    return counted.filter(order__claim__isnull=False)


def sellers_to_credit(*, seller_ids: Sequence[int]) -> list[int]:
    """Those of some sellers of whose billed orders something came back, or was refunded, by the end of
    their last closed period, and is on no document yet.
    """
    ends = dict(
        Period.objects.filter(seller__in=seller_ids).order_by().values_list("seller").annotate(Max("ends_at"))
    )
    if not ends:
        return []
    last = max(ends.values())
    found: dict[int, datetime] = {}
    returns = creditable_returns(before=last).values_list("order__seller", "at")
    refunds = late_refunds(before=last).values_list("order__seller", "paid_at")
    for rows in (returns, refunds):
        for seller, at in rows.filter(order__seller__in=list(ends)):
            assert at is not None, "what counts as paid says when"
            found[seller] = min(found.get(seller, at), at)
    return sorted(seller for seller, at in found.items() if at < ends[seller])


def _issue(seller: Seller, period: Period, model: BusinessModel, at: datetime) -> Document | None:
    came_back = _credits(seller, period, model)
    if not came_back:
        return None
    rates, vat = _amounts(came_back, model)
    document = _document(seller, period, model, came_back, rates, at)
    _number(document)
    document.save()
    DocumentRate.objects.bulk_create(
        DocumentRate(
            document=document,
            vat_bp=rate.vat_bp,
            net=rate.net,
            vat=vat_of(rate),
            customer_gross=rate.customer_gross,
        )
        for rate in rates
    )
    DocumentLine.objects.bulk_create(
        [_line(document, credit, place, vat) for place, credit in enumerate(came_back, start=1)],
        batch_size=2000,
    )
    of_document = {"settled_in": "", "order__document_lines__document": document}
    settle_returns(
        returns=Return.objects.filter(at__lt=period.ends_at, **of_document),
        refunds=counted_before(period.ends_at).filter(**of_document),
        reference=Value(document.reference),
    )
    if draft := document_draft(document, document.rates.all()):
        post_all([draft])
    return document


def _credits(seller: Seller, period: Period, model: BusinessModel) -> list[Credit]:
    """What came back of each order, by number; refunds whose return was credited before stand alone."""
    mine = {"order__seller": seller, "order__model": model}
    returns = list(creditable_returns(before=period.ends_at).filter(**mine).order_by("at", "number"))
    refunds = late_refunds(before=period.ends_at).filter(**mine)
    if model == BusinessModel.AGENCY:
        refunds = counted_before(period.ends_at).filter(returned__in=returns)
    given = list(refunds)
    keys = {each.order_id for each in returns} | {each.order_id for each in given}
    orders = Order.objects.filter(pk__in=keys).select_related("claim")
    came_back = {order.pk: Credit(order, order.claim.reference) for order in orders}
    for key, some in _by_order(returns).items():
        _price(came_back[key], some)
    for refund in given:
        came_back[refund.order_id].given_back += refund.amount
    return sorted(came_back.values(), key=lambda credit: credit.order.number)


def _by_order(returns: Iterable[Return]) -> dict[int, list[Return]]:
    found: dict[int, list[Return]] = {}
    for each in returns:
        found.setdefault(each.order_id, []).append(each)
    return found


def _price(credit: Credit, returns: Sequence[Return]) -> None:
    """Price what came back, each return after those before it, from what the document billed."""
    order = credit.order
    lines = [line.facts for line in order.lines.order_by("position")]
    known = list(order.returns.order_by("at", "number"))
    quantities = quantities_of(known)
    billed = left_after(lines, [quantities[each.pk] for each in known if each.settled_in == credit.original])
    before = [quantities[each.pk] for each in known if each.settled_in and each.settled_in != credit.original]
    for each in returns:
        now = quantities[each.pk]
        credit.rates += credit_rates(lines, billed=billed, before=before, now=now, model=order.model)
        credit.gross += each.gross
        before.append(now)


def _amounts(came_back: Sequence[Credit], model: BusinessModel) -> tuple[list[RateAmount], dict[str, int]]:
    """The document's sums per rate, and each order's part of their VAT."""
    standard = _commission_rates(came_back) if model == BusinessModel.AGENCY else {}
    orders = [
        OrderAmounts(credit.order.number, tuple(_rate(part, credit, standard) for part in credit.rates))
        for credit in came_back
    ]
    merged = [OrderAmounts(each.number, tuple(add_rates([each]))) for each in orders]
    return add_rates(merged), vat_per_order(merged)


def _rate(part: RatePart, credit: Credit, standard: dict[str, int]) -> RateAmount:
    if standard:
        return RateAmount(standard[credit.original], part.commission_net, part.gross)
    return RateAmount(part.vat_bp, part.purchase_net, part.gross)


def _commission_rates(came_back: Sequence[Credit]) -> dict[str, int]:
    """The VAT rate the commission of each original was invoiced at: it is credited at the same."""
    originals = {credit.original for credit in came_back}
    rates = DocumentRate.objects.filter(document__reference__in=originals)
    return dict(rates.values_list("document__reference", "vat_bp"))


def _document(
    seller: Seller,
    period: Period,
    model: BusinessModel,
    came_back: Sequence[Credit],
    rates: Sequence[RateAmount],
    at: datetime,
) -> Document:
    market = seller.market
    issued_on = local_date(at, market.zone)
    total = sum(credit.gross for credit in came_back)
    given = sum(credit.given_back for credit in came_back)
    net, vat = sum(rate.net for rate in rates), sum(vat_of(rate) for rate in rates)
    agency = model == BusinessModel.AGENCY
    part, part_vat = (total - net - vat, 0) if agency else (net, vat)
    return Document(
        market=market,
        seller=seller,
        period=period,
        kind=Kind.CREDIT,
        model=model,
        year=issued_on.year,
        issued_at=at,
        issued_on=issued_on,
        currency=market.currency,
        orders=len(came_back),
        customer_total=total,
        purchase_net=part,
        purchase_vat=part_vat,
        purchase_gross=part + part_vat,
        commission_net=net if agency else 0,
        commission_vat=vat if agency else 0,
        held_by_seller=given,
        held_by_marketplace=total - given,
        parties=parties_of(seller, market),
    )


def _number(document: Document) -> None:
    (serial,) = take_numbers(market_id=document.market_id, kind=SERIES, year=document.year)
    document.serial = serial
    document.reference = f"{document.market.code}-C-{document.year}-{serial:06d}"


def _line(document: Document, credit: Credit, place: int, vat: dict[str, int]) -> DocumentLine:
    order = credit.order
    assert order.delivered_at is not None, f"{order} came back and was never delivered"
    agency = document.model == BusinessModel.AGENCY
    net = sum(part.commission_net if agency else part.purchase_net for part in credit.rates)
    of_vat = vat.get(order.number, 0)
    return DocumentLine(
        document=document,
        order=order,
        position=place,
        number=order.number,
        customer=order.customer_name,
        placed_at=order.placed_at,
        delivered_at=order.delivered_at,
        late=False,
        payment=order.payment,
        total=credit.gross,
        held_by_seller=credit.given_back,
        held_by_marketplace=credit.gross - credit.given_back,
        purchase_net=credit.gross - net - of_vat if agency else net,
        purchase_vat=0 if agency else of_vat,
        commission_net=net if agency else 0,
        commission_vat=of_vat if agency else 0,
        original=credit.original,
        products=order.parts["lines"],
    )
