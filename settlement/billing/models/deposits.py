"""Deposits: money sellers pay in ahead, which fees are taken from."""

from collections.abc import Mapping

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from marketplace.kernel.models import Change
from marketplace.parties.models import Market, Seller


class DepositState(models.TextChoices):
    PROPOSED = "proposed", pgettext_lazy("deposit", "Waits for a second person")
    RECEIVED = "received", pgettext_lazy("deposit", "Received")
    REFUSED = "refused", pgettext_lazy("deposit", "Refused")
    REVERSED = "reversed", pgettext_lazy("deposit", "Taken back")


class DepositSource(models.TextChoices):
    API = "api", _("Payment system")
    BANK = "bank", _("Bank statement")
    HAND = "hand", _("Entered by hand")


class DepositQuerySet(models.QuerySet["Deposit"]):
    def of(self, seller: Seller) -> "DepositQuerySet":
        return self.filter(seller=seller)

    def locked(self) -> "DepositQuerySet":
        return self.order_by("pk").select_for_update(no_key=True, of=("self",))

    def received(self) -> "DepositQuerySet":
        return self.filter(state=DepositState.RECEIVED)

    def uninvoiced(self) -> "DepositQuerySet":
        """Those of which something is not on a live invoice; read from an index of just these."""
        return self.received().filter(invoiced__lt=F("gross"))

    def untaken(self) -> "DepositQuerySet":
        """Those that fees can still be taken from, oldest first."""
        return self.received().filter(taken__lt=F("gross")).order_by("received_at", "pk")


class Deposit(models.Model):
    """Money a seller paid in ahead, in minor units of ``currency``, VAT included at ``vat_bp``.

    ``taken`` went to fees, ``invoiced`` stands on live invoices, each with the VAT told there; ``squared``
    is what their roundings differ by, posted when all of it was both. These are stored so that a constraint
    can guard them; the books' checks prove them from fees and invoices.
    """

    MOVES: Mapping[str, frozenset[str]] = {
        DepositState.PROPOSED: frozenset({DepositState.RECEIVED, DepositState.REFUSED}),
        DepositState.RECEIVED: frozenset({DepositState.REVERSED}),
        DepositState.REFUSED: frozenset(),
        DepositState.REVERSED: frozenset(),
    }

    reference = models.CharField(_("number"), max_length=24, unique=True)
    market = models.ForeignKey(Market, models.PROTECT, related_name="deposits", verbose_name=_("market"))
    seller = models.ForeignKey(
        Seller, models.PROTECT, related_name="deposits", verbose_name=_("seller"), db_index=False
    )
    year = models.PositiveSmallIntegerField(_("year"))
    serial = models.PositiveIntegerField(_("number in the series"))
    source = models.CharField(_("source"), max_length=4, choices=DepositSource)
    form_key = models.UUIDField(_("key of its form"), null=True, blank=True, unique=True, editable=False)
    """Of the form it was entered by: sent twice, it is one deposit."""
    external_id = models.CharField(
        _("payer's or bank's number"), max_length=80, blank=True, default="", db_index=False
    )
    method = models.CharField(_("paid by"), max_length=40, blank=True, default="")
    note = models.CharField(_("note"), max_length=300, blank=True, default="")
    currency = models.CharField(_("currency"), max_length=3)
    gross = models.BigIntegerField(_("amount"))
    vat_bp = models.PositiveIntegerField(_("VAT rate"))
    received_at = models.DateTimeField(_("received"))
    received_on = models.DateField(_("day received"))
    recorded_at = models.DateTimeField(_("recorded"))
    state = models.CharField(_("state"), max_length=8, choices=DepositState)
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("entered by"),
    )
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("approved by"),
    )
    taken = models.BigIntegerField(_("taken by fees"), default=0)
    taken_vat = models.BigIntegerField(_("VAT of what was taken"), default=0)
    invoiced = models.BigIntegerField(_("invoiced"), default=0)
    invoiced_vat = models.BigIntegerField(_("VAT invoiced"), default=0)
    squared = models.BigIntegerField(_("rounding posted"), default=0)
    squarings = models.PositiveSmallIntegerField(_("roundings posted"), default=0)

    objects = DepositQuerySet.as_manager()

    class Meta:
        verbose_name = _("deposit")
        verbose_name_plural = _("deposits")
        constraints = [
            models.UniqueConstraint(fields=["market", "year", "serial"], name="one_deposit_per_number"),
            models.UniqueConstraint(
                fields=["market", "source", "external_id"],
                condition=~Q(external_id="") & ~Q(source=DepositSource.BANK, state=DepositState.REVERSED),
                name="one_deposit_per_payment",
            ),
            models.CheckConstraint(
                condition=Q(gross__gt=0, taken__gte=0, taken__lte=F("gross")), name="deposit_is_not_overdrawn"
            ),
            models.CheckConstraint(
                condition=Q(invoiced__gte=0, invoiced__lte=F("gross")), name="deposit_is_invoiced_once"
            ),
            models.CheckConstraint(
                condition=Q(state=DepositState.RECEIVED) | Q(taken=0, invoiced=0),
                name="only_received_deposits_are_used",
            ),
            models.CheckConstraint(
                condition=~Q(source=DepositSource.HAND, state=DepositState.RECEIVED)
                | Q(proposed_by__isnull=False, approved_by__isnull=False) & ~Q(approved_by=F("proposed_by")),
                name="deposit_by_hand_has_two_people",
            ),
        ]
        indexes = [
            models.Index(fields=["seller", "-received_at", "-id"], name="deposit_of_seller"),
            models.Index(
                fields=["seller", "received_on"],
                condition=Q(state=DepositState.RECEIVED, invoiced__lt=F("gross")),
                name="deposit_uninvoiced",
            ),
            models.Index(
                fields=["seller", "received_at", "id"],
                condition=Q(state=DepositState.RECEIVED, taken__lt=F("gross")),
                name="deposit_untaken",
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def key(self) -> str:
        """What its entry in the books is called."""
        return f"deposit:{self.reference}"

    @property
    def left(self) -> int:
        """What fees can still be taken from."""
        return self.gross - self.taken if self.state == DepositState.RECEIVED else 0

    @property
    def uninvoiced(self) -> int:
        """What is on no live invoice."""
        return self.gross - self.invoiced if self.state == DepositState.RECEIVED else 0


class DepositChange(Change):
    """A move a deposit made: written once."""

    deposit = models.ForeignKey(Deposit, models.CASCADE, related_name="changes", verbose_name=_("deposit"))
