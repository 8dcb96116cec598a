"""Reading what a document is made of, from orders and from its own frozen rows."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import translation

from marketplace.orders.models import Order, OrderRate
from marketplace.orders.wording import payment_text
from marketplace.parties.models import BusinessModel, Market, Seller
from settlement.documents.facts import BilledOrder, BilledProduct, DocumentFacts, PartyFacts, RateSum, plain
from settlement.documents.labels import labels, sentences
from settlement.documents.models import Document, DocumentLine, DocumentRate
from settlement.documents.products import products_count, products_of
from settlement.documents.rules import OrderAmounts, RateAmount

CHUNK = 5000
PAGE = 1000
"""Orders read at a time, with their products, so that memory stays flat."""


def amounts_of(orders: Sequence[Order]) -> list[OrderAmounts]:
    """The orders' amounts per VAT rate, in the order given."""
    rates: dict[int, list[RateAmount]] = {order.pk: [] for order in orders}
    keys = list(rates)
    for start in range(0, len(keys), CHUNK):
        found = OrderRate.objects.filter(order__in=keys[start : start + CHUNK]).order_by("order", "vat_bp")
        for order_id, vat_bp, net, gross in found.values_list("order_id", "vat_bp", "purchase_net", "gross"):
            rates[order_id].append(RateAmount(vat_bp, net, gross))
    return [OrderAmounts(order.number, tuple(rates[order.pk])) for order in orders]


def parties_of(seller: Seller, market: Market) -> dict[str, Any]:
    """The seller and the marketplace's legal entity as they are now, to be frozen on a document."""
    return {
        "seller": {
            "partner_number": seller.partner_number,
            "name": seller.name,
            "tax_id": seller.tax_id,
            "street": seller.street,
            "city": seller.city,
            "zip": seller.zip,
            "country": seller.country,
        },
        "marketplace": {
            "market": market.name,
            "name": market.entity_name,
            "tax_id": market.entity_tax_id,
            "street": market.entity_street,
            "city": market.entity_city,
            "zip": market.entity_zip,
            "country": market.code,
            "iban": market.entity_iban,
            "email": market.accounting_email,
        },
    }


def facts_of(
    document: Document, lines: Iterable[DocumentLine], rates: Iterable[DocumentRate]
) -> Iterator[list[Any] | dict[str, Any]]:
    """Everything a document says, in a fixed order: what its hash is taken over."""
    is_usual = document.model == BusinessModel.RESALE and not document.is_credit
    yield [
        document.reference,
        document.issued_at.isoformat(),
        document.issued_on.isoformat(),
        document.currency,
        document.orders,
        document.customer_total,
        document.purchase_net,
        document.purchase_vat,
        document.purchase_gross,
        document.held_by_seller,
        document.held_by_marketplace,
        document.period.first_on.isoformat(),
        document.period.end_on.isoformat(),
        *([] if is_usual else _told_of(document)),
    ]
    yield document.parties
    for rate in sorted(rates, key=lambda each: each.vat_bp):
        yield ["rate", rate.vat_bp, rate.net, rate.vat, rate.customer_gross]
    for line in lines:
        yield [
            line.position,
            line.number,
            line.customer,
            line.placed_at.isoformat(),
            line.delivered_at.isoformat(),
            line.late,
            line.payment,
            line.total,
            line.held_by_seller,
            line.held_by_marketplace,
            line.purchase_net,
            line.purchase_vat,
            line.products,
            *([] if is_usual else [line.commission_net, line.commission_vat, line.original]),
        ]


def _told_of(document: Document) -> list[str | int]:
    """What only documents of agency, and credit documents, say."""
    return [document.kind, document.model, document.commission_net, document.commission_vat]


def document_facts(document: Document) -> DocumentFacts:
    """What a document says above its orders, worded in the market's language."""
    market = document.market
    spoken = market.spoken
    seller, marketplace = document.parties["seller"], document.parties["marketplace"]
    with translation.override(spoken):
        words = {**labels(document), **sentences(document)}
    return DocumentFacts(
        reference=document.reference,
        market=plain(marketplace["market"]),
        currency=document.currency,
        language=market.locale,
        spoken=spoken,
        issued_on=document.issued_on,
        first_on=document.period.first_on,
        last_on=document.period.span.last_on,
        orders=document.orders,
        products=products_count(document),
        customer_total=document.customer_total,
        purchase_net=document.purchase_net,
        purchase_vat=document.purchase_vat,
        held_by_seller=document.held_by_seller,
        held_by_marketplace=document.held_by_marketplace,
        seller=party_facts(seller),
        marketplace=party_facts(marketplace),
        rates=tuple(RateSum(rate.vat_bp, rate.net, rate.vat) for rate in document.rates.order_by("vat_bp")),
        fingerprint=document.facts_sha256 or "",
        words={name: plain(text) for name, text in words.items()},
        is_credit=document.is_credit,
        is_agency=document.model == BusinessModel.AGENCY,
        commission_net=document.commission_net,
        commission_vat=document.commission_vat,
    )


def lines_of(document: Document) -> Iterator[DocumentLine]:
    """A document's lines in their order, a page at a time; no cursor stays open between."""
    for page in _pages(document):
        yield from page


def billed_orders(document: Document) -> Iterator[BilledOrder]:
    """A document's orders with their products, in their order."""
    zone = ZoneInfo(document.market.zone)
    spoken = document.market.spoken
    for lines in _pages(document):
        products = products_of(document, lines)
        with translation.override(spoken):
            page = [_billed_order(line, products.get(line.order_id, ()), zone) for line in lines]
        yield from page


def _pages(document: Document) -> Iterator[list[DocumentLine]]:
    after = 0
    while lines := list(document.lines.filter(position__gt=after).order_by("position")[:PAGE]):
        yield lines
        after = lines[-1].position


def _billed_order(line: DocumentLine, products: tuple[BilledProduct, ...], zone: ZoneInfo) -> BilledOrder:
    return BilledOrder(
        number=line.number,
        customer=plain(line.customer),
        created=_local(line.placed_at, zone),
        delivered=_local(line.delivered_at, zone),
        late=line.late,
        payment=plain(payment_text(line.payment)),
        total=line.total,
        held_by_seller=line.held_by_seller,
        held_by_marketplace=line.held_by_marketplace,
        purchase_net=line.purchase_net,
        purchase_vat=line.purchase_vat,
        products=products,
        commission_net=line.commission_net,
        commission_vat=line.commission_vat,
        original=line.original,
    )


def _local(instant: datetime, zone: ZoneInfo) -> datetime:
    return instant.astimezone(zone).replace(tzinfo=None, microsecond=0)


def party_facts(frozen: dict[str, str]) -> PartyFacts:
    """A party as it was frozen on a document, its texts made harmless."""
    return PartyFacts(**{name: plain(text) for name, text in frozen.items() if name != "market"})
