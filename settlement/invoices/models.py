"""Sellers' invoices: each answers one invoice document, and must equal it."""

from collections.abc import Mapping

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Upper
from django.utils.translation import gettext_lazy as _

from marketplace.kernel.models import Change, StoredFile
from marketplace.parties.models import Market, Seller
from settlement.documents.models import Document


class State(models.TextChoices):
    SUBMITTED = "submitted", _("In review")
    BOOKED = "booked", _("Booked")
    REFUSED = "refused", _("Refused")
    CANCELLED = "cancelled", _("Cancelled")


LIVE = (State.SUBMITTED, State.BOOKED)
"""An invoice in one of these answers its document; no other may."""


class InvoiceQuerySet(models.QuerySet["Invoice"]):
    def of(self, seller: Seller) -> "InvoiceQuerySet":
        return self.filter(seller=seller)

    def locked(self) -> "InvoiceQuerySet":
        return self.order_by("pk").select_for_update(no_key=True, of=("self",))

    def live(self) -> "InvoiceQuerySet":
        return self.filter(state__in=LIVE)


class Invoice(models.Model):
    """A seller's tax invoice as it was told and as its file shows; all but its state is written once.

    Amounts are minor units of ``currency``. ``findings`` is what was found on the file, by name: true,
    false, or null where the file cannot be read by machine.
    """

    MOVES: Mapping[str, frozenset[str]] = {
        State.SUBMITTED: frozenset({State.BOOKED, State.REFUSED}),
        State.BOOKED: frozenset({State.CANCELLED}),
        State.REFUSED: frozenset(),
        State.CANCELLED: frozenset(),
    }

    market = models.ForeignKey(
        Market, models.PROTECT, related_name="seller_invoices", verbose_name=_("market")
    )
    seller = models.ForeignKey(Seller, models.PROTECT, related_name="invoices", verbose_name=_("seller"))
    document = models.ForeignKey(
        Document, models.PROTECT, related_name="invoices", verbose_name=_("invoice document")
    )
    number = models.CharField(_("invoice number"), max_length=40)
    issued_on = models.DateField(_("date of issue"))
    currency = models.CharField(_("currency"), max_length=3)
    net = models.BigIntegerField(_("net"))
    vat = models.BigIntegerField(_("VAT"))
    gross = models.BigIntegerField(_("total"))
    syntax = models.CharField(_("read by machine as"), max_length=8, blank=True, default="")
    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="+", verbose_name=_("file"))
    findings = models.JSONField(_("found on the file"), null=True, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.SUBMITTED)
    submitted_at = models.DateTimeField(_("handed in"))
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("by"),
    )
    booked_at = models.DateTimeField(_("booked"), null=True, blank=True)
    netted_at = models.DateTimeField(_("on a set-off since"), null=True, blank=True)

    objects = InvoiceQuerySet.as_manager()

    class Meta:
        verbose_name = _("seller's invoice")
        verbose_name_plural = _("sellers' invoices")
        constraints = [
            models.UniqueConstraint(
                fields=["document"], condition=Q(state__in=LIVE), name="one_live_invoice_per_document"
            ),
            models.UniqueConstraint(
                F("seller"),
                Upper("number"),
                condition=Q(state__in=LIVE),
                name="one_live_invoice_per_sellers_number",
            ),
            models.CheckConstraint(condition=Q(gross=F("net") + F("vat")), name="invoice_adds_up"),
            models.CheckConstraint(condition=Q(gross__gt=0), name="invoice_is_positive"),
            models.CheckConstraint(
                condition=Q(netted_at__isnull=True) | Q(state=State.BOOKED), name="netted_invoice_is_booked"
            ),
        ]
        indexes = [
            models.Index(fields=["seller", "-submitted_at"], name="invoice_of_seller"),
            models.Index(fields=["submitted_at"], condition=Q(state=State.SUBMITTED), name="invoice_queue"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def key(self) -> str:
        """What its entry in the books is called."""
        return f"invoice:{self.pk}"


class InvoiceRate(models.Model):
    """An invoice's amounts at one VAT rate."""

    invoice = models.ForeignKey(Invoice, models.PROTECT, related_name="rates", verbose_name=_("invoice"))
    vat_bp = models.PositiveIntegerField(_("VAT rate"))
    net = models.BigIntegerField(_("net"))
    vat = models.BigIntegerField(_("VAT"))

    class Meta:
        verbose_name = _("amount per rate")
        verbose_name_plural = _("amounts per rate")
        constraints = [
            models.UniqueConstraint(fields=["invoice", "vat_bp"], name="one_invoice_amount_per_rate")
        ]

    def __str__(self) -> str:
        return f"{self.vat_bp}"


class InvoiceChange(Change):
    """A move an invoice made: written once."""

    invoice = models.ForeignKey(Invoice, models.CASCADE, related_name="changes", verbose_name=_("invoice"))
