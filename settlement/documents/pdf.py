"""The PDF of a document. Pure: no database, no clock.

Up to a thousand orders it is one tagged document with a real table. Beyond, the table would need minutes and
gigabytes: the first page stays as it is, and the orders follow as lines of text (see annex.py).
"""

from collections.abc import Iterable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from marketplace.kernel.amounts import amount_text, money_text, percent_text
from marketplace.kernel.days import day_text, span_text
from settlement.documents.annex import write_annexed
from settlement.documents.facts import (
    BilledOrder,
    BilledProduct,
    DocumentFacts,
    PartyFacts,
    Totals,
    read_header,
    read_orders,
)
from settlement.documents.printing import fill_in, lay_out, without_collector

MOST_ROWS = 3000
"""Orders and products a table may hold: about a thousand orders."""

ACCESSIBLE = "pdf/ua-1"

USUAL_LENGTH = 12
"""Signs of an amount that the usual columns hold: 1,234,567.89."""


def write_pdf(source: Path, target: Path) -> None:
    """Write the PDF of the facts in a file."""
    facts = read_header(source)
    if facts.orders + facts.products <= MOST_ROWS:
        with without_collector():
            _write_table(facts, read_orders(source), target)
    else:
        write_annexed(facts, lambda: read_orders(source), target, texts=texts_of(facts))


def _write_table(facts: DocumentFacts, orders: Iterable[BilledOrder], target: Path) -> None:
    totals = Totals(facts)
    rows = [order_texts(facts, order) for order in totals.counting(orders)]
    closing = [_amount(facts, total) for total in totals.control_totals]
    context = {
        "orders": rows,
        "columns": [facts.words[name] for name in facts.columns],
        "closing": closing,
        "any_late": any(row["late"] for row in rows),
        "wide": max(map(len, closing)) > USUAL_LENGTH,
    }
    html = fill_in("document.html", {**texts_of(facts), **context})
    lay_out(html).write_pdf(target, pdf_variant=ACCESSIBLE)


def texts_of(facts: DocumentFacts) -> dict[str, Any]:
    """What stands above the orders, as texts."""
    before, rest = facts.words["page"].split("{page}")
    between, after = rest.split("{pages}")
    strong = "commission" if facts.is_agency else "purchase_price"
    return {
        "words": facts.words,
        "language": facts.spoken,
        "reference": facts.reference,
        "market": facts.market,
        "currency": facts.currency,
        "fingerprint": facts.fingerprint[:12],
        "page": {"before": before, "between": between, "after": after},
        "issued_on": day_text(facts.issued_on, language=facts.spoken),
        "period": span_text(facts.first_on, facts.last_on, language=facts.spoken),
        "seller": party_texts(facts.seller),
        "marketplace": party_texts(facts.marketplace),
        # In resale the seller's paper is addressed to it; in agency nothing is asked of the seller.
        "addressed": "party-from" if facts.is_agency else "party-to",
        "orders_count": str(facts.orders),
        "rates": list(_rates(facts)),
        "billed": [_amount(facts, amount) for amount in facts.billed],
        "summary": [{**each, "strong": each["name"] == strong} for each in _labelled(facts, facts.summary)],
        "settlement": list(_labelled(facts, facts.settlement)),
        "net_due": money_text(abs(facts.net_due), currency=facts.currency, language=facts.language),
    }


def _labelled(facts: DocumentFacts, sums: Iterable[tuple[str, int]]) -> Iterator[dict[str, str]]:
    for name, amount in sums:
        yield {"name": name, "label": facts.words[name], "amount": _amount(facts, amount)}


def party_texts(party: PartyFacts) -> dict[str, str]:
    """A party as texts; its account number in groups of four, as it is read out."""
    groups = [party.iban[start : start + 4] for start in range(0, len(party.iban), 4)]
    return {**asdict(party), "iban": " ".join(groups)}


def _rates(facts: DocumentFacts) -> Iterator[dict[str, str]]:
    for rate in facts.rates:
        amounts = {"net": rate.net, "vat": rate.vat, "gross": rate.gross}
        name = percent_text(rate.vat_bp, language=facts.language)
        yield {"name": name, **{key: _amount(facts, amount) for key, amount in amounts.items()}}


def order_texts(facts: DocumentFacts, order: BilledOrder) -> dict[str, Any]:
    """One order as texts."""
    return {
        "number": order.number,
        "customer": order.customer,
        "payment": order.payment,
        "late": order.late,
        "note": _credit_note(facts, order) if facts.is_credit else "",
        "created": day_text(order.created.date(), language=facts.spoken),
        "delivered": day_text(order.delivered.date(), language=facts.spoken),
        "amounts": [_amount(facts, amount) for amount in facts.amounts_of(order)],
        "products": [_product_texts(facts, product) for product in order.products],
    }


def _credit_note(facts: DocumentFacts, order: BilledOrder) -> str:
    """Of what came back: the document that billed it, and who gives back how much."""
    holders = ("held_by_seller", order.held_by_seller), ("held_by_marketplace", order.held_by_marketplace)
    parts = [f"{facts.words[name]}: {_amount(facts, amount)}" for name, amount in holders if amount]
    return " · ".join([f"{facts.words['original']} {order.original}", *parts])


def _product_texts(facts: DocumentFacts, product: BilledProduct) -> dict[str, Any]:
    """A product, its amounts below those of its order."""
    rate = "" if product.vat_bp is None else percent_text(product.vat_bp, language=facts.language)
    name = f"{product.name} · {product.sku}" if product.sku else product.name
    sale, net = _amount(facts, product.sale_gross), _amount(facts, product.net)
    # In agency the VAT column is of the commission, which knows the market's rate alone.
    amounts = [sale, net, "", "", ""] if facts.is_agency else [sale, "", net, rate, ""]
    return {"what": f"{product.quantity} × {name}", "amounts": amounts}


def _amount(facts: DocumentFacts, minor: int) -> str:
    return amount_text(minor, currency=facts.currency, language=facts.language)
