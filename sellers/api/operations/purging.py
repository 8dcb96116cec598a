"""Forgetting the messages of long ago."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Max
from django.db.models.functions import Greatest

from sellers.api.models import Delivery, Webhook

KEPT = timedelta(days=90)
PORTION = 2000


def purge_deliveries(*, at: datetime) -> int:
    """Delete the messages that ended ninety days ago, the oldest first, some at a time; how many."""
    count = 0
    while deleted := _purge_portion(at - KEPT):
        count += deleted
    return count


@transaction.atomic
def _purge_portion(before: datetime) -> int:
    """Delete a portion, and note on its webhooks up to which move nothing is told any more."""
    old = Delivery.objects.filter(ended_at__lt=before).order_by("pk").values_list("pk", flat=True)
    rows = Delivery.objects.filter(pk__in=list(old[:PORTION]))
    last = rows.order_by().values_list("webhook").annotate(last=Max("change")).order_by("webhook")
    for webhook, move in last:
        if move is not None:
            Webhook.objects.filter(pk=webhook).update(after=Greatest(F("after"), move))
    return rows.delete()[0]
