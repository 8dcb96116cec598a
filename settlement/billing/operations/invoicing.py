"""Invoicing the commission of agency documents, and crediting that of credit documents."""

from collections.abc import Sequence
from datetime import datetime

from django.db import connection

from marketplace.kernel.audit import Act, record_all
from marketplace.kernel.jobs import Errand, enqueue, enqueue_all
from marketplace.kernel.numbers import take_numbers
from marketplace.ledger.operations import post_all
from marketplace.ledger.rules import Draft, Leg
from marketplace.parties.models import BusinessModel, Seller
from settlement.billing.models import FeeInvoice, Kind
from settlement.documents.models import Document, DocumentLine, DocumentRate, Invoicing
from settlement.documents.operations.marking import mark_invoiced

SERIES = {Kind.INVOICE: ("fee_invoice", "F"), Kind.CREDIT: ("fee_credit_note", "FC")}


def invoice_commission(*, document_ids: Sequence[int], at: datetime) -> list[FeeInvoice]:
    """Issue the fee invoices of agency documents, and the credit notes of their credit documents; what is
    invoiced already, or void, or has no commission, is passed over.
    """
    assert connection.in_atomic_block
    owners = Document.objects.filter(pk__in=document_ids).values_list("seller", flat=True)
    list(Seller.objects.locked().filter(pk__in=list(owners)).values_list("pk"))
    documents = list(
        Document.objects.live()
        .locked()
        .select_related("market", "period")
        .filter(pk__in=document_ids, model=BusinessModel.AGENCY, fee_invoice__isnull=True)
    )
    rates = _rates(documents)
    fresh = [_prepared(document, rates[document.pk], at) for document in documents if document.commission_net]
    _name_originals(fresh)
    _number(fresh)
    FeeInvoice.objects.bulk_create(fresh)
    for row in fresh:
        mark_invoiced(document_id=row.document_id, invoicing=Invoicing.BOOKED)
    post_all([_draft(row) for row in fresh])
    _tell(fresh, at)
    enqueue("netting.take_documents", key=f"billed:{document_ids[0]}", document_ids=list(document_ids))
    return fresh


def _rates(documents: Sequence[Document]) -> dict[int, int]:
    """The VAT rate of each document's commission; the highest, where what came back spans a change of it."""
    rows = DocumentRate.objects.filter(document__in=documents).exclude(net=0).order_by("vat_bp")
    return dict(rows.values_list("document", "vat_bp"))


def _prepared(document: Document, vat_bp: int, at: datetime) -> FeeInvoice:
    return FeeInvoice(
        # A commission below nothing is credited where others are invoiced, and the other way round.
        kind=Kind.CREDIT if document.is_credit == (document.commission_net > 0) else Kind.INVOICE,
        market=document.market,
        seller_id=document.seller_id,
        document=document,
        year=document.issued_on.year,
        issued_at=at,
        issued_on=document.issued_on,
        supplied_on=document.period.span.last_on,
        currency=document.currency,
        vat_bp=vat_bp,
        net=abs(document.commission_net),
        vat=abs(document.commission_vat),
        gross=abs(document.commission_net + document.commission_vat),
        parties=document.parties,
    )


def _name_originals(rows: Sequence[FeeInvoice]) -> None:
    """Name on each credit note the invoices it credits: those of the documents that billed its orders."""
    notes = [row for row in rows if row.kind == Kind.CREDIT]
    for row in notes:
        billed = DocumentLine.objects.filter(document=row.document_id).values("original")
        found = FeeInvoice.objects.filter(document__reference__in=billed).order_by("pk")
        row.originals = list(found.values_list("reference", flat=True))


def _number(rows: Sequence[FeeInvoice]) -> None:
    by_series: dict[tuple[int, str, int], list[FeeInvoice]] = {}
    for row in rows:
        by_series.setdefault((row.market_id, row.kind, row.year), []).append(row)
    for (market_id, kind, year), some in sorted(by_series.items()):
        series, letters = SERIES[Kind(kind)]
        numbers = take_numbers(market_id=market_id, kind=series, year=year, count=len(some))
        for row, serial in zip(some, numbers, strict=True):
            row.serial = serial
            row.reference = f"{row.market.code}-{letters}-{year}-{serial:06d}"


def _draft(row: FeeInvoice) -> Draft:
    sign, account = (-1, "payable") if row.is_credit else (1, "receivable")
    return Draft(
        key=row.key,
        market_id=row.market_id,
        at=row.issued_at,
        text=f"{'Credit note' if row.is_credit else 'Commission invoice'} {row.reference}",
        legs=(
            Leg(account, sign * row.gross, seller_id=row.seller_id),
            Leg("commission", -sign * row.net),
            Leg("vat", -sign * row.vat),
        ),
    )


def _tell(rows: Sequence[FeeInvoice], at: datetime) -> None:
    acts = [Act(row.reference, row.seller_id, {"gross": row.gross}) for row in rows]
    record_all(verb="fee_invoice.issued", acts=acts, by=None, at=at)
    errands = [Errand(row.reference, {"fee_invoice_id": row.pk}, row.seller_id) for row in rows]
    enqueue_all("billing.render", errands)
