"""Issuing documents for approved submissions: frozen, claimed, posted and numbered in one transaction."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from marketplace.kernel.audit import record
from marketplace.kernel.jobs import enqueue
from marketplace.kernel.numbers import take_numbers
from marketplace.kernel.zones import local_date
from marketplace.ledger.operations import post_all
from marketplace.orders.models import Order
from marketplace.parties.models import Seller
from settlement.claims.operations import claim_orders
from settlement.documents.models import Document, DocumentLine, DocumentRate
from settlement.documents.operations.posting import document_draft
from settlement.documents.queries import amounts_of, facts_of, parties_of
from settlement.documents.rules import OrderAmounts, add_rates, fingerprint, vat_of, vat_per_order
from settlement.review.models import Submission
from settlement.review.operations.finishing import finish_submission, look_twice

SERIES = "document"


@dataclass(slots=True)
class Prepared:
    """A document laid out but not yet numbered, with its children."""

    document: Document
    lines: list[DocumentLine]
    rates: list[DocumentRate]


def issue_documents(*, submission_ids: Sequence[int], at: datetime) -> list[Document]:
    """Issue the documents of approved submissions of one market; those issued already, or gone back, are
    passed over.

    Every line gets its second look here, under the seller's lock: what a document, a return or a dispute
    took away since the approval is not issued.
    """
    assert connection.in_atomic_block
    owners = Submission.objects.filter(pk__in=submission_ids).values_list("seller", flat=True)
    list(Seller.objects.locked().filter(pk__in=list(owners)))
    rows = (
        Submission.objects.locked().select_related("seller", "market", "period").filter(pk__in=submission_ids)
    )
    return [document for batch in _one_per_seller(list(rows)) for document in _issue_batch(batch, at)]


def _one_per_seller(submissions: list[Submission]) -> Iterator[list[Submission]]:
    """Batches in which no seller stands twice: its second document must see what its first one took."""
    while submissions:
        batch = list({submission.seller_id: submission for submission in reversed(submissions)}.values())
        yield batch[::-1]
        submissions = [submission for submission in submissions if submission not in batch]


def _issue_batch(batch: Sequence[Submission], at: datetime) -> list[Document]:
    ready = [submission for submission in batch if look_twice(submission, at=at)]
    prepared = [_prepare(submission, at) for submission in ready]
    _number(prepared)
    _write(prepared, at)
    for submission, each in zip(ready, prepared, strict=True):
        finish_submission(submission, at=at)
        _tell(each.document, at)
    documents = [each.document for each in prepared]
    if documents:
        enqueue(
            "netting.take_documents",
            key=f"from:{documents[0].reference}",
            document_ids=[document.pk for document in documents],
        )
    return documents


def _prepare(submission: Submission, at: datetime) -> Prepared:
    wanted = submission.lines.included().values("order")
    orders = list(Order.objects.filter(pk__in=wanted).order_by("number"))
    amounts = amounts_of(orders)
    document = _document(submission, orders, amounts, at)
    vat = vat_per_order(amounts)
    lines = [
        DocumentLine(
            order=order,
            position=place,
            number=order.number,
            customer=order.customer_name,
            placed_at=order.placed_at,
            delivered_at=_delivered(order),
            late=_delivered(order) < submission.period.starts_at,
            payment=order.payment,
            total=order.total,
            held_by_seller=order.held_by_seller,
            held_by_marketplace=order.held_by_marketplace,
            purchase_net=order.purchase_net,
            purchase_vat=vat[order.number],
            products=order.parts["lines"],
        )
        for place, order in enumerate(orders, start=1)
    ]
    rates = [
        DocumentRate(vat_bp=rate.vat_bp, net=rate.net, vat=vat_of(rate), customer_gross=rate.customer_gross)
        for rate in add_rates(amounts)
    ]
    return Prepared(document, lines, rates)


def _delivered(order: Order) -> datetime:
    assert order.delivered_at is not None, f"{order} is billed and was never delivered"
    return order.delivered_at


def _document(
    submission: Submission, orders: Sequence[Order], amounts: Sequence[OrderAmounts], at: datetime
) -> Document:
    rates = add_rates(amounts)
    net, vat = sum(rate.net for rate in rates), sum(vat_of(rate) for rate in rates)
    market = submission.market
    issued_on = local_date(at, market.zone)
    return Document(
        market=market,
        seller=submission.seller,
        period=submission.period,
        submission=submission,
        year=issued_on.year,
        issued_at=at,
        issued_on=issued_on,
        currency=market.currency,
        orders=len(orders),
        customer_total=sum(order.total for order in orders),
        purchase_net=net,
        purchase_vat=vat,
        purchase_gross=net + vat,
        held_by_seller=sum(order.held_by_seller for order in orders),
        held_by_marketplace=sum(order.held_by_marketplace for order in orders),
        parties=parties_of(submission.seller, market),
    )


def _number(prepared: Sequence[Prepared]) -> None:
    """Give consecutive numbers, last of all locks, in the order of the sellers."""
    by_series: dict[tuple[int, int], list[Document]] = {}
    for each in prepared:
        by_series.setdefault((each.document.market_id, each.document.year), []).append(each.document)
    for (market_id, year), documents in sorted(by_series.items()):
        numbers = take_numbers(market_id=market_id, kind=SERIES, year=year, count=len(documents))
        for document, serial in zip(documents, numbers, strict=True):
            document.serial = serial
            document.reference = f"{document.market.code}-{year}-{serial:06d}"


def _write(prepared: Sequence[Prepared], at: datetime) -> None:
    for each in prepared:
        each.document.facts_sha256 = fingerprint(facts_of(each.document, each.lines, each.rates))
    Document.objects.bulk_create([each.document for each in prepared])
    for each in prepared:
        children: list[DocumentLine | DocumentRate] = [*each.lines, *each.rates]
        for child in children:
            child.document = each.document
    lines = [line for each in prepared for line in each.lines]
    DocumentLine.objects.bulk_create(lines, batch_size=2000)
    DocumentRate.objects.bulk_create([rate for each in prepared for rate in each.rates])
    claim_orders(claims=((line.order_id, line.document.reference) for line in lines), at=at)
    post_all([draft for each in prepared if (draft := document_draft(each.document, each.rates))])


def _tell(document: Document, at: datetime) -> None:
    record(
        verb="document.issued",
        subject=document.reference,
        by=None,
        at=at,
        seller_id=document.seller_id,
        details={
            "orders": document.orders,
            "purchase_gross": document.purchase_gross,
            "facts": document.facts_sha256,
        },
    )
    enqueue("documents.render", key=document.reference, seller_id=document.seller_id, document_id=document.pk)
