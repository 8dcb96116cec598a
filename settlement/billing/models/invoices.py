"""Billing invoices: the marketplace's tax invoices for deposits and for fees, and their credit notes."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from marketplace.kernel.models import StoredFile
from marketplace.parties.models import Market, Seller
from settlement.billing.models.deposits import Deposit
from settlement.billing.models.fees import Fee


class BillingKind(models.TextChoices):
    INVOICE = "invoice", _("Invoice")
    CREDIT = "credit", pgettext_lazy("paper", "Credit note")


class Subject(models.TextChoices):
    DEPOSITS = "deposits", _("Deposits")
    FEES = "fees", _("Fees")


class Origin(models.TextChoices):
    HAND = "hand", _("Issued by the seller")
    AUTOMATIC = "automatic", _("Issued automatically")
    REQUEST = "request", _("Issued by a change request")
    MONTH = "month", _("Issued for the month's fees")


class BillingInvoiceQuerySet(models.QuerySet["BillingInvoice"]):
    def of(self, seller: Seller) -> "BillingInvoiceQuerySet":
        return self.filter(seller=seller)

    def locked(self) -> "BillingInvoiceQuerySet":
        return self.order_by("pk").select_for_update(no_key=True, of=("self",))

    def live(self) -> "BillingInvoiceQuerySet":
        """The invoices that no credit note takes back."""
        return self.filter(kind=BillingKind.INVOICE, credit_note__isnull=True)


class BillingInvoice(models.Model):
    """A tax invoice of the marketplace's for a seller's deposits, or for fees that no deposit covers, or the
    credit note that takes one back whole; written once but for its files.

    Amounts are positive minor units of ``currency``. ``parties`` holds the marketplace and the recipient as
    they were. ``credits`` is the invoice a credit note takes back, ``replaces`` the one a corrected or split
    invoice stands for.
    """

    reference = models.CharField(_("number"), max_length=24, unique=True)
    kind = models.CharField(_("kind"), max_length=7, choices=BillingKind)
    subject = models.CharField(_("for"), max_length=8, choices=Subject)
    origin = models.CharField(_("how it was issued"), max_length=9, choices=Origin)
    market = models.ForeignKey(
        Market, models.PROTECT, related_name="billing_invoices", verbose_name=_("market")
    )
    seller = models.ForeignKey(
        Seller,
        models.PROTECT,
        related_name="billing_invoices",
        verbose_name=_("seller"),
        db_index=False,
    )
    year = models.PositiveSmallIntegerField(_("year"))
    serial = models.PositiveIntegerField(_("number in the series"))
    issued_at = models.DateTimeField(_("issued"))
    issued_on = models.DateField(_("date of issue"))
    issued_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("by"),
    )
    supplied_on = models.DateField(_("date of supply"))
    currency = models.CharField(_("currency"), max_length=3)
    vat_bp = models.PositiveIntegerField(_("VAT rate"))
    net = models.BigIntegerField(_("net"))
    vat = models.BigIntegerField(_("VAT"))
    gross = models.BigIntegerField(_("total"))
    parties = models.JSONField(_("recipient and marketplace, as they were"))
    credits = models.OneToOneField(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="credit_note",
        verbose_name=_("invoice it takes back"),
    )
    replaces = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="replacements",
        verbose_name=_("invoice it replaces"),
    )
    request = models.ForeignKey(
        "billing.ChangeRequest",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="issued",
        verbose_name=_("change request"),
    )
    reason_code = models.CharField(
        _("reason, as the authority codes it"), max_length=4, blank=True, default=""
    )
    reason = models.CharField(_("reason"), max_length=300, blank=True, default="")
    pdf = models.ForeignKey(
        StoredFile, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("PDF")
    )
    xlsx = models.ForeignKey(
        StoredFile, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("Excel")
    )
    xml = models.ForeignKey(
        StoredFile, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("XML")
    )

    objects = BillingInvoiceQuerySet.as_manager()

    class Meta:
        verbose_name = _("billing invoice")
        verbose_name_plural = _("billing invoices")
        constraints = [
            models.UniqueConstraint(
                fields=["market", "kind", "year", "serial"], name="one_billing_invoice_per_number"
            ),
            models.CheckConstraint(
                condition=Q(gross=F("net") + F("vat"), gross__gt=0, vat__gte=0),
                name="billing_invoice_adds_up",
            ),
            models.CheckConstraint(
                condition=Q(kind=BillingKind.INVOICE, credits__isnull=True)
                | Q(kind=BillingKind.CREDIT, credits__isnull=False, replaces__isnull=True),
                name="credit_note_names_its_invoice",
            ),
        ]
        indexes = [models.Index(fields=["seller", "-issued_at", "-id"], name="billing_invoice_of_seller")]

    def __str__(self) -> str:
        return self.reference

    @property
    def is_credit(self) -> bool:
        return self.kind == BillingKind.CREDIT

    @property
    def key(self) -> str:
        """What its entry in the books is called."""
        return f"billing_invoice:{self.reference}"


class BillingLine(models.Model):
    """A deposit or a fee, or a part of one, on an invoice: written once."""

    invoice = models.ForeignKey(
        BillingInvoice, models.PROTECT, related_name="lines", verbose_name=_("invoice")
    )
    position = models.PositiveIntegerField(_("position"))
    deposit = models.ForeignKey(
        Deposit, models.PROTECT, null=True, blank=True, related_name="lines", verbose_name=_("deposit")
    )
    fee = models.ForeignKey(
        Fee, models.PROTECT, null=True, blank=True, related_name="lines", verbose_name=_("fee")
    )
    net = models.BigIntegerField(_("net"))
    vat = models.BigIntegerField(_("VAT"))
    gross = models.BigIntegerField(_("amount"))

    class Meta:
        verbose_name = _("line")
        verbose_name_plural = _("lines")
        constraints = [
            models.UniqueConstraint(fields=["invoice", "position"], name="one_billing_line_per_position"),
            models.CheckConstraint(
                condition=Q(gross=F("net") + F("vat"), gross__gt=0, vat__gte=0), name="billing_line_adds_up"
            ),
            models.CheckConstraint(
                condition=Q(deposit__isnull=False, fee__isnull=True)
                | Q(deposit__isnull=True, fee__isnull=False),
                name="billing_line_is_of_one_thing",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.invoice_id}/{self.position}"
