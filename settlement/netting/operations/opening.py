"""Opening items: what documents make the two sides owe, sellers' booked invoices, and ours for fees."""

from collections.abc import Sequence
from datetime import datetime

from django.db import connection
from django.db.models import F

from marketplace.parties.models import BusinessModel
from settlement.billing.models import BillingInvoice, Subject
from settlement.documents.models import Document, DocumentLine
from settlement.invoices.models import Invoice
from settlement.invoices.models import State as InvoiceState
from settlement.netting.models import Dispute, Item, Paper, Side

CHUNK = 500

HEAD = """
INSERT INTO netting_item (market_id, seller_id, side, paper, document_id, fee_id, order_id, number, due_at,
                          opened_at, currency, total, settled, reserved, withheld)
"""
OPEN_CASH = (
    HEAD
    + """
SELECT document.market_id, document.seller_id,
       CASE document.kind WHEN 'credit' THEN 'payable' ELSE 'receivable' END, 'cash', document.id,
       CAST(NULL AS bigint), line.order_id, line.number,
       CASE document.kind WHEN 'credit' THEN document.issued_at ELSE line.delivered_at END,
       document.issued_at, document.currency, line.held_by_seller, 0, 0, 0
FROM documents_documentline line JOIN documents_document document ON document.id = line.document_id
WHERE document.id IN ({places}) AND document.state <> 'void' AND document.model = 'resale'
  AND line.held_by_seller > 0
ON CONFLICT DO NOTHING
"""
)
"""One statement however many orders: rows of the same document and order stand once."""

OPEN_HELD = (
    HEAD
    + """
SELECT document.market_id, document.seller_id,
       CASE WHEN (document.held_by_marketplace > 0) = (document.kind <> 'credit')
            THEN 'payable' ELSE 'receivable' END,
       'held', document.id, CAST(NULL AS bigint), CAST(NULL AS bigint), document.reference,
       document.issued_at, document.issued_at, document.currency, abs(document.held_by_marketplace), 0, 0, 0
FROM documents_document document
WHERE document.id IN ({places}) AND document.state <> 'void' AND document.model = 'agency'
  AND document.held_by_marketplace <> 0
ON CONFLICT DO NOTHING
"""
)

OPEN_FEES = (
    HEAD
    + """
SELECT fee.market_id, fee.seller_id, CASE fee.kind WHEN 'credit' THEN 'payable' ELSE 'receivable' END,
       'fee', fee.document_id, fee.id, CAST(NULL AS bigint), fee.reference, fee.issued_at, fee.issued_at,
       fee.currency, fee.gross, 0, 0, 0
FROM billing_feeinvoice fee WHERE fee.document_id IN ({places})
ON CONFLICT DO NOTHING
"""
)


def open_documents(*, document_ids: Sequence[int]) -> list[int]:
    """Open what documents make the two sides owe each other: cash in resale, held money and commission in
    agency; the sellers to whom agency documents can be settled now.
    """
    open_cash(document_ids=document_ids)
    _insert(OPEN_HELD, document_ids)
    _insert(OPEN_FEES, document_ids)
    billed = Document.objects.live().filter(pk__in=document_ids, model=BusinessModel.AGENCY)
    return sorted(set(billed.values_list("seller", flat=True)))


def open_cash(*, document_ids: Sequence[int]) -> int:
    """Open an item for each order of the documents whose cash the seller holds; how many are new."""
    return _insert(OPEN_CASH, document_ids)


def _insert(text: str, document_ids: Sequence[int]) -> int:
    assert connection.in_atomic_block
    opened = 0
    with connection.cursor() as cursor:
        for start in range(0, len(document_ids), CHUNK):
            chunk = document_ids[start : start + CHUNK]
            # Only the number of places is written into the text; the values are parameters.
            cursor.execute(text.format(places=", ".join(["%s"] * len(chunk))), list(chunk))
            opened += cursor.rowcount
    return opened


def open_invoices(*, invoice_ids: Sequence[int], at: datetime) -> list[int]:
    """Open an item for each booked invoice that has none; the sellers concerned.

    The cash of their documents is opened with them, should the job that does it be late: an invoice is
    never netted, and then paid, without the cash its seller holds.
    """
    assert connection.in_atomic_block
    booked = Invoice.objects.filter(pk__in=invoice_ids, state=InvoiceState.BOOKED)
    open_cash(document_ids=list(booked.values_list("document", flat=True)))
    rows = [
        Item(
            market_id=invoice.market_id,
            seller_id=invoice.seller_id,
            side=Side.RECEIVABLE if invoice.document.is_credit else Side.PAYABLE,
            paper=Paper.INVOICE,
            document_id=invoice.document_id,
            invoice=invoice,
            number=invoice.number,
            due_at=invoice.booked_at or at,
            opened_at=invoice.booked_at or at,
            currency=invoice.currency,
            total=invoice.gross,
        )
        for invoice in booked.select_related("document").order_by("pk")
    ]
    Item.objects.bulk_create(rows, ignore_conflicts=True)
    _withhold_disputed(invoice_ids)
    return sorted({row.seller_id for row in rows})


def open_billing(*, billing_invoice_id: int) -> list[int]:
    """Open the item of an invoice for fees, owed by its seller, or of its credit note, owed to it, once; the
    sellers to whom something is owed now.
    """
    assert connection.in_atomic_block
    invoice = BillingInvoice.objects.get(pk=billing_invoice_id, subject=Subject.FEES)
    item = Item(
        market_id=invoice.market_id,
        seller_id=invoice.seller_id,
        side=Side.PAYABLE if invoice.is_credit else Side.RECEIVABLE,
        paper=Paper.SERVICE,
        billing=invoice,
        number=invoice.reference,
        due_at=invoice.issued_at,
        opened_at=invoice.issued_at,
        currency=invoice.currency,
        total=invoice.gross,
    )
    Item.objects.bulk_create([item], ignore_conflicts=True)
    return [invoice.seller_id] if invoice.is_credit else []


def _withhold_disputed(invoice_ids: Sequence[int]) -> None:
    """Withhold of newly billed invoices the shares of orders that are disputed already.

    An order's cash and its share stay open together, also where its invoice came, or came anew, later.
    """
    items = Item.objects.filter(invoice__in=invoice_ids, side=Side.PAYABLE, settled=0, reserved=0).order_by(
        "pk"
    )
    for item in items.select_for_update(no_key=True, of=("self",)):
        disputed = Dispute.objects.open().locked().exclude(invoice_item=item)
        lines = DocumentLine.objects.filter(document=item.document_id, order__in=disputed.values("order"))
        shares = {line.order_id: line.purchase_gross for line in lines}
        for dispute in disputed.filter(order__in=list(shares)):
            share = min(shares[dispute.order_id], item.available)
            if dispute.invoice_item_id is not None:
                Item.objects.filter(pk=dispute.invoice_item_id).update(withheld=F("withheld") - dispute.share)
            item.withheld += share
            dispute.invoice_item, dispute.share = item, share
            dispute.save(update_fields=["invoice_item", "share"])
        item.save(update_fields=["withheld"])
