"""Reading what a document is made of, from orders and from its own frozen rows."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from marketplace.orders.models import Order, OrderRate
from marketplace.parties.models import Market, Seller
from settlement.documents.models import Document, DocumentLine, DocumentRate
from settlement.documents.rules import OrderAmounts, RateAmount

CHUNK = 5000


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
            "partner_number": seller.partner_number, "name": seller.name, "tax_id": seller.tax_id,
            "street": seller.street, "city": seller.city, "zip": seller.zip, "country": seller.country,
        },
        "marketplace": {
            "market": market.name, "name": market.entity_name, "tax_id": market.entity_tax_id,
            "street": market.entity_street, "city": market.entity_city, "zip": market.entity_zip,
            "country": market.code, "iban": market.entity_iban, "email": market.accounting_email,
        },
    }  # fmt: skip


def facts_of(
    document: Document, lines: Iterable[DocumentLine], rates: Iterable[DocumentRate]
) -> Iterator[list[Any] | dict[str, Any]]:
    """Everything a document says, in a fixed order: what its hash is taken over."""
    yield [
        document.reference, document.issued_at.isoformat(), document.issued_on.isoformat(), document.currency,
        document.orders, document.customer_total, document.purchase_net, document.purchase_vat,
        document.purchase_gross, document.held_by_seller, document.held_by_marketplace,
        document.period.first_on.isoformat(), document.period.end_on.isoformat(),
    ]  # fmt: skip
    yield document.parties
    for rate in sorted(rates, key=lambda each: each.vat_bp):
        yield ["rate", rate.vat_bp, rate.net, rate.vat, rate.customer_gross]
    for line in lines:
        yield [
            line.position, line.number, line.customer, line.placed_at.isoformat(), line.delivered_at.isoformat(),
            line.late, line.payment, line.total, line.held_by_seller, line.held_by_marketplace, line.purchase_net,
            line.purchase_vat, line.products,
        ]  # fmt: skip
