"""Payouts, and the batches in which the bank is told of them."""

from collections.abc import Mapping

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from marketplace.kernel.models import Change, StoredFile
from marketplace.parties.models import Market, Seller
from settlement.netting.models import Item, SetOff


class BatchState(models.TextChoices):
    CREATED = "created", _("Waits for a second person")
    APPROVED = "approved", pgettext_lazy("payment", "Approved")
    SENT = "sent", _("Given to the bank")
    CANCELLED = "cancelled", _("Cancelled")


class PayoutState(models.TextChoices):
    CREATED = "created", _("Being prepared")
    APPROVED = "approved", pgettext_lazy("payment", "Approved")
    SENT = "sent", _("Given to the bank")
    PAID = "paid", _("Paid")
    FAILED = "failed", _("Not paid")
    CANCELLED = "cancelled", _("Cancelled")


LIVE = (PayoutState.CREATED, PayoutState.APPROVED, PayoutState.SENT, PayoutState.PAID)
"""A payout in one of these pays its set-off; no other may."""


class BatchQuerySet(models.QuerySet["Batch"]):
    def locked(self) -> "BatchQuerySet":
        return self.order_by("pk").select_for_update(no_key=True, of=("self",))


class Batch(models.Model):
    """The payouts of one payment file: prepared by one person, approved by another."""

    MOVES: Mapping[str, frozenset[str]] = {
        BatchState.CREATED: frozenset({BatchState.APPROVED, BatchState.CANCELLED}),
        BatchState.APPROVED: frozenset({BatchState.SENT, BatchState.CANCELLED}),
        BatchState.SENT: frozenset(),
        BatchState.CANCELLED: frozenset(),
    }

    reference = models.CharField(_("reference"), max_length=24, unique=True)
    market = models.ForeignKey(Market, models.PROTECT, related_name="batches", verbose_name=_("market"))
    year = models.PositiveSmallIntegerField(_("year"))
    serial = models.PositiveIntegerField(_("number in the series"))
    state = models.CharField(_("state"), max_length=10, choices=BatchState, default=BatchState.CREATED)
    currency = models.CharField(_("currency"), max_length=3)
    count = models.PositiveIntegerField(_("payouts"))
    total = models.BigIntegerField(_("total"))
    pay_on = models.DateField(_("to be paid on"))
    created_at = models.DateTimeField(_("prepared"))
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("prepared by")
    )
    approved_at = models.DateTimeField(_("approved"), null=True, blank=True)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("approved by"),
    )
    file = models.ForeignKey(
        StoredFile, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("payment file")
    )

    objects = BatchQuerySet.as_manager()

    class Meta:
        verbose_name = _("payment batch")
        verbose_name_plural = _("payment batches")
        constraints = [
            models.UniqueConstraint(fields=["market", "year", "serial"], name="one_batch_per_number"),
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True) | ~Q(approved_by=F("created_by")),
                name="batch_has_two_people",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[BatchState.APPROVED, BatchState.SENT])
                | Q(approved_by__isnull=False, approved_at__isnull=False),
                name="approved_batch_says_by_whom",
            ),
            models.CheckConstraint(
                condition=~Q(state=BatchState.SENT) | Q(file__isnull=False), name="sent_batch_has_its_file"
            ),
        ]

    def __str__(self) -> str:
        return self.reference


class BatchChange(Change):
    """A move a batch made: written once."""

    batch = models.ForeignKey(Batch, models.CASCADE, related_name="changes", verbose_name=_("batch"))


class PayoutQuerySet(models.QuerySet["Payout"]):
    def of(self, seller: Seller) -> "PayoutQuerySet":
        return self.filter(seller=seller)

    def locked(self) -> "PayoutQuerySet":
        return self.order_by("pk").select_for_update(no_key=True, of=("self",))

    def live(self) -> "PayoutQuerySet":
        return self.filter(state__in=LIVE)

    def waiting(self) -> "PayoutQuerySet":
        """Prepared, and in no payment batch yet."""
        return self.filter(state=PayoutState.CREATED, batch=None)


