"""Background work of payouts and collections."""

import logging

from celery import shared_task
from django.utils import timezone

from marketplace.kernel.jobs import Claimed, job
from marketplace.parties.models import Market
from settlement.payouts.operations.batching import write_file
from settlement.payouts.operations.confirming import render_confirmation
from settlement.payouts.operations.preparing import prepare
from settlement.payouts.operations.reading import read_statement
from settlement.payouts.operations.reminding import remind_of_demands
from settlement.payouts.operations.rendering import render_advice, render_demand

log = logging.getLogger(__name__)


@job("payouts.prepare")
def prepare_rest(claimed: Claimed, *, set_off_id: int) -> None:
    """Prepare what an agreed set-off leaves to be paid."""
    with claimed.effect():
        prepare(set_off_id=set_off_id, at=timezone.now())


@job("payouts.write_file", lease_seconds=300)
def write_payment_file(claimed: Claimed, *, batch_id: int) -> None:
    """Write the payment file of an approved batch."""
    with claimed.effect():
        write_file(batch_id=batch_id, at=timezone.now())


@job("payouts.read")
def read(claimed: Claimed, *, statement_id: int) -> None:
    """Read a bank's file and match its movements."""
    read_statement(claimed, statement_id=statement_id, at=timezone.now())


@job("payouts.render")
def render(claimed: Claimed, *, payout_id: int) -> None:
    """Draw a payout's remittance advice, and send it to the seller."""
    render_advice(claimed, payout_id=payout_id, at=timezone.now())


@job("payouts.render_demand")
def render_demanded(claimed: Claimed, *, collection_id: int) -> None:
    """Draw a demand, and send it to the seller."""
    render_demand(claimed, collection_id=collection_id, at=timezone.now())


@job("payouts.render_confirmation")
def render_confirmed(claimed: Claimed, *, confirmation_id: int) -> None:
    """Draw a balance confirmation."""
    render_confirmation(claimed, confirmation_id=confirmation_id, at=timezone.now())


@shared_task(name="payouts.remind", ignore_result=True)
def remind() -> None:
    """Remind the sellers of every market of what they were asked to pay."""
    for market in Market.objects.order_by("code"):
        try:
            remind_of_demands(market=market, at=timezone.now())
        except Exception:
            log.exception("reminding in %s failed", market)
