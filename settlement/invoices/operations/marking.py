"""What netting notes on invoices, so that none is undone under a set-off."""

from collections.abc import Iterable
from datetime import datetime

from django.db import connection

from settlement.invoices.models import Invoice


def mark_netted(*, invoice_ids: Iterable[int], at: datetime | None) -> None:
    """Note since when invoices are on a set-off; None: they are on none any more."""
    assert connection.in_atomic_block
    Invoice.objects.filter(pk__in=list(invoice_ids)).update(netted_at=at)
