"""The parts of an order's payment, and who holds the cash."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from marketplace.orders.models.orders import Order
from marketplace.vouchers.models import Voucher


class Method(models.TextChoices):
    VOUCHER = "voucher", _("Voucher")
    CARD = "card", _("Card")
    TRANSFER = "transfer", _("Bank transfer")
    COD = "cod", _("Cash on delivery")


class Custody(models.TextChoices):
    SELLER = "seller", _("Seller")
    MARKETPLACE = "marketplace", _("Marketplace")


class TenderState(models.TextChoices):
    AWAITED = "awaited", _("Awaited")
    CAPTURED = "captured", _("Received")


class Tender(models.Model):
    """One part of the payment: its method, its amount in minor units, who ends up holding it.

    ``refunded`` is what of it is to be given back, or was; a voucher without ``voucher`` was issued
    elsewhere, and its issuer pays the marketplace.
    """

    order = models.ForeignKey(Order, models.CASCADE, related_name="tenders", verbose_name=_("order"))
    position = models.PositiveSmallIntegerField(_("position"))
    method = models.CharField(_("method"), max_length=8, choices=Method)
    amount = models.BigIntegerField(_("amount"))
    custody = models.CharField(_("held by"), max_length=11, choices=Custody)
    state = models.CharField(_("state"), max_length=8, choices=TenderState, default=TenderState.AWAITED)
    paid_at = models.DateTimeField(_("received"), null=True, blank=True)
    voucher = models.ForeignKey(
        Voucher, models.PROTECT, null=True, blank=True, related_name="tenders", verbose_name=_("voucher")
    )
    refunded = models.BigIntegerField(_("refunded"), default=0)

    class Meta:
        verbose_name = _("tender")
        verbose_name_plural = _("tenders")
        constraints = [
            models.UniqueConstraint(fields=["order", "position"], name="one_tender_per_position"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="tender_is_positive"),
            models.CheckConstraint(
                condition=~Q(state=TenderState.CAPTURED) | Q(paid_at__isnull=False),
                name="captured_tender_says_when",
            ),
            models.CheckConstraint(
                condition=Q(refunded__gte=0, refunded__lte=F("amount")), name="tender_gives_back_what_it_gave"
            ),
            models.CheckConstraint(
                condition=Q(voucher__isnull=True) | Q(method=Method.VOUCHER, custody=Custody.MARKETPLACE),
                name="only_a_voucher_tender_has_a_voucher",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.method} {self.amount}"

    @property
    def refundable(self) -> int:
        """What of it can still be given back: nothing of what never arrived."""
        return self.amount - self.refunded if self.state == TenderState.CAPTURED else 0
