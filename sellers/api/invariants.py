"""What keys, webhooks and messages promise."""

from collections.abc import Iterable
from datetime import timedelta

from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone

from marketplace.kernel.books import book_check
from marketplace.kernel.secrets import Unreadable, unseal
from marketplace.orders.models import OrderChange
from sellers.api.models import Delivery, DeliveryState, Mark, Switch, Webhook
from sellers.api.rules import MOST_TRIES

PATIENCE = timedelta(minutes=15)


@book_check("webhooks: every move of an order is written down for its seller's webhook")
def untold_moves() -> Iterable[str]:
    newest = Mark.objects.order_by("-pk").first()
    if newest is None:
        return
    told = Delivery.objects.filter(change=OuterRef("pk"))
    moves = OrderChange.objects.filter(
        ~Exists(told),
        pk__lte=newest.reached,
        pk__gt=F("order__seller__webhook__after"),
        order__seller__webhook__state=Switch.ON,
    )
    for pk, number in moves.order_by("pk").values_list("pk", "order__number"):
        yield f"order {number}: move {pk}"


@book_check("webhooks: every message ends once, delivered or given up on, after no more tries than there are")
def strange_ends() -> Iterable[str]:
    delivered = Q(state=DeliveryState.DONE)
    well = Q(status__gte=200, status__lt=300, fault="", tries__gt=0)
    strange = Delivery.objects.filter((delivered & ~well) | (~delivered & well) | Q(tries__gt=MOST_TRIES))
    yield from (str(row) for row in strange.order_by("pk"))


@book_check("webhooks: no message waits unworked for a quarter of an hour")
def forgotten_messages() -> Iterable[str]:
    late = timezone.now() - PATIENCE
    awake = Q(webhook__rests_until__isnull=True) | Q(webhook__rests_until__lte=late)
    for row in Delivery.objects.due(at=late).filter(awake).select_related("webhook").order_by("pk"):
        yield f"{row} of {row.webhook}"


@book_check("webhooks: a message tells its own seller of its own orders")
def strayed_messages() -> Iterable[str]:
    fine = Q(webhook__seller=F("seller"))
    of_order = Q(order__isnull=True) | Q(order__seller=F("seller"), change__order=F("order"))
    yield from (str(row) for row in Delivery.objects.exclude(fine & of_order).order_by("pk"))


@book_check("webhooks: every secret opens with the keys there are")
def lost_secrets() -> Iterable[str]:
    for webhook in Webhook.objects.select_related("seller").order_by("pk"):
        try:
            unseal(webhook.secret)
        except Unreadable:
            yield f"webhook of seller {webhook.seller}"
