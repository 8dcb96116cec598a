"""Having messages sent, and written once more."""

from collections.abc import Iterable
from datetime import datetime

from marketplace.kernel.jobs import enqueue
from sellers.api.models import Delivery, Webhook


def wake(webhook: Webhook) -> None:
    """Have what is due to a webhook sent."""
    enqueue("api.push", key=f"webhook:{webhook.pk}", seller_id=webhook.seller_id, webhook_id=webhook.pk)


def write_again(webhook: Webhook, rows: Iterable[Delivery], *, at: datetime) -> list[Delivery]:
    """Write messages anew that tell what others told, and wake their webhook."""
    fresh = [
        Delivery(
            webhook=webhook,
            seller_id=webhook.seller_id,
            order_id=row.order_id,
            change_id=row.change_id,
            event=row.event,
            again=row.again + 1 if row.change_id else 0,
            created_at=at,
            due_at=at,
        )
        for row in rows
    ]
    wake(webhook)
    return Delivery.objects.bulk_create(fresh)
