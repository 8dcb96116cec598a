"""What comes back after delivery, and who gives which money back."""

from collections.abc import Mapping

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from marketplace.kernel.models import Change, StoredFile
from marketplace.kernel.money import decimal_text
from marketplace.orders.models.lines import OrderLine
from marketplace.orders.models.orders import Order
from marketplace.orders.models.tenders import Custody, Tender
from marketplace.parties.models import Market, Seller


class Return(models.Model):
    """What came back of a delivered order, whole or in part; ``gross`` is its sale price in minor units.

    The ``left_*`` are what is left of the order after it and all returns before it, in the order of
    their instants: what a document bills whose cut-off lies behind it. ``settled_in`` is the live
    document that took it into account: the one that bills what is left, or a credit document.
    """

    market = models.ForeignKey(Market, models.PROTECT, related_name="returns", verbose_name=_("market"))
    order = models.ForeignKey(Order, models.PROTECT, related_name="returns", verbose_name=_("order"))
    number = models.CharField(_("return number"), max_length=32)
    at = models.DateTimeField(_("came back"))
    registered_at = models.DateTimeField(_("registered"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("by"),
    )
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    gross = models.BigIntegerField(_("sale price"))
    left_total = models.BigIntegerField(_("total left"))
    left_purchase_net = models.BigIntegerField(_("purchase price left, net"), default=0)
    left_purchase_gross = models.BigIntegerField(_("purchase price left"), default=0)
    settled_in = models.CharField(_("document"), max_length=20, blank=True, default="")

    class Meta:
        verbose_name = _("return")
        verbose_name_plural = _("returns")
        constraints = [
            models.UniqueConstraint(fields=["market", "number"], name="one_return_per_number"),
            models.CheckConstraint(condition=Q(gross__gte=0, left_total__gte=0), name="return_within_order"),
        ]
        indexes = [
            models.Index(fields=["order", "-at", "-number"], name="return_of_order"),
            models.Index(fields=["settled_in", "at"], name="return_settled_in"),
        ]

    def __str__(self) -> str:
        return self.number


class ReturnLine(models.Model):
    """How many of an order line came back; ``gross`` is signed like the line's."""

    returned = models.ForeignKey(Return, models.CASCADE, related_name="lines", verbose_name=_("return"))
    line = models.ForeignKey(OrderLine, models.PROTECT, related_name="returned", verbose_name=_("line"))
    quantity = models.PositiveIntegerField(_("quantity"))
    gross = models.BigIntegerField(_("sale price"))

    class Meta:
        verbose_name = _("returned line")
        verbose_name_plural = _("returned lines")
        constraints = [
            models.UniqueConstraint(fields=["returned", "line"], name="one_returned_line_per_line"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="returned_quantity_is_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} × {self.line}"


class RateLeft(models.Model):
    """What is left of an order at one VAT rate after a return."""

    returned = models.ForeignKey(Return, models.CASCADE, related_name="rates", verbose_name=_("return"))
    vat_bp = models.PositiveIntegerField(_("VAT"))
    gross = models.BigIntegerField(_("sale price"))
    purchase_net = models.BigIntegerField(_("purchase price, net"), default=0)
    commission_net = models.BigIntegerField(_("commission, net"), default=0)

    class Meta:
        verbose_name = _("amount left per rate")
        verbose_name_plural = _("amounts left per rate")
        constraints = [models.UniqueConstraint(fields=["returned", "vat_bp"], name="one_left_per_rate")]

    def __str__(self) -> str:
        return f"{self.vat_bp}"


class RefundState(models.TextChoices):
    OWED = "owed", _("To be paid back")
    TOLD = "told", _("Proof to be seen")
    PAID = "paid", _("Paid back")
    DROPPED = "dropped", _("Replaced by another")


class RefundQuerySet(models.QuerySet["Refund"]):
    def of(self, seller: Seller) -> "RefundQuerySet":
        return self.filter(order__seller=seller)

    def locked(self) -> "RefundQuerySet":
        return self.order_by("pk").select_for_update(no_key=True, of=("self",))

    def live(self) -> "RefundQuerySet":
        return self.exclude(state=RefundState.DROPPED)


class Refund(models.Model):
    """A part of a tender that is to be given back to the customer, by whoever pays it; minor units.

    Without a return it is of an order that was cancelled, lost or never arrived. A voucher's part comes
    back to the voucher.
    """

    MOVES: Mapping[str, frozenset[str]] = {
        RefundState.OWED: frozenset({RefundState.TOLD, RefundState.PAID, RefundState.DROPPED}),
        RefundState.TOLD: frozenset({RefundState.PAID, RefundState.OWED}),
        RefundState.PAID: frozenset(),
        RefundState.DROPPED: frozenset(),
    }

    order = models.ForeignKey(Order, models.PROTECT, related_name="refunds", verbose_name=_("order"))
    returned = models.ForeignKey(
        Return, models.PROTECT, null=True, blank=True, related_name="refunds", verbose_name=_("return")
    )
    tender = models.ForeignKey(Tender, models.PROTECT, related_name="refunds", verbose_name=_("tender"))
    amount = models.BigIntegerField(_("amount"))
    payer = models.CharField(_("paid back by"), max_length=11, choices=Custody)
    state = models.CharField(_("state"), max_length=8, choices=RefundState, default=RefundState.OWED)
    owed_at = models.DateTimeField(_("owed since"))
    told_at = models.DateTimeField(_("told as paid"), null=True, blank=True)
    paid_at = models.DateTimeField(_("paid back on"), null=True, blank=True)
    proof = models.ForeignKey(
        StoredFile, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("proof")
    )
    note = models.CharField(_("note"), max_length=200, blank=True)
    settled_in = models.CharField(_("document"), max_length=20, blank=True, default="")

    objects = RefundQuerySet.as_manager()

    class Meta:
        verbose_name = _("refund")
        verbose_name_plural = _("refunds")
        permissions = [("reactivate_voucher", "Can give a voucher's part of a refund back to the voucher")]
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="refund_is_positive"),
            models.CheckConstraint(
                condition=~Q(state=RefundState.PAID) | Q(paid_at__isnull=False), name="paid_refund_says_when"
            ),
        ]
        indexes = [
            models.Index(
                fields=["owed_at"], condition=Q(state__in=["owed", "told"]), name="refund_outstanding"
            )
        ]

    def __str__(self) -> str:
        return f"{self.order}: {decimal_text(self.amount)} {self.order.currency}"


class RefundChange(Change):
    """A move a refund made: written once."""

    refund = models.ForeignKey(Refund, models.CASCADE, related_name="changes", verbose_name=_("refund"))
