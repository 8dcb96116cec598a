"""Background work of fee invoices."""

from django.utils import timezone

from marketplace.kernel.jobs import Claimed, job
from settlement.billing.operations.invoicing import invoice_commission
from settlement.billing.operations.rendering import render_fee_invoice


@job("billing.invoice_commission", lease_seconds=300)
def invoice(claimed: Claimed, *, document_ids: list[int]) -> None:
    """Issue the commission invoices, or credit notes, of agency documents."""
    with claimed.effect():
        invoice_commission(document_ids=document_ids, at=timezone.now())


@job("billing.render")
def render(claimed: Claimed, *, fee_invoice_id: int) -> None:
    """Draw a fee invoice's PDF and workbook, and send them to the seller."""
    render_fee_invoice(claimed, fee_invoice_id=fee_invoice_id, at=timezone.now())
