"""Where a seller's system wants to be told of its orders."""

from datetime import datetime

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from marketplace.kernel.secrets import SealedField
from marketplace.parties.models import Seller


class Wire(models.TextChoices):
    SALDO = "saldo", _("Saldo (JSON)")
    UNAS = "unas", _("UNAS (XML)")


class Switch(models.TextChoices):
    ON = "on", pgettext_lazy("a webhook", "On")
    OFF = "off", pgettext_lazy("a webhook", "Off")


class WebhookQuerySet(models.QuerySet["Webhook"]):
    def of(self, seller: Seller) -> "WebhookQuerySet":
        return self.filter(seller=seller)

    def locked(self) -> "WebhookQuerySet":
        return self.order_by("pk").select_for_update(no_key=True, of=("self",))

    def awake(self, *, at: datetime) -> "WebhookQuerySet":
        """Switched on, and not resting after its server was away."""
        return self.filter(Q(rests_until__isnull=True) | Q(rests_until__lte=at), state=Switch.ON)


class Webhook(models.Model):
    """A seller's one address for its orders' moves.

    ``after`` is the key of the last move before it was switched on, or whose message was purged since: what
    came earlier is not told.
    ``failures`` counts the tries in a row its server did not answer well; meanwhile it rests as a whole.
    ``dead`` counts the deliveries given up on since the last that arrived.
    """

    seller = models.OneToOneField(Seller, models.PROTECT, related_name="webhook", verbose_name=_("seller"))
    url = models.CharField(_("address"), max_length=500)
    wire = models.CharField(_("format"), max_length=5, choices=Wire, default=Wire.SALDO)
    secret = SealedField(_("secret"))
    state = models.CharField(_("state"), max_length=3, choices=Switch, default=Switch.ON)
    switched_at = models.DateTimeField(_("switched"))
    after = models.BigIntegerField(_("after move"), default=0)
    failures = models.PositiveIntegerField(_("failures in a row"), default=0)
    rests_until = models.DateTimeField(_("rests until"), null=True, blank=True)
    dead = models.PositiveIntegerField(_("given up on in a row"), default=0)

    objects = WebhookQuerySet.as_manager()

    class Meta:
        verbose_name = _("webhook")
        verbose_name_plural = _("webhooks")

    def __str__(self) -> str:
        return self.url
