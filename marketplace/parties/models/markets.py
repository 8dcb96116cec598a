"""Country shops of the marketplace and their rules."""

from django.conf import settings
from django.core.validators import (
    MaxValueValidator,
    MinValueValidator,
    RegexValidator,
    URLValidator,
)
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from marketplace.kernel.amounts import locale_within


class Cadence(models.TextChoices):
    MONTH = "month", _("Month")
    HALF_MONTH = "half_month", _("Half-month (1–15, 16–end)")
    TEN_DAYS = "ten_days", _("Ten days (1st, 11th, 21st)")
    FORTNIGHT = "fortnight", _("14 days")
    WEEK = "week", _("Week")


class RefundOrder(models.TextChoices):
    PRO_RATA = "pro_rata", _("In proportion to what each can still give back")
    VOUCHER_FIRST = "voucher_first", _("Voucher first")
    VOUCHER_LAST = "voucher_last", _("Voucher last")


class ReceiptReader(models.TextChoices):
    SUNAT = "sunat", _("SUNAT, UBL 2.1 (Peru)")
    CFDI = "cfdi", _("CFDI 4.0 (Mexico)")
    EN16931 = "en16931", _("EN 16931: UBL, CII, Factur-X")
    KSEF = "ksef", _("KSeF FA(2), FA(3) (Poland)")
    NAV = "nav", _("NAV 3.0 (Hungary)")


class OrderPlace(models.TextChoices):
    ORDER_REFERENCE = "order_reference", _("The order's number in the document")
    FILE_NAME = "file_name", _("The file's name")
    SUBJECT = "subject", _("The mail's subject")
    NOTES = "notes", _("The document's notes")


class FallbackField(models.TextChoices):
    SELLER = "seller", _("The seller's tax id")
    BUYER = "buyer", _("The buyer's identity document or tax id")
    TOTAL = "total", _("The total")


def receipt_order_places() -> list[str]:
    """Where receipts name their orders unless a market says otherwise."""
    return [OrderPlace.ORDER_REFERENCE, OrderPlace.FILE_NAME, OrderPlace.SUBJECT]


def receipt_fallback_fields() -> list[str]:
    """What must agree of a receipt that names no order unless a market says otherwise."""
    return [FallbackField.SELLER, FallbackField.BUYER, FallbackField.TOTAL]


