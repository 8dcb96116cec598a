"""Background work of sellers' invoices."""

import logging

from celery import shared_task
from django.utils import timezone

from marketplace.kernel.jobs import Claimed, job
from marketplace.parties.models import Market
from settlement.invoices.operations.looking import look_at_invoice
from settlement.invoices.operations.reminding import remind_of_invoices

log = logging.getLogger(__name__)


@job("invoices.look")
def look(claimed: Claimed, *, invoice_id: int) -> None:
    """Look for what must stand on an invoice's file."""
    look_at_invoice(claimed, invoice_id=invoice_id)


@shared_task(name="invoices.remind", ignore_result=True)
def remind() -> None:
    """Remind the sellers of every market of what they have not invoiced."""
    for market in Market.objects.order_by("code"):
        try:
            remind_of_invoices(market=market, at=timezone.now())
        except Exception:
            log.exception("reminding in %s failed", market)
