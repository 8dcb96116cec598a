"""Reminding sellers of documents they have not invoiced."""

from datetime import datetime

from django.db import transaction
from django.utils import translation

from marketplace.kernel.amounts import money_text
from marketplace.kernel.mail import write_mail
from marketplace.kernel.models import OutgoingMail
from marketplace.kernel.zones import local_date
from marketplace.parties.models import Market
from settlement.documents.models import Document
from settlement.invoices import wording
from settlement.invoices.queries import awaiting

EVERY_DAYS, MOST = 7, 4
"""A reminder a week, four in all; then the overdue cash is asked for by itself."""


def remind_of_invoices(*, market: Market, at: datetime, limit: int = 1000) -> int:
    """Write to the sellers whose document waits for its invoice, once a week; how many were written to."""
    today, written = local_date(at, market.zone), 0
    most = (MOST + 1) * EVERY_DAYS
    late = awaiting(market=market, on=today, days=EVERY_DAYS, most=most).select_related("seller", "market")
    for document in late[:limit]:
        written += _remind(document, (today - document.issued_on).days, at)
    return written


@transaction.atomic
def _remind(document: Document, days: int, at: datetime) -> bool:
    key = f"document:{document.reference}:reminder:{days // EVERY_DAYS}"
    if OutgoingMail.objects.filter(key=key).exists():
        return False
    market = document.market
    amount = money_text(document.purchase_gross, currency=document.currency, language=market.locale)
    letter = wording.credit_reminder_letter if document.is_credit else wording.reminder_letter
    with translation.override(market.spoken):
        subject, body = letter(
            reference=document.reference, amount=amount, days=days, entity=market.entity_name
        )
    write_mail(
        key=key,
        market=market,
        to=[document.seller.email],
        seller_id=document.seller_id,
        at=at,
        subject=subject,
        body=body,
    )
    return True
