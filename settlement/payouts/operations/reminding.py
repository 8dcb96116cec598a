"""Reminding sellers of what they were asked to pay."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import translation

from marketplace.kernel.mail import write_mail
from marketplace.kernel.models import OutgoingMail
from marketplace.kernel.zones import local_date
from marketplace.parties.models import Market
from settlement.payouts import wording
from settlement.payouts.models import Collection, CollectionState

EVERY_DAYS, MOST = 7, 4


def remind_of_demands(*, market: Market, at: datetime, limit: int = 1000) -> int:
    """Write to the sellers whose demand is overdue, once a week; how many were written to."""
    today, written = local_date(at, market.zone), 0
    late = Collection.objects.filter(
        market=market,
        state=CollectionState.DEMANDED,
        due_on__lte=today - timedelta(days=EVERY_DAYS),
        due_on__gt=today - timedelta(days=(MOST + 1) * EVERY_DAYS),
    ).select_related("seller", "market", "set_off")
    for collection in late.order_by("due_on", "pk")[:limit]:
        written += _remind(collection, (today - collection.due_on).days // EVERY_DAYS, at)
    return written


@transaction.atomic
def _remind(collection: Collection, week: int, at: datetime) -> bool:
    key = f"collection:{collection.reference}:reminder:{week}"
    if OutgoingMail.objects.filter(key=key).exists():
        return False
    market = collection.market
    with translation.override(market.spoken):
        subject, body = wording.demand_letter(collection, reminder=True)
    write_mail(
        key=key,
        market=market,
        to=[collection.seller.email],
        seller_id=collection.seller_id,
        at=at,
        subject=subject,
        body=body,
    )
    return True
