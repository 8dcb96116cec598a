"""Opening items: the cash a seller holds when a document is issued, its invoice when it is booked."""

from collections.abc import Sequence
from datetime import datetime

from django.db import connection
from django.db.models import F

from settlement.documents.models import DocumentLine
from settlement.invoices.models import Invoice
from settlement.invoices.models import State as InvoiceState
from settlement.netting.models import Dispute, Item, Side

CHUNK = 500

OPEN_CASH = """
INSERT INTO netting_item (market_id, seller_id, side, document_id, order_id, number, due_at, opened_at,
                          currency, total, settled, reserved, withheld)
SELECT document.market_id, document.seller_id, 'receivable', document.id, line.order_id, line.number,
       line.delivered_at, document.issued_at, document.currency, line.held_by_seller, 0, 0, 0
FROM documents_documentline line JOIN documents_document document ON document.id = line.document_id
WHERE document.id IN ({places}) AND document.state <> 'void' AND line.held_by_seller > 0
ON CONFLICT DO NOTHING
"""
"""One statement however many orders: rows of the same document and order stand once."""


def open_cash(*, document_ids: Sequence[int]) -> int:
    """Open an item for each order of the documents whose cash the seller holds; how many are new."""
    assert connection.in_atomic_block
    opened = 0
    with connection.cursor() as cursor:
        for start in range(0, len(document_ids), CHUNK):
            chunk = document_ids[start : start + CHUNK]
            # Only the number of places is written into the text; the values are parameters.
            cursor.execute(OPEN_CASH.format(places=", ".join(["%s"] * len(chunk))), list(chunk))
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
            side=Side.PAYABLE,
            document_id=invoice.document_id,
            invoice=invoice,
            number=invoice.number,
            due_at=invoice.booked_at or at,
            opened_at=invoice.booked_at or at,
            currency=invoice.currency,
            total=invoice.gross,
        )
        for invoice in booked.order_by("pk")
    ]
    Item.objects.bulk_create(rows, ignore_conflicts=True)
    _withhold_disputed(invoice_ids)
    return sorted({row.seller_id for row in rows})


def _withhold_disputed(invoice_ids: Sequence[int]) -> None:
    """Withhold of newly billed invoices the shares of orders that are disputed already.

    An order's cash and its share stay open together, also where its invoice came, or came anew, later.
    """
    items = Item.objects.filter(invoice__in=invoice_ids, settled=0, reserved=0).order_by("pk")
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
