"""Fee invoices for commission, one per document of agency, and their credit notes."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from marketplace.kernel.models import StoredFile
from marketplace.parties.models import Market, Seller
from settlement.documents.models import Document


class Kind(models.TextChoices):
    INVOICE = "invoice", _("Commission invoice")
    CREDIT = "credit", _("Commission credit note")


class FeeInvoiceQuerySet(models.QuerySet["FeeInvoice"]):
    def of(self, seller: Seller) -> "FeeInvoiceQuerySet":
        return self.filter(seller=seller)

    def locked(self) -> "FeeInvoiceQuerySet":
        return self.order_by("pk").select_for_update(no_key=True, of=("self",))


class FeeInvoice(models.Model):
    """The marketplace's tax invoice for the commission of a document, or the credit note of a credit
    document; written once but for its files.

    Amounts are positive minor units of ``currency``; the document lists the orders they add up from.
    """

    reference = models.CharField(_("number"), max_length=24, unique=True)
    kind = models.CharField(_("kind"), max_length=7, choices=Kind)
    market = models.ForeignKey(Market, models.PROTECT, related_name="fee_invoices", verbose_name=_("market"))
    seller = models.ForeignKey(Seller, models.PROTECT, related_name="fee_invoices", verbose_name=_("seller"))
    document = models.OneToOneField(
        Document, models.PROTECT, related_name="fee_invoice", verbose_name=_("document")
    )
    year = models.PositiveSmallIntegerField(_("year"))
    serial = models.PositiveIntegerField(_("number in the series"))
    issued_at = models.DateTimeField(_("issued"))
    issued_on = models.DateField(_("date of issue"))
    supplied_on = models.DateField(_("date of supply"))
    currency = models.CharField(_("currency"), max_length=3)
    vat_bp = models.PositiveIntegerField(_("VAT rate"))
    net = models.BigIntegerField(_("net"))
    vat = models.BigIntegerField(_("VAT"))
    gross = models.BigIntegerField(_("total"))
    originals = models.JSONField(_("invoices it credits"), default=list, blank=True)
    parties = models.JSONField(_("seller and marketplace, as they were"))
    pdf = models.ForeignKey(
        StoredFile, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("PDF")
    )
    xlsx = models.ForeignKey(
        StoredFile, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("Excel")
    )

    objects = FeeInvoiceQuerySet.as_manager()

    class Meta:
        verbose_name = _("fee invoice")
        verbose_name_plural = _("fee invoices")
        constraints = [
            models.UniqueConstraint(
                fields=["market", "kind", "year", "serial"], name="one_fee_invoice_per_number"
            ),
            models.CheckConstraint(
                condition=Q(gross=F("net") + F("vat"), gross__gt=0), name="fee_invoice_adds_up"
            ),
        ]
        indexes = [models.Index(fields=["seller", "-issued_at"], name="fee_invoice_of_seller")]

    def __str__(self) -> str:
        return self.reference

    @property
    def is_credit(self) -> bool:
        return self.kind == Kind.CREDIT

    @property
    def key(self) -> str:
        """What its entry in the books is called."""
        return f"fee_invoice:{self.reference}"
