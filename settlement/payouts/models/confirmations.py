"""Balance confirmations: what stood between the marketplace and a seller at the end of a day."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from marketplace.kernel.models import StoredFile
from marketplace.parties.models import Market, Seller


class ConfirmationQuerySet(models.QuerySet["Confirmation"]):
    def of(self, seller: Seller) -> "ConfirmationQuerySet":
        return self.filter(seller=seller)

    def locked(self) -> "ConfirmationQuerySet":
        return self.order_by("pk").select_for_update(no_key=True, of=("self",))


class Confirmation(models.Model):
    """A statement of both sides' debts at the end of a day, in minor units of ``currency``; written once."""

    market = models.ForeignKey(Market, models.PROTECT, related_name="+", verbose_name=_("market"))
    seller = models.ForeignKey(Seller, models.PROTECT, related_name="confirmations", verbose_name=_("seller"))
    as_of = models.DateField(_("at the end of"))
    before = models.DateTimeField(_("before"))
    currency = models.CharField(_("currency"), max_length=3)
    owed_to_seller = models.BigIntegerField(_("owed to the seller"))
    owed_by_seller = models.BigIntegerField(_("owed by the seller"))
    asked_at = models.DateTimeField(_("asked for"))
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("by"),
    )
    pdf = models.ForeignKey(
        StoredFile, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("PDF")
    )

    objects = ConfirmationQuerySet.as_manager()

    class Meta:
        verbose_name = _("balance confirmation")
        verbose_name_plural = _("balance confirmations")
        constraints = [
            models.CheckConstraint(
                condition=Q(owed_to_seller__gte=0, owed_by_seller__gte=0), name="confirmation_is_positive"
            )
        ]
        indexes = [models.Index(fields=["seller", "-asked_at"], name="confirmation_of_seller")]

    def __str__(self) -> str:
        return f"{self.seller_id}: {self.as_of}"

    @property
    def reference(self) -> str:
        """What its paper is called: the seller and the day."""
        return f"{self.market.code}-{self.seller.partner_number}-{self.as_of:%Y%m%d}"

    @property
    def net(self) -> int:
        """Due to the seller; negative: due from the seller."""
        return self.owed_to_seller - self.owed_by_seller
