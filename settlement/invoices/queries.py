"""What an invoice is compared with, and which documents wait for one."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta

from django.db.models import QuerySet

from marketplace.orders.models import OrderRate
from marketplace.parties.models import Market
from settlement.documents.models import Document, DocumentLine
from settlement.invoices.models import Invoice
from settlement.invoices.rules import Expected, Sums, Told, Variance, compare

MOST_ORDERS = 20_000
"""Beyond, no single order is looked for as the cause of a difference."""


def expected_of(document: Document) -> Expected:
    """What the invoice of a document must say."""
    rates = {rate.vat_bp: Sums(rate.net, rate.vat, rate.customer_gross) for rate in document.rates.all()}
    return Expected(
        reference=document.reference,
        currency=document.currency,
        begun_on=document.period.first_on,
        rates=rates,
        orders=dict.fromkeys(rates, ()),
        supplier=document.parties["seller"]["tax_id"],
        customer=document.parties["marketplace"]["tax_id"],
        is_credit=document.is_credit,
    )


def told_by(invoice: Invoice) -> Told:
    """A stored invoice as its seller told it."""
    return Told(
        number=invoice.number,
        issued_on=invoice.issued_on,
        currency=invoice.currency,
        reference=invoice.document.reference,
        rates={rate.vat_bp: Sums(rate.net, rate.vat) for rate in invoice.rates.all()},
    )


def variances(told: Told, document: Document, *, today: date) -> tuple[Variance, ...]:
    """All differences between an invoice and its document; orders are read only when there is one to
    explain.
    """
    expected = expected_of(document)
    if told.orders is not None:
        lines = DocumentLine.objects.filter(document=document).values_list("number", "purchase_net")
        expected = replace(expected, lines=dict(lines))
    found = compare(told, expected, today=today)
    if not found or document.orders > MOST_ORDERS:
        return found
    orders = {vat_bp: tuple(_nets(document, vat_bp)) for vat_bp in expected.rates}
    return compare(told, replace(expected, orders=orders), today=today)


def _nets(document: Document, vat_bp: int) -> Iterable[tuple[str, int]]:
    of_document = OrderRate.objects.filter(order__document_lines__document=document, vat_bp=vat_bp)
    # Of an order something came back of, the document bills or credits a part: it explains nothing.
    of_document = of_document.filter(order__returned_at__isnull=True)
    return of_document.values_list("order__number", "purchase_net")


def awaiting(*, market: Market, on: date, days: int, most: int) -> "QuerySet[Document]":
    """Documents issued between ``days`` and ``most`` days ago which no live invoice answers, oldest first."""
    return (
        Document.objects.awaiting_invoice()
        .filter(
            market=market, issued_on__lte=on - timedelta(days=days), issued_on__gt=on - timedelta(days=most)
        )
        .order_by("issued_on", "pk")
    )
