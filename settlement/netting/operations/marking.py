"""Noting on papers that no set-off, and no dispute about cash, rests on them any more."""

from collections.abc import Iterable

from django.db import connection

from settlement.documents.operations.marking import mark_netted as mark_documents
from settlement.invoices.operations.marking import mark_netted as mark_invoices
from settlement.netting.models import Item, LineState, Paper
from settlement.netting.queries import cash_disputes

LIVE = (LineState.PROPOSED, LineState.AGREED)


def free_papers(*, item_ids: Iterable[int]) -> None:
    """Free the documents and invoices of items on which nothing rests now."""
    assert connection.in_atomic_block
    items = Item.objects.filter(pk__in=list(item_ids))
    of_documents = items.exclude(paper=Paper.INVOICE).filter(document__isnull=False)
    documents = set(of_documents.values_list("document", flat=True))
    held = Item.objects.filter(document__in=documents).exclude(paper=Paper.INVOICE)
    cash = held.filter(lines__state__in=LIVE)
    disputed = cash_disputes().filter(cash_item__document__in=documents)
    documents -= set(cash.values_list("document", flat=True))
    documents -= set(disputed.values_list("cash_item__document", flat=True))
    mark_documents(document_ids=documents, at=None)
    loose = items.filter(paper=Paper.INVOICE).exclude(lines__state__in=LIVE)
    mark_invoices(invoice_ids=[pk for pk in loose.values_list("invoice", flat=True) if pk], at=None)