class Payout(models.Model):
    """What a set-off left owed to its seller, paid in one transfer; minor units of ``currency``.

    ``exact`` is what its items add up to, ``amount`` that rounded to what people pay in.
    """

    MOVES: Mapping[str, frozenset[str]] = {
        PayoutState.CREATED: frozenset({PayoutState.APPROVED, PayoutState.CANCELLED}),
        PayoutState.APPROVED: frozenset({PayoutState.SENT, PayoutState.CREATED}),
        PayoutState.SENT: frozenset({PayoutState.PAID, PayoutState.FAILED}),
        PayoutState.PAID: frozenset({PayoutState.FAILED}),
        PayoutState.FAILED: frozenset({PayoutState.CANCELLED, PayoutState.PAID}),
        PayoutState.CANCELLED: frozenset(),
    }

    reference = models.CharField(_("reference"), max_length=24, unique=True)
    market = models.ForeignKey(Market, models.PROTECT, related_name="payouts", verbose_name=_("market"))
    seller = models.ForeignKey(Seller, models.PROTECT, related_name="payouts", verbose_name=_("seller"))
    set_off = models.ForeignKey(SetOff, models.PROTECT, related_name="payouts", verbose_name=_("set-off"))
    batch = models.ForeignKey(
        Batch, models.PROTECT, null=True, blank=True, related_name="payouts", verbose_name=_("payment batch")
    )
    year = models.PositiveSmallIntegerField(_("year"))
    serial = models.PositiveIntegerField(_("number in the series"))
    state = models.CharField(_("state"), max_length=10, choices=PayoutState, default=PayoutState.CREATED)
    currency = models.CharField(_("currency"), max_length=3)
    exact = models.BigIntegerField(_("owed"))
    amount = models.BigIntegerField(_("amount"))
    account = models.CharField(_("to the account"), max_length=34, blank=True, default="")
    created_at = models.DateTimeField(_("prepared"))
    paid_on = models.DateField(_("paid on"), null=True, blank=True)
    failure = models.CharField(_("why it failed"), max_length=300, blank=True, default="")
    pdf = models.ForeignKey(
        StoredFile,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("remittance advice"),
    )

    objects = PayoutQuerySet.as_manager()

    class Meta:
        verbose_name = _("payout")
        verbose_name_plural = _("payouts")
        constraints = [
            models.UniqueConstraint(fields=["market", "year", "serial"], name="one_payout_per_number"),
            models.UniqueConstraint(
                fields=["set_off"], condition=Q(state__in=LIVE), name="one_live_payout_per_set_off"
            ),
            models.CheckConstraint(condition=Q(amount__gt=0, exact__gt=0), name="payout_is_positive"),
            models.CheckConstraint(
                condition=Q(state__in=[PayoutState.CREATED, PayoutState.CANCELLED])
                | Q(batch__isnull=False) & ~Q(account=""),
                name="payout_on_its_way_has_batch_and_account",
            ),
            models.CheckConstraint(
                condition=~Q(state=PayoutState.PAID) | Q(paid_on__isnull=False), name="paid_payout_says_when"
            ),
        ]
        indexes = [
            models.Index(fields=["seller", "-created_at"], name="payout_of_seller"),
            models.Index(
                fields=["market", "id"],
                condition=Q(state=PayoutState.CREATED, batch__isnull=True),
                name="payout_waiting",
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def masked(self) -> str:
        """Enough of the account to know it by."""
        return f"{self.account[:4]} •••• {self.account[-4:]}" if self.account else ""


class PayoutItem(models.Model):
    """What a payout pays of one item."""

    payout = models.ForeignKey(Payout, models.PROTECT, related_name="items", verbose_name=_("payout"))
    item = models.ForeignKey(Item, models.PROTECT, related_name="payout_items", verbose_name=_("item"))
    amount = models.BigIntegerField(_("amount"))

    class Meta:
        verbose_name = _("item of a payout")
        verbose_name_plural = _("items of payouts")
        constraints = [
            models.UniqueConstraint(fields=["payout", "item"], name="one_payout_item_per_item"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="payout_item_is_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.amount}"


class PayoutChange(Change):
    """A move a payout made: written once."""

    payout = models.ForeignKey(Payout, models.CASCADE, related_name="changes", verbose_name=_("payout"))
