"""Issuing documents for approved submissions: frozen, claimed, posted and numbered in one transaction."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.db.models import F, OuterRef, Subquery

from marketplace.kernel.numbers import take_numbers
from marketplace.kernel.sets import go_by_indexes
from marketplace.kernel.zones import local_date
from marketplace.ledger.operations import post_all
from marketplace.orders.models import Return
from marketplace.orders.operations.settling import settle_returns
from marketplace.orders.remainders import counted_before
from marketplace.parties.models import BusinessModel, Seller
from settlement.claims.operations import claim_orders
from settlement.documents.models import Document, DocumentLine, DocumentRate, Kind
from settlement.documents.operations.crediting import lay_credits, sellers_to_credit
from settlement.documents.operations.handing_on import hand_on, wake_payment
from settlement.documents.operations.laying import RateSums, lay_lines, rate_sums
from settlement.documents.operations.posting import document_draft
from settlement.documents.queries import parties_of
from settlement.documents.rules import vat_of
from settlement.periods.rules import in_turns
from settlement.review.models import Submission
from settlement.review.operations.finishing import finish_submissions, look_twice
from settlement.review.operations.judging import Tally

SERIES = "document"


@dataclass(slots=True)
class Prepared:
    """A document laid out but not yet numbered, with its amounts per rate."""

    document: Document
    rates: list[DocumentRate]


def issue_documents(*, submission_ids: Sequence[int], at: datetime) -> list[Document]:
    """Issue the documents of approved submissions; those issued already, or gone back, are passed over.

    Every line gets its second look here, under the seller's lock: what a document, a return or a dispute
    took away since the approval is not issued. Credit documents for what came back of the sellers' earlier
    orders are issued with them, and stand last, so that both are netted together.
    """
    assert connection.in_atomic_block
    go_by_indexes()
    owners = Submission.objects.filter(pk__in=submission_ids).values_list("seller", flat=True)
    sellers = list(Seller.objects.locked().filter(pk__in=list(owners)).values_list("pk", flat=True))
    rows = (
        Submission.objects.locked().select_related("seller", "market", "period").filter(pk__in=submission_ids)
    )
    documents = [document for turn in in_turns(rows) for document in _issue_together(turn, at)]
    credited = lay_credits(seller_ids=sellers_to_credit(seller_ids=sellers), at=at)
    documents += credited
    wake_payment(documents)
    return documents


def _issue_together(submissions: Sequence[Submission], at: datetime) -> list[Document]:
    """Issue documents of as many sellers, in a number of statements that does not grow with them."""
    ready = look_twice(submissions, at=at)
    if not ready:
        return []
    sums = rate_sums([submission for submission, _ in ready])
    prepared = [_prepare(submission, tally, sums[submission.pk], at) for submission, tally in ready]
    _number(prepared)
    documents = _write(prepared, sums, at)
    finish_submissions([submission for submission, _ in ready], at=at)
    hand_on(documents, verb="document.issued", at=at)
    return documents


def _prepare(submission: Submission, tally: Tally, sums: Sequence[RateSums], at: datetime) -> Prepared:
    rates = [
        DocumentRate(
            vat_bp=each.amount.vat_bp,
            net=each.amount.net,
            vat=vat_of(each.amount),
            customer_gross=each.amount.customer_gross,
        )
        for each in sums
    ]
    net, vat = sum(rate.net for rate in rates), sum(rate.vat for rate in rates)
    billing = _billing(submission.model, tally.customer_total, net, vat)
    market = submission.market
    issued_on = local_date(at, market.zone)
    document = Document(
        market=market,
        seller=submission.seller,
        period=submission.period,
        submission=submission,
        kind=Kind.INVOICE,
        model=submission.model,
        year=issued_on.year,
        issued_at=at,
        issued_on=issued_on,
        currency=market.currency,
        orders=tally.included,
        customer_total=tally.customer_total,
        **billing,
        held_by_seller=tally.held_by_seller,
        held_by_marketplace=tally.customer_total - tally.held_by_seller,
        parties=parties_of(submission.seller, market),
    )
    return Prepared(document, rates)


def _billing(model: str, total: int, net: int, vat: int) -> dict[str, int]:
    """The seller's part and the commission, from the amounts that are billed."""
    if model == BusinessModel.AGENCY:
        part = total - net - vat
        commission = {"commission_net": net, "commission_vat": vat}
        return {"purchase_net": part, "purchase_vat": 0, "purchase_gross": part, **commission}
    return {"purchase_net": net, "purchase_vat": vat, "purchase_gross": net + vat}


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


def _write(prepared: Sequence[Prepared], sums: dict[int, list[RateSums]], at: datetime) -> list[Document]:
    documents = Document.objects.bulk_create([each.document for each in prepared])
    for each in prepared:
        for rate in each.rates:
            rate.document = each.document
    DocumentRate.objects.bulk_create([rate for each in prepared for rate in each.rates])
    lay_lines(documents, sums)
    lines = DocumentLine.objects.filter(document__in=documents)
    claim_orders(orders=lines, order="order", reference=F("document__reference"), at=at)
    _settle_returns(documents)
    post_all([draft for each in prepared if (draft := document_draft(each.document, each.rates))])
    return documents


def _settle_returns(documents: Sequence[Document]) -> None:
    """Mark what came back before the cut-off as taken into account: it is not billed at all."""
    by_cutoff: dict[datetime, list[int]] = {}
    for document in documents:
        by_cutoff.setdefault(document.period.ends_at, []).append(document.pk)
    for cutoff, keys in by_cutoff.items():
        lines = DocumentLine.objects.filter(order=OuterRef("order"), document__in=keys)
        of_documents = {"settled_in": "", "order__document_lines__document__in": keys}
        settle_returns(
            returns=Return.objects.filter(at__lt=cutoff, **of_documents),
            refunds=counted_before(cutoff).filter(**of_documents),
            reference=Subquery(lines.values("document__reference")[:1]),
        )
