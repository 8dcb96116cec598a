"""Vouchers: a means of payment the marketplace owes goods for, and every movement of theirs."""

from collections.abc import Mapping
from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from marketplace.kernel.models import Change
from marketplace.parties.models import Market


class State(models.TextChoices):
    ACTIVE = "active", _("Active")
    BLOCKED = "blocked", _("Blocked")
    EXPIRED = "expired", _("Expired")


class Origin(models.TextChoices):
    SOLD = "sold", _("Sold")
    GIVEN = "given", _("Given away")


class MovementKind(models.TextChoices):
    ISSUED = "issued", _("Issued")
    REDEEMED = "redeemed", _("Redeemed")
    REACTIVATED = "reactivated", _("Reactivated")
    EXPIRED = "expired", _("Expired")


class VoucherQuerySet(models.QuerySet["Voucher"]):
    def locked(self) -> "VoucherQuerySet":
        return self.order_by("pk").select_for_update(no_key=True, of=("self",))


class Voucher(models.Model):
    """A multi-purpose voucher in minor units of ``currency``.

    ``balance`` is stored so that a constraint can guard it, and proven from the movements; it may be
    redeemed on any day up to and including ``expires_on`` in the market.
    """

    MOVES: Mapping[str, frozenset[str]] = {
        State.ACTIVE: frozenset({State.BLOCKED, State.EXPIRED}),
        State.BLOCKED: frozenset({State.ACTIVE, State.EXPIRED}),
        State.EXPIRED: frozenset({State.ACTIVE, State.BLOCKED}),
    }

    market = models.ForeignKey(Market, models.PROTECT, related_name="vouchers", verbose_name=_("market"))
    code = models.CharField(_("code"), max_length=40)
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.ACTIVE)
    origin = models.CharField(_("how it came about"), max_length=5, choices=Origin)
    currency = models.CharField(_("currency"), max_length=3)
    amount = models.BigIntegerField(_("issued for"))
    balance = models.BigIntegerField(_("balance"))
    issued_at = models.DateTimeField(_("issued"))
    expires_on = models.DateField(_("last day"), null=True, blank=True)

    objects = VoucherQuerySet.as_manager()

    class Meta:
        verbose_name = _("voucher")
        verbose_name_plural = _("vouchers")
        permissions = [("see_code", "Can see whole codes, which is enough to pay with them")]
        constraints = [
            models.UniqueConstraint(fields=["market", "code"], name="one_voucher_per_code"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="voucher_is_positive"),
            models.CheckConstraint(
                condition=Q(balance__gte=0, balance__lte=F("amount")), name="voucher_is_not_overdrawn"
            ),
            models.CheckConstraint(
                condition=~Q(state=State.EXPIRED) | Q(balance=0), name="expired_voucher_is_empty"
            ),
        ]
        indexes = [
            models.Index(
                fields=["market", "expires_on"], condition=~Q(state=State.EXPIRED), name="voucher_expires"
            ),
            models.Index(fields=["market", "-issued_at", "-id"], name="voucher_of_market"),
        ]

    def __str__(self) -> str:
        return self.masked

    @property
    def masked(self) -> str:
        """Enough of the code to know it by, and too little to pay with: ``•••• 7K2P``."""
        return f"•••• {self.code[-min(4, len(self.code) // 2) :]}"

    def is_over(self, on: date) -> bool:
        """Whether its last day lies before a day."""
        return self.expires_on is not None and self.expires_on < on


class VoucherChange(Change):
    """A move a voucher made: written once."""

    voucher = models.ForeignKey(Voucher, models.CASCADE, related_name="changes", verbose_name=_("voucher"))


class VoucherMovement(models.Model):
    """What happened to a voucher's balance: written once. ``amount`` is positive, in minor units."""

    voucher = models.ForeignKey(Voucher, models.PROTECT, related_name="movements", verbose_name=_("voucher"))
    key = models.CharField(_("key"), max_length=110, unique=True)
    kind = models.CharField(_("kind"), max_length=11, choices=MovementKind)
    amount = models.BigIntegerField(_("amount"))
    balance = models.BigIntegerField(_("balance after"))
    at = models.DateTimeField(_("at"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("by"),
    )
    order = models.CharField(_("order"), max_length=32, blank=True)
    reason = models.CharField(_("reason"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("movement")
        verbose_name_plural = _("movements")
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0, balance__gte=0), name="movement_is_positive"),
            models.UniqueConstraint(
                fields=["voucher"], condition=Q(kind=MovementKind.ISSUED), name="voucher_is_issued_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.amount}"

    @property
    def signed(self) -> int:
        """What it added to the balance."""
        adds = self.kind in (MovementKind.ISSUED, MovementKind.REACTIVATED)
        return self.amount if adds else -self.amount
