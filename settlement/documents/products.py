"""What a document prints of its orders' products: those billed, or on a credit document those that came back.

Their amounts add up to the document's line, since they are priced by the rules the line was made by.
"""

import operator
from collections.abc import Collection, Iterable, Mapping, Sequence

from django.db.models import F, Sum

from marketplace.orders.models import OrderLine, Return, ReturnLine
from marketplace.orders.operations.returning import quantities_of
from marketplace.orders.rules.facts import LineFacts
from marketplace.orders.rules.pricing import PricedLine
from marketplace.orders.rules.returning import Quantities, credit_lines, left_after, priced
from marketplace.parties.models import BusinessModel
from settlement.documents.facts import BilledProduct, plain
from settlement.documents.models import Document, DocumentLine

Products = dict[int, tuple[BilledProduct, ...]]
"""Products by the key of their order."""


def products_of(document: Document, lines: Sequence[DocumentLine]) -> Products:
    """The products of some lines of a document, in a number of queries that does not grow with them."""
    if document.is_credit:
        return _credited(document, lines)
    return _whole(document, lines) | _left(document, lines)


def products_count(document: Document) -> int:
    """How many products a document prints."""
    settled = ReturnLine.objects.filter(returned__settled_in=document.reference)
    if document.is_credit:
        return settled.values("line").distinct().count()
    billed = OrderLine.objects.filter(order__document_lines__document=document).count()
    back = settled.order_by().values("line").annotate(back=Sum("quantity"))
    return billed - back.filter(back=F("line__quantity")).count()


def _whole(document: Document, lines: Sequence[DocumentLine]) -> Products:
    """The products of orders as they were placed."""
    net = "commission_net" if document.model == BusinessModel.AGENCY else "purchase_net"
    columns = ("order_id", "sku", "name", "quantity", "vat_bp", "gross", net)
    rows = OrderLine.objects.filter(order__in=[line.order_id for line in lines]).order_by("order", "position")
    found: dict[int, list[BilledProduct]] = {}
    for order_id, sku, name, *amounts in rows.values_list(*columns):
        found.setdefault(order_id, []).append(BilledProduct(plain(sku), plain(name), *amounts))
    return {order_id: tuple(products) for order_id, products in found.items()}


def _left(document: Document, lines: Sequence[DocumentLine]) -> Products:
    """What is left of the orders of which the document took returns into account."""
    orders = [line.order_id for line in lines]
    returns = list(Return.objects.filter(order__in=orders, settled_in=document.reference))
    quantities = quantities_of(returns) if returns else {}
    found = {}
    for order_id, facts in _told({row.order_id for row in returns}).items():
        left = left_after(facts, [quantities[row.pk] for row in returns if row.order_id == order_id])
        found[order_id] = _products(document, facts, [(left, priced(facts, left, model=document.model))])
    return found


def _credited(document: Document, lines: Sequence[DocumentLine]) -> Products:
    """What came back of the orders of a credit document, each return after those credited before it."""
    orders = {line.order_id: line.original for line in lines}
    returns = list(Return.objects.filter(order__in=orders).exclude(settled_in="").order_by("at", "number"))
    quantities, by_order = quantities_of(returns), _by_order(returns)
    mine = {row.order_id for row in returns if row.settled_in == document.reference}
    references = {row.settled_in for row in returns if row.order_id in mine}
    issued = dict(Document.objects.filter(reference__in=references).values_list("reference", "pk"))
    found = {}
    for order_id, facts in _told(mine).items():
        known, original = by_order[order_id], orders[order_id]
        billed = left_after(facts, [quantities[row.pk] for row in known if row.settled_in == original])
        credited = [row for row in known if row.settled_in != original]
        before = [quantities[row.pk] for row in credited if issued[row.settled_in] < document.pk]
        pieces = []
        for row in credited:
            if row.settled_in == document.reference:
                now = quantities[row.pk]
                parts = credit_lines(facts, billed=billed, before=before, now=now, model=document.model)
                pieces.append((now, parts))
                before.append(now)
        found[order_id] = _products(document, facts, pieces)
    return found


def _by_order(returns: Iterable[Return]) -> dict[int, list[Return]]:
    found: dict[int, list[Return]] = {}
    for row in returns:
        found.setdefault(row.order_id, []).append(row)
    return found


def _told(orders: Collection[int]) -> dict[int, list[LineFacts]]:
    """The lines of orders as they were told when the orders were placed."""
    found: dict[int, list[LineFacts]] = {}
    if orders:
        for line in OrderLine.objects.filter(order__in=orders).order_by("order", "position"):
            found.setdefault(line.order_id, []).append(line.facts)
    return found


def _products(
    document: Document,
    facts: Sequence[LineFacts],
    pieces: Iterable[tuple[Quantities, Mapping[int, PricedLine]]],
) -> tuple[BilledProduct, ...]:
    """One product for each line, the pieces of it added up."""
    agency = document.model == BusinessModel.AGENCY
    sums: dict[int, tuple[int, ...]] = {}
    for quantities, parts in pieces:
        for place, part in parts.items():
            net = part.commission_net if agency else part.purchase_net
            known = sums.get(place, (0, 0, 0))
            sums[place] = tuple(map(operator.add, known, (quantities[place], part.gross, net)))
    made = ((facts[place - 1], amounts) for place, amounts in sorted(sums.items()))
    return tuple(
        BilledProduct(plain(line.sku), plain(line.name), quantity, line.vat_bp, gross, net)
        for line, (quantity, gross, net) in made
    )
