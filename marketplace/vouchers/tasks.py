"""Background work of vouchers: those whose last day has passed."""

import logging

from celery import shared_task
from django.utils import timezone

from marketplace.parties.models import Market
from marketplace.vouchers.operations import expire_due

LATE_DAYS = 3
"""For so long an order may be told of after its voucher's last day."""

log = logging.getLogger(__name__)


@shared_task(name="vouchers.expire", ignore_result=True)
def expire() -> None:
    """Expire what is due in every market; one that fails is told of and stops no other."""
    for market in Market.objects.order_by("code"):
        try:
            while expire_due(market=market, at=timezone.now(), late_days=LATE_DAYS):
                continue
        except Exception:
            log.exception("%s failed", market)
