"""Invoicing the month's fees that deposits did not cover."""

from dataclasses import replace
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from marketplace.kernel.jobs import enqueue
from marketplace.kernel.zones import local_date
from marketplace.parties.models import Market, Seller
from settlement.billing.models import BillingInvoice, BillingLine, Fee, Origin, Subject
from settlement.billing.operations.issuing import MOST_LINES, Issue, check_recipient, write_invoice
from settlement.billing.queries import recipient_for, registered
from settlement.billing.refusals import BadRecipient
from settlement.billing.rules.amounts import invoice_amounts
from settlement.billing.rules.recipients import Recipient, recipient_of

USUAL_CODES = {"MX": {12: ("601", "G03"), 13: ("612", "G03")}}
"""Regime and use of companies and of persons, known by the length of their tax id, who never said theirs."""


def start_month(*, market: Market, at: datetime) -> int:
    """Wake the invoicing of fees of months that are over in a market; how many sellers have some."""
    first = local_date(at, market.zone).replace(day=1)
    waiting = _never_invoiced().order_by().filter(market=market, charged_on__lt=first)
    sellers = sorted(set(waiting.values_list("seller", flat=True)))
    with transaction.atomic():
        for seller_id in sellers:
            _wake(seller_id, first)
    return len(sellers)


@transaction.atomic
def invoice_fees(*, seller_id: int, before: date, at: datetime, by: Any = None) -> BillingInvoice | None:
    """Invoice what neither deposits nor an invoice cover of the fees charged before a day, those of one VAT
    rate; run again, it finds the rest, or nothing.
    """
    seller = Seller.objects.locked().select_related("market").get(pk=seller_id)
    fees = list(_never_invoiced().filter(seller=seller, charged_on__lt=before)[:MOST_LINES])
    if not fees:
        return None
    fees = [fee for fee in fees if fee.vat_bp == fees[0].vat_bp]
    invoice = write_invoice(
        seller=seller,
        subject=Subject.FEES,
        things=fees,
        amounts=invoice_amounts([fee.uncovered for fee in fees], fees[0].vat_bp),
        recipient=_recipient(seller),
        issue=Issue(Origin.MONTH, by, at),
    )
    if _never_invoiced().filter(seller=seller, charged_on__lt=before).exists():
        _wake(seller_id, before, after=invoice.reference)
    return invoice


def _never_invoiced() -> "QuerySet[Fee]":
    """Fees that nothing covers: what a request took off an invoice waits for a deposit, or is taken back."""
    lines = BillingLine.objects.filter(fee=OuterRef("pk"))
    return Fee.objects.uncovered().exclude(Exists(lines))


def _wake(seller_id: int, before: date, *, after: str = "") -> None:
    enqueue(
        "billing.invoice_fees",
        key=f"{seller_id}:{before.isoformat()}:{after}",
        seller_id=seller_id,
        of_seller_id=seller_id,
        before=before.isoformat(),
    )


def _recipient(seller: Seller) -> Recipient:
    """The seller's usual recipient; what is owed is invoiced also where its data are not complete."""
    recipient = recipient_for(seller)
    try:
        check_recipient(recipient)
    except BadRecipient:
        regime, use = USUAL_CODES.get(seller.country, {}).get(len(seller.tax_id), ("", ""))
        return replace(recipient_of(registered(seller)), regime=regime, use=use)
    return recipient
