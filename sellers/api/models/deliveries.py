"""The outbox of webhooks: one row for each move, or other news, of an order that is told."""

import uuid
from collections.abc import Mapping
from datetime import datetime

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from marketplace.orders.models import Order, OrderChange
from marketplace.parties.models import Seller
from sellers.api.models.webhooks import Webhook


class DeliveryState(models.TextChoices):
    WAITING = "waiting", _("Waiting")
    SENDING = "sending", _("Being sent")
    DONE = "done", pgettext_lazy("a message", "Delivered")
    DEAD = "dead", _("Not delivered")


class Event(models.TextChoices):
    NEW = "order.new", _("New order")
    CHANGED = "order.changed", _("New status")
    CONFIRMED = "order.confirmed", pgettext_lazy("an order", "Confirmed")
    PAID = "order.paid", _("Payment received")
    RETURN = "order.return", _("Return")
    REFUND = "order.refund", _("Refund")
    RECEIPT = "order.receipt", _("Receipt")
    TEST = "test", _("Test")


UNFINISHED = (DeliveryState.WAITING, DeliveryState.SENDING)


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    def of(self, seller: Seller) -> "DeliveryQuerySet":
        return self.filter(seller=seller)

    def locked(self) -> "DeliveryQuerySet":
        return self.order_by("pk").select_for_update(no_key=True, of=("self",))

    def unfinished(self) -> "DeliveryQuerySet":
        return self.filter(state__in=UNFINISHED)

    def due(self, *, at: datetime) -> "DeliveryQuerySet":
        """What may be tried now: also what a worker that died left being sent."""
        return self.unfinished().filter(due_at__lte=at)


class Delivery(models.Model):
    """A message to a seller's system. What is sent is the order as it is then; the receiver knows a
    message that comes twice by ``public_id``.

    ``again`` counts the times a person asked for the same move to be sent once more.
    """

    MOVES: Mapping[str, frozenset[str]] = {
        DeliveryState.WAITING: frozenset({DeliveryState.SENDING, DeliveryState.DEAD}),
        DeliveryState.SENDING: frozenset({DeliveryState.WAITING, DeliveryState.DONE, DeliveryState.DEAD}),
        DeliveryState.DONE: frozenset(),
        DeliveryState.DEAD: frozenset(),
    }

    public_id = models.UUIDField(_("delivery"), default=uuid.uuid4, unique=True, editable=False)
    webhook = models.ForeignKey(Webhook, models.PROTECT, related_name="deliveries", verbose_name=_("webhook"))
    seller = models.ForeignKey(
        Seller, models.PROTECT, related_name="+", verbose_name=_("seller"), db_index=False
    )
    order = models.ForeignKey(
        Order, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("order")
    )
    change = models.ForeignKey(
        OrderChange, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("move")
    )
    again = models.PositiveSmallIntegerField(_("sent again"), default=0)
    event = models.CharField(_("event"), max_length=15, choices=Event)
    state = models.CharField(_("state"), max_length=7, choices=DeliveryState, default=DeliveryState.WAITING)
    tries = models.PositiveSmallIntegerField(_("tries"), default=0)
    created_at = models.DateTimeField(_("created"))
    due_at = models.DateTimeField(_("next try"))
    tried_at = models.DateTimeField(_("last try"), null=True, blank=True)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    status = models.PositiveSmallIntegerField(_("HTTP status"), null=True, blank=True)
    fault = models.CharField(_("fault"), max_length=12, blank=True, default="")
    answer = models.TextField(_("answer"), blank=True, default="")

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        constraints = [
            models.UniqueConstraint(fields=["webhook", "change", "again"], name="one_delivery_per_move"),
            models.CheckConstraint(
                condition=Q(state__in=UNFINISHED, ended_at__isnull=True)
                | Q(~Q(state__in=UNFINISHED), ended_at__isnull=False),
                name="ended_delivery_says_when",
            ),
            models.CheckConstraint(
                condition=Q(order__isnull=True, change__isnull=True, event=Event.TEST)
                | Q(~Q(event=Event.TEST), order__isnull=False, change__isnull=False),
                name="delivery_tells_of_an_order_or_tests",
            ),
        ]
        indexes = [
            models.Index(
                fields=["webhook", "due_at"],
                condition=Q(state__in=["waiting", "sending"]),
                name="delivery_unfinished",
            ),
            models.Index(fields=["seller", "-created_at", "-id"], name="delivery_of_seller"),
        ]

    def __str__(self) -> str:
        return str(self.public_id)
