"""Fees for services, taken from deposits; what they do not cover is invoiced."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from marketplace.parties.models import Market, Seller
from settlement.billing.models.deposits import Deposit


class FeeKind(models.TextChoices):
    SHIPPING = "shipping", _("Shipping label")
    STORAGE = "storage", _("Storage")
    PROMOTION = "promotion", _("Promotion")
    SUBSCRIPTION = "subscription", _("Subscription")
    OTHER = "other", pgettext_lazy("fee", "Other")


class FeeSource(models.TextChoices):
    API = "api", _("Marketplace's systems")
    HAND = "hand", _("Entered by hand")


class FeeState(models.TextChoices):
    CHARGED = "charged", _("Charged")
    WITHDRAWN = "withdrawn", pgettext_lazy("fee", "Taken back")


class FeeQuerySet(models.QuerySet["Fee"]):
    def of(self, seller: Seller) -> "FeeQuerySet":
        return self.filter(seller=seller)

    def locked(self) -> "FeeQuerySet":
        return self.order_by("pk").select_for_update(no_key=True, of=("self",))

    def uncovered(self) -> "FeeQuerySet":
        """Those of which something neither deposits nor a live invoice cover, oldest first."""
        return self.filter(state=FeeState.CHARGED, gross__gt=F("taken") + F("invoiced")).order_by(
            "charged_at", "pk"
        )


class Fee(models.Model):
    """What the marketplace charges a seller for a service, in minor units, VAT included at ``vat_bp``.

    ``taken`` was taken from deposits, ``invoiced`` stands on a live invoice; the rest waits for the next
    deposit, or for the month's invoice.
    """

    reference = models.CharField(_("number"), max_length=24, unique=True)
    market = models.ForeignKey(Market, models.PROTECT, related_name="fees", verbose_name=_("market"))
    seller = models.ForeignKey(
        Seller, models.PROTECT, related_name="fees", verbose_name=_("seller"), db_index=False
    )
    year = models.PositiveSmallIntegerField(_("year"))
    serial = models.PositiveIntegerField(_("number in the series"))
    kind = models.CharField(_("service"), max_length=12, choices=FeeKind)
    text = models.CharField(_("what for"), max_length=200)
    source = models.CharField(_("source"), max_length=4, choices=FeeSource)
    external_id = models.CharField(_("number there"), max_length=80, blank=True, default="", db_index=False)
    currency = models.CharField(_("currency"), max_length=3)
    gross = models.BigIntegerField(_("amount"))
    vat_bp = models.PositiveIntegerField(_("VAT rate"))
    charged_at = models.DateTimeField(_("charged"))
    charged_on = models.DateField(_("day charged"))
    recorded_at = models.DateTimeField(_("recorded"))
    state = models.CharField(_("state"), max_length=9, choices=FeeState, default=FeeState.CHARGED)
    charged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("entered by"),
    )
    withdrawn_at = models.DateTimeField(_("taken back"), null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=300, blank=True, default="")
    taken = models.BigIntegerField(_("taken from deposits"), default=0)
    invoiced = models.BigIntegerField(_("invoiced"), default=0)

    objects = FeeQuerySet.as_manager()

    class Meta:
        verbose_name = _("fee")
        verbose_name_plural = _("fees")
        constraints = [
            models.UniqueConstraint(fields=["market", "year", "serial"], name="one_fee_per_number"),
            models.UniqueConstraint(
                fields=["market", "source", "external_id"],
                condition=~Q(external_id=""),
                name="one_fee_per_service",
            ),
            models.CheckConstraint(
                condition=Q(gross__gt=0, taken__gte=0, invoiced__gte=0)
                & Q(gross__gte=F("taken") + F("invoiced")),
                name="fee_is_paid_once",
            ),
            models.CheckConstraint(
                condition=Q(state=FeeState.CHARGED, withdrawn_at__isnull=True)
                | Q(state=FeeState.WITHDRAWN, withdrawn_at__isnull=False, taken=0, invoiced=0),
                name="withdrawn_fee_takes_nothing",
            ),
        ]
        indexes = [
            models.Index(fields=["seller", "-charged_at", "-id"], name="fee_of_seller"),
            models.Index(
                fields=["seller", "charged_at", "id"],
                condition=Q(state=FeeState.CHARGED, gross__gt=F("taken") + F("invoiced")),
                name="fee_uncovered",
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def uncovered(self) -> int:
        """What neither deposits nor a live invoice cover."""
        return self.gross - self.taken - self.invoiced if self.state == FeeState.CHARGED else 0


class FeeTaking(models.Model):
    """What a fee took from a deposit, with the VAT in it; undone with its fee, never changed."""

    fee = models.ForeignKey(Fee, models.PROTECT, related_name="takings", verbose_name=_("fee"))
    part = models.PositiveIntegerField(_("part"))
    deposit = models.ForeignKey(Deposit, models.PROTECT, related_name="takings", verbose_name=_("deposit"))
    gross = models.BigIntegerField(_("amount"))
    vat = models.BigIntegerField(_("VAT"))
    taken_at = models.DateTimeField(_("taken"))
    undone_at = models.DateTimeField(_("undone"), null=True, blank=True)

    class Meta:
        verbose_name = _("taking")
        verbose_name_plural = _("takings")
        constraints = [
            models.UniqueConstraint(fields=["fee", "part"], name="one_taking_per_part"),
            models.CheckConstraint(
                condition=Q(gross__gt=0, vat__gte=0, vat__lte=F("gross")), name="taking_is_positive"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.fee_id}: {self.gross}"

    @property
    def key(self) -> str:
        """What its entry in the books is called."""
        return f"fee:{self.fee.reference}:{self.part}"
