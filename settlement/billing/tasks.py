"""Background work of billing."""

from datetime import date

from celery import shared_task
from django.utils import timezone

from marketplace.kernel.jobs import Claimed, job
from marketplace.parties.models import Market
from settlement.billing.operations.automatic import run_deposit, run_period, start_due
from settlement.billing.operations.drafting import drop_old_drafts
from settlement.billing.operations.drawing import draw_billing_invoice
from settlement.billing.operations.invoicing import invoice_commission
from settlement.billing.operations.monthly import invoice_fees, start_month
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


@job("billing.draw_invoice")
def draw(claimed: Claimed, *, billing_invoice_id: int) -> None:
    """Draw a billing invoice's files and send them to its recipient."""
    draw_billing_invoice(claimed, billing_invoice_id=billing_invoice_id, at=timezone.now())


@job("billing.run_automatic")
def run(claimed: Claimed, *, of_seller_id: int, first_on: str, end_on: str) -> None:
    """Invoice a period's deposits by themselves."""
    first, end = date.fromisoformat(first_on), date.fromisoformat(end_on)
    with claimed.effect():
        run_period(seller_id=of_seller_id, first_on=first, end_on=end, at=timezone.now())


@job("billing.invoice_deposit")
def invoice_one(claimed: Claimed, *, deposit_id: int) -> None:
    """Invoice one deposit by itself."""
    with claimed.effect():
        run_deposit(deposit_id=deposit_id, at=timezone.now())


@job("billing.invoice_fees")
def invoice_month(claimed: Claimed, *, of_seller_id: int, before: str) -> None:
    """Invoice the fees of past months that deposits did not cover."""
    with claimed.effect():
        invoice_fees(seller_id=of_seller_id, before=date.fromisoformat(before), at=timezone.now())


@shared_task(name="billing.start_due")
def start() -> None:
    """Wake automatic invoicing where a period is over, and the month's fees."""
    now = timezone.now()
    start_due(at=now)
    for market in Market.objects.filter(takes_deposits=True).order_by("code"):
        start_month(market=market, at=now)


@shared_task(name="billing.drop_drafts")
def drop_drafts() -> None:
    """Forget drafts of invoices that nobody issued."""
    drop_old_drafts(at=timezone.now())