class Market(models.Model):
    """One country shop: its currency, zone and language, who must be invoiced there, and its rules."""

    code = models.CharField(_("code"), max_length=2, unique=True, validators=[RegexValidator(r"^[A-Z]{2}$")])
    name = models.CharField(_("name"), max_length=80)
    currency = models.CharField(_("currency"), max_length=3, validators=[RegexValidator(r"^[A-Z]{3}$")])
    zone = models.CharField(_("time zone"), max_length=40)
    language = models.CharField(_("language"), max_length=5)
    practical_unit = models.PositiveIntegerField(
        _("practical unit"),
        default=1,
        validators=[MinValueValidator(1)],
        help_text=_("What people pay is rounded to this many minor units: 100 for whole forints."),
    )
    standard_vat_bp = models.PositiveIntegerField(
        _("standard VAT, basis points"), validators=[MaxValueValidator(10_000)], help_text=_("2100 is 21 %.")
    )
    entity_name = models.CharField(_("legal entity"), max_length=150)
    entity_tax_id = models.CharField(_("tax id"), max_length=20)
    entity_street = models.CharField(_("street"), max_length=120)
    entity_city = models.CharField(_("city"), max_length=80)
    entity_zip = models.CharField(_("postal code"), max_length=12)
    entity_iban = models.CharField(_("bank account (IBAN)"), max_length=34, blank=True)
    entity_bic = models.CharField(
        _("bank (BIC)"),
        max_length=11,
        blank=True,
        default="",
        help_text=_("Empty: found by the IBAN."),
    )
    entity_regime = models.CharField(
        _("tax regime"),
        max_length=3,
        blank=True,
        default="",
        validators=[RegexValidator(r"^\d{3}$")],
        help_text=_("As the tax authority codes it, where it does: 601 in Mexico."),
    )
    accounting_email = models.EmailField(_("accounting mailbox"))
    support_email = models.EmailField(_("support mailbox"))
    receipts_email = models.EmailField(_("receipts mailbox"))
    default_cadence = models.CharField(
        _("default cadence"), max_length=10, choices=Cadence, default=Cadence.MONTH
    )
    busy_orders = models.PositiveIntegerField(
        _("14 days from this many orders"),
        null=True,
        blank=True,
        help_text=_(
            "A seller on the default cadence who delivered this many orders in a period "
            "settles every 14 days."
        ),
    )
    approves_clean = models.BooleanField(
        _("approve clean submissions automatically"),
        default=False,
        help_text=_("A submission with nothing left out and nothing changed needs no accountant."),
    )
    receipt_required = models.BooleanField(_("a receipt is required before an order is sent"), default=False)
    receipt_reader = models.CharField(
        _("format of receipts"),
        max_length=8,
        choices=ReceiptReader,
        blank=True,
        default="",
        help_text=_("Empty: any that can be read."),
    )
    receipt_pdf_required = models.BooleanField(
        _("each receipt needs its PDF"),
        default=True,
        help_text=_("A PDF that holds the document itself is both."),
    )
    receipt_signature_required = models.BooleanField(_("receipts must be signed"), default=False)
    receipts_taken_late = models.BooleanField(
        _("receipts are taken after the order was sent"),
        default=True,
        help_text=_("They are marked as late."),
    )
    receipt_tolerance = models.PositiveIntegerField(
        _("minor units a receipt's total may differ"),
        default=0,
        help_text=_("100 is one whole unit of the currency."),
    )
    receipt_order_places = models.JSONField(
        _("where a receipt names its order"),
        default=receipt_order_places,
        help_text=_("Looked at one after the other."),
    )
    receipt_fallback_fields = models.JSONField(
        _("what must agree where no order is named"),
        default=receipt_fallback_fields,
        blank=True,
        help_text=_("None: such a receipt is refused."),
    )
    unpaid_days = models.PositiveSmallIntegerField(_("days an unpaid order waits"), default=10)
    confirmation_days = models.PositiveSmallIntegerField(_("working days to object to a set-off"), default=5)

    invoice_days = models.PositiveSmallIntegerField(
        _("days to invoice a document"),
        default=30,
        help_text=_("After this, the cash a seller holds is asked for without waiting for the invoice."),
    )

    takes_deposits = models.BooleanField(
        _("sellers pay in ahead"),
        default=False,
        help_text=_("Fees for services are taken from their deposits; what is beyond is invoiced monthly."),
    )
    refund_order = models.CharField(
        _("how a refund is shared"), max_length=13, choices=RefundOrder, default=RefundOrder.PRO_RATA
    )
    voucher_renewal_days = models.PositiveSmallIntegerField(
        _("days a reactivated voucher may be used"),
        null=True,
        blank=True,
        default=365,
        help_text=_("Empty: its last day stays what it was."),
    )
    voucher_guide_url = models.CharField(
        _("tax authority's guide to vouchers"),
        max_length=300,
        validators=[URLValidator(schemes=["https"])],
        blank=True,
        default="",
        help_text=_("Shown to sellers beside the texts for their invoices."),
    )

    class Meta:
        verbose_name = _("market")
        verbose_name_plural = _("markets")
        constraints = [
            models.CheckConstraint(condition=Q(practical_unit__gte=1), name="market_unit_is_positive"),
            models.CheckConstraint(condition=Q(standard_vat_bp__lte=10_000), name="market_vat_is_a_rate"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"

    @property
    def spoken(self) -> str:
        """The language its letters and workbooks are written in: its own where we speak it, else English."""
        return self.language if self.language in dict(settings.LANGUAGES) else "en"

    @property
    def locale(self) -> str:
        """How its papers and letters write amounts: Mexico and Spain share a language, but no comma."""
        return locale_within(self.language, self.code)

    @property
    def sender(self) -> str:
        """The address its letters come from."""
        return self.accounting_email

    @property
    def sender_domain(self) -> str:
        return self.sender.rpartition("@")[2]
