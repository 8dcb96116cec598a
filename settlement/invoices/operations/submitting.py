"""A seller hands in the invoice for a document."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from marketplace.kernel.audit import record
from marketplace.kernel.files import store
from marketplace.kernel.jobs import enqueue
from marketplace.kernel.models import StoredFile
from marketplace.kernel.zones import local_date
from marketplace.parties.models import BusinessModel, Seller
from settlement.documents.models import Document, Invoicing, State
from settlement.documents.operations.marking import mark_invoiced
from settlement.invoices.electronic import Electronic, told_from
from settlement.invoices.models import Invoice, InvoiceRate
from settlement.invoices.queries import variances
from settlement.invoices.rules import Told, Variance

KINDS = {
    "application/pdf": b"%PDF-",
    "image/png": b"\x89PNG\r\n\x1a\n",
    "image/jpeg": b"\xff\xd8\xff",
}
"""The files an invoice may be, and how each begins."""

MOST_BYTES = 10 << 20


class NotAwaited(Exception):
    """The document waits for no invoice: it is void, answered, or has nothing to invoice."""


class Differs(Exception):
    """The invoice does not equal its document; ``variances`` says where and why."""

    def __init__(self, found: tuple[Variance, ...]) -> None:
        super().__init__(_("The invoice does not equal the document; see what differs."))
        self.variances = found


class NumberTaken(Exception):
    """The seller has handed in another invoice under this number."""


class NoInvoiceFile(Exception):
    """The file is none of the kinds an invoice may be, or too large."""


@dataclass(frozen=True, slots=True)
class Paper:
    """The file of an invoice, as it was uploaded."""

    name: str
    head: bytes
    size: int
    chunks: Iterable[bytes]


@transaction.atomic
def submit_invoice(*, document_id: int, told: Told, paper: Paper, by: Any, at: datetime) -> Invoice:
    """Take in the seller's invoice for a document; accounting books it next.

    :raises NotAwaited: if the document waits for none.
    :raises Differs: if it does not equal the document.
    :raises NumberTaken: if the seller used its number before.
    :raises NoInvoiceFile: if the file is no PDF and no picture, or too large.
    """
    document = _locked(document_id)
    _check(document, told, at)
    content_type = _kind_of(paper)
    owner = document.seller_id
    file = store(name=paper.name, content_type=content_type, chunks=paper.chunks, at=at, seller_id=owner)
    return _take(document, told, file, "", by, at)


@transaction.atomic
def submit_kept(*, document_id: int, told: Told, file: StoredFile, by: Any, at: datetime) -> Invoice:
    """Take in an invoice whose file is kept already and which a person read.

    :raises NotAwaited: if the document waits for none.
    :raises Differs: if it does not equal the document.
    :raises NumberTaken: if the seller used its number before.
    """
    document = _locked(document_id)
    _check(document, told, at)
    return _take(document, told, file, "", by, at)


@transaction.atomic
def submit_electronic(
    *, document_id: int, electronic: Electronic, file: StoredFile, by: Any, at: datetime
) -> Invoice:
    """Take in an invoice as it was read from its file, line by line; accounting books it next.

    :raises NotAwaited: if the document waits for none.
    :raises Differs: if it does not equal the document.
    :raises NumberTaken: if the seller used its number before.
    """
    document = _locked(document_id)
    told = told_from(electronic, document)
    _check(document, told, at)
    return _take(document, told, file, electronic.document.syntax, by, at)


def _locked(document_id: int) -> Document:
    Seller.objects.locked().get(pk=Document.objects.values_list("seller", flat=True).get(pk=document_id))
    return Document.objects.locked().select_related("seller", "market", "period").get(pk=document_id)


def _check(document: Document, told: Told, at: datetime) -> None:
    _check_awaited(document)
    if found := variances(told, document, today=local_date(at, document.market.zone)):
        raise Differs(found)
    _check_number(document, told.number)


def _take(document: Document, told: Told, file: StoredFile, syntax: str, by: Any, at: datetime) -> Invoice:
    invoice = _write(document, told, file, syntax, by, at)
    mark_invoiced(document_id=document.pk, invoicing=Invoicing.RECEIVED)
    record(
        verb="invoice.submitted",
        subject=f"{document.reference} {invoice.number}",
        by=by,
        at=at,
        seller_id=document.seller_id,
        details={"gross": invoice.gross, "file": invoice.file.sha256},
    )
    enqueue("invoices.look", key=f"invoice:{invoice.pk}", seller_id=invoice.seller_id, invoice_id=invoice.pk)
    return invoice


def _check_awaited(document: Document) -> None:
    told = {"reference": document.reference}
    if document.state == State.VOID:
        raise NotAwaited(_("Document %(reference)s is void; do not invoice it.") % told)
    if document.invoicing != Invoicing.AWAITED:
        raise NotAwaited(_("Document %(reference)s has its invoice already.") % told)
    if document.purchase_gross <= 0 or document.model != BusinessModel.RESALE:
        raise NotAwaited(_("Document %(reference)s has nothing to invoice.") % told)


def _check_number(document: Document, number: str) -> None:
    standing = Invoice.objects.live().of(document.seller).filter(number__iexact=number).first()
    if standing is not None:
        raise NumberTaken(
            _(
                "You handed in invoice %(number)s for document %(reference)s already; "
                "each needs its own number."
            )
            % {"number": number, "reference": standing.document.reference}
        )


def _kind_of(paper: Paper) -> str:
    if paper.size > MOST_BYTES:
        raise NoInvoiceFile(_("The file is larger than 10 MB; hand in a smaller one."))
    for content_type, head in KINDS.items():
        if paper.head.startswith(head):
            return content_type
    raise NoInvoiceFile(_("The file is no PDF and no picture (PNG, JPEG); hand in one of these."))


def _write(document: Document, told: Told, file: StoredFile, syntax: str, by: Any, at: datetime) -> Invoice:
    net, vat = (sum(getattr(rate, name) for rate in told.rates.values()) for name in ("net", "vat"))
    invoice = Invoice.objects.create(
        market=document.market,
        seller=document.seller,
        document=document,
        number=told.number,
        issued_on=told.issued_on,
        currency=document.currency,
        net=net,
        vat=vat,
        gross=net + vat,
        file=file,
        syntax=syntax,
        submitted_at=at,
        submitted_by=by,
    )
    InvoiceRate.objects.bulk_create(
        InvoiceRate(invoice=invoice, vat_bp=vat_bp, net=rate.net, vat=rate.vat)
        for vat_bp, rate in sorted(told.rates.items())
        if rate.net or rate.vat
    )
    return invoice
