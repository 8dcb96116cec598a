"""Background work of netting."""

import logging
from collections.abc import Callable

from celery import shared_task
from django.db import transaction
from django.utils import timezone

from marketplace.kernel.jobs import Claimed, job
from marketplace.parties.models import Market
from settlement.netting.models import Ground
from settlement.netting.operations.answering import accept_lapsed
from settlement.netting.operations.opening import open_billing, open_documents, open_invoices
from settlement.netting.operations.proposing import propose_left, propose_overdue, propose_set_offs
from settlement.netting.operations.rendering import render_set_off

log = logging.getLogger(__name__)


@job("netting.take_documents", lease_seconds=300)
def take_documents(claimed: Claimed, *, document_ids: list[int]) -> None:
    """Open items for what issued documents make the two sides owe; agency documents are netted at once."""
    now = timezone.now()
    with claimed.effect():
        sellers = open_documents(document_ids=document_ids)
        propose_set_offs(seller_ids=sellers, ground=Ground.DOCUMENT, at=now)


@job("netting.take_invoices")
def take_invoices(claimed: Claimed, *, invoice_ids: list[int]) -> None:
    """Open items for booked invoices, and propose to set them off."""
    now = timezone.now()
    with claimed.effect():
        sellers = open_invoices(invoice_ids=invoice_ids, at=now)
        propose_set_offs(seller_ids=sellers, ground=Ground.INVOICE, at=now)


@job("netting.take_billing")
def take_billing(claimed: Claimed, *, billing_invoice_id: int) -> None:
    """Open the item of an invoice for fees, or of its credit note, which is netted at once."""
    with claimed.effect():
        sellers = open_billing(billing_invoice_id=billing_invoice_id)
        propose_set_offs(seller_ids=sellers, ground=Ground.INVOICE, at=timezone.now())


@job("netting.propose")
def propose(claimed: Claimed, *, seller_ids: list[int]) -> None:
    """Propose to set off what is free by now."""
    with claimed.effect():
        propose_set_offs(seller_ids=seller_ids, ground=Ground.INVOICE, at=timezone.now())


@job("netting.render", lease_seconds=300)
def render(claimed: Claimed, *, set_off_id: int) -> None:
    """Draw a set-off's agreement, and send it to the seller."""
    render_set_off(claimed, set_off_id=set_off_id, at=timezone.now())


@shared_task(name="netting.accept_due", ignore_result=True)
def accept_due() -> None:
    """Take silence past the deadline for agreement, a batch at a time."""
    while accept_lapsed(at=timezone.now()):
        pass


@shared_task(name="netting.propose_overdue", ignore_result=True)
def propose_due() -> None:
    """Ask sellers for what they owe and nothing else will settle, and propose what was left behind."""
    _in_each_market(lambda market: propose_overdue(market=market, at=timezone.now()))
    _in_each_market(lambda market: propose_left(market=market, at=timezone.now()))


def _in_each_market(act: Callable[[Market], object]) -> None:
    """Do something in every market; one that fails is told of and stops no other."""
    for market in Market.objects.order_by("code"):
        try:
            with transaction.atomic():
                act(market)
        except Exception:
            log.exception("%s failed", market)
