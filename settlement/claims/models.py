"""Which orders a live document holds, which are disputed, and the words for what accounting says of an
order.
"""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from marketplace.orders.models import Order


class Verdict(models.TextChoices):
    """What accounting says of one order; exactly one applies, the first of this order that is true."""

    OK = "ok", _("To be invoiced")
    UNKNOWN_ORDER = "unknown_order", _("No such order")
    OTHER_SELLER = "other_seller", _("Another seller's order")
    DUPLICATE_ROW = "duplicate_row", _("Already in this workbook")
    OTHER_MODEL = "other_model", _("Sold under another business model")
    TEST_ORDER = "test_order", _("Test order")
    ALREADY_INVOICED = "already_invoiced", _("Already on a document")
    CANCELLED = "cancelled", _("Cancelled")
    LOST = "lost", _("Lost")
    RETURNED = "returned", _("Returned")
    NOT_DELIVERED = "not_delivered", _("Not delivered yet")
    AFTER_CUTOFF = "after_cutoff", _("Delivered after the cut-off")
    DISPUTED = "disputed", _("Disputed")
    RECEIPT_MISSING = "receipt_missing", _("Receipt missing")
    IN_REVIEW = "in_review", _("Already with accounting")
    AMOUNT_CHANGED = "amount_changed", _("Amount differs from ours")


OVERRIDABLE = frozenset({Verdict.DISPUTED, Verdict.RECEIPT_MISSING, Verdict.AMOUNT_CHANGED})
"""Verdicts an accountant may set aside, with a reason; the others are facts no opinion changes."""


class Claim(models.Model):
    """The mark that an order is on a live document; voiding the document removes it."""

    order = models.OneToOneField(
        Order, models.PROTECT, primary_key=True, related_name="claim", verbose_name=_("order")
    )
    reference = models.CharField(_("document"), max_length=20)
    claimed_at = models.DateTimeField(_("since"))

    class Meta:
        verbose_name = _("claim")
        verbose_name_plural = _("claims")
        indexes = [models.Index(fields=["reference"], name="claim_reference")]

    def __str__(self) -> str:
        return f"{self.order_id}: {self.reference}"


class Hold(models.Model):
    """An order that is disputed: it stays off documents until the hold is released."""

    order = models.ForeignKey(Order, models.PROTECT, related_name="holds", verbose_name=_("order"))
    reason = models.CharField(_("reason"), max_length=200)
    placed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("by"),
    )
    placed_at = models.DateTimeField(_("since"))
    released_at = models.DateTimeField(_("released"), null=True, blank=True)

    class Meta:
        verbose_name = _("hold")
        verbose_name_plural = _("holds")
        constraints = [
            models.UniqueConstraint(
                fields=["order"], condition=Q(released_at__isnull=True), name="one_live_hold_per_order"
            )
        ]

    def __str__(self) -> str:
        return f"{self.order_id}: {self.reason}"
