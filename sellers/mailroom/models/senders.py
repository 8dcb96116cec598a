"""Addresses that may send for a seller besides those of its logins."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from marketplace.parties.models import Seller


class AllowedSender(models.Model):
    """An address, or a whole domain written ``@shop.example``, in lower case."""

    seller = models.ForeignKey(
        Seller, models.CASCADE, related_name="allowed_senders", verbose_name=_("seller")
    )
    address = models.CharField(_("address or @domain"), max_length=254)
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("added by"),
    )
    added_at = models.DateTimeField(_("added"))

    class Meta:
        verbose_name = _("allowed sender")
        verbose_name_plural = _("allowed senders")
        constraints = [
            models.UniqueConstraint(fields=["seller", "address"], name="one_allowed_sender_per_seller")
        ]
        indexes = [models.Index(fields=["address"], name="allowed_sender_address")]

    def __str__(self) -> str:
        return self.address
