"""Disputes: an order's money stays open on both sides until somebody has decided."""

from collections.abc import Mapping

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from marketplace.kernel.models import Change
from marketplace.orders.models import Order
from marketplace.parties.models import Market, Seller
from settlement.netting.models.items import Item, Paper
from settlement.netting.models.setoffs import SetOff


class DisputeState(models.TextChoices):
    OPEN = "open", _("Open")
    CLOSED = "closed", _("Decided")


class Outcome(models.TextChoices):
    STANDS = "stands", _("The amounts stand")
    HELD_HERE = "held_here", _("The marketplace holds the cash")
    WITHDRAWN = "withdrawn", pgettext_lazy("dispute", "Withdrawn by the seller")


class DisputeQuerySet(models.QuerySet["Dispute"]):
    def of(self, seller: Seller) -> "DisputeQuerySet":
        return self.filter(seller=seller)

    def locked(self) -> "DisputeQuerySet":
        return self.order_by("pk").select_for_update(no_key=True, of=("self",))

    def open(self) -> "DisputeQuerySet":
        return self.filter(state=DisputeState.OPEN)


class Dispute(models.Model):
    """An objection to one order of a set-off; amounts are minor units of the set-off's currency.

    ``cash`` of the order's item and ``share`` of the invoice's item are withheld while it is open; in
    agency ``cash`` is the order's commission, and ``share`` its part of the money held.
    """

    MOVES: Mapping[str, frozenset[str]] = {
        DisputeState.OPEN: frozenset({DisputeState.CLOSED}),
        DisputeState.CLOSED: frozenset(),
    }

    market = models.ForeignKey(Market, models.PROTECT, related_name="disputes", verbose_name=_("market"))
    seller = models.ForeignKey(Seller, models.PROTECT, related_name="disputes", verbose_name=_("seller"))
    set_off = models.ForeignKey(SetOff, models.PROTECT, related_name="disputes", verbose_name=_("set-off"))
    order = models.ForeignKey(Order, models.PROTECT, related_name="disputes", verbose_name=_("order"))
    cash_item = models.ForeignKey(
        Item, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("cash")
    )
    cash = models.BigIntegerField(_("cash withheld"), default=0)
    invoice_item = models.ForeignKey(
        Item, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("invoice")
    )
    share = models.BigIntegerField(_("share of the invoice withheld"), default=0)
    state = models.CharField(_("state"), max_length=8, choices=DisputeState, default=DisputeState.OPEN)
    outcome = models.CharField(_("decision"), max_length=10, choices=Outcome, blank=True, default="")
    opened_at = models.DateTimeField(_("opened"))
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("by"),
    )
    closed_at = models.DateTimeField(_("decided"), null=True, blank=True)

    objects = DisputeQuerySet.as_manager()

    class Meta:
        verbose_name = _("dispute")
        verbose_name_plural = _("disputes")
        constraints = [
            models.UniqueConstraint(
                fields=["order"], condition=Q(state=DisputeState.OPEN), name="one_open_dispute_per_order"
            ),
            models.CheckConstraint(
                condition=Q(cash__gte=0, share__gte=0)
                & (Q(cash=0) | Q(cash_item__isnull=False))
                & (Q(share=0) | Q(invoice_item__isnull=False)),
                name="dispute_withholds_from_items",
            ),
            models.CheckConstraint(
                condition=Q(state=DisputeState.OPEN, outcome="", closed_at__isnull=True)
                | Q(state=DisputeState.CLOSED, closed_at__isnull=False) & ~Q(outcome=""),
                name="decided_dispute_says_how",
            ),
        ]
        indexes = [
            models.Index(fields=["opened_at"], condition=Q(state=DisputeState.OPEN), name="dispute_queue")
        ]

    def __str__(self) -> str:
        return f"{self.order}"

    @property
    def of_cash(self) -> bool:
        """Whether it withholds cash that its seller holds."""
        return self.cash > 0 and self.cash_item is not None and self.cash_item.paper == Paper.CASH


class DisputeMessage(models.Model):
    """One contribution to a dispute's conversation: written once."""

    dispute = models.ForeignKey(Dispute, models.PROTECT, related_name="messages", verbose_name=_("dispute"))
    at = models.DateTimeField(_("at"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("by"),
    )
    from_seller = models.BooleanField(_("from the seller"))
    text = models.TextField(_("text"), max_length=2000)

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")

    def __str__(self) -> str:
        return self.text[:40]


class DisputeChange(Change):
    """A move a dispute made: written once."""

    dispute = models.ForeignKey(Dispute, models.CASCADE, related_name="changes", verbose_name=_("dispute"))
