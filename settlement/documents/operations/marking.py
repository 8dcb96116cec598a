"""What later stages note on documents, so that nothing they rest on is voided under them."""

from collections.abc import Iterable
from datetime import datetime

from django.db import connection

from settlement.documents.models import Document, Invoicing


def mark_invoiced(*, document_id: int, invoicing: Invoicing) -> None:
    """Note how far the seller's invoice for a document is; the caller has locked the document."""
    assert connection.in_atomic_block
    Document.objects.filter(pk=document_id).update(invoicing=invoicing)


def mark_netted(*, document_ids: Iterable[int], at: datetime | None) -> None:
    """Note since when the cash of documents is on a set-off; None: it is on none any more."""
    assert connection.in_atomic_block
    Document.objects.filter(pk__in=list(document_ids)).update(netted_at=at)
