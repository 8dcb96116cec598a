"""Background work of vouchers: those whose last day has passed."""

import logging

from celery import shared_task
from django.utils import timezone

from marketplace.parties.models import Market
from marketplace.vouchers.operations import expire_due

log = logging.getLogger(__name__)


@shared_task(name="vouchers.expire", ignore_result=True)
def expire() -> None:
    """Expire what is due in every market; one that fails is told of and stops no other."""
    for market in Market.objects.order_by("code"):
        try:
            while expire_due(market=market, at=timezone.now()):
                continue
        except Exception:
            log.exception("%s failed", market)
