"""Sellers, their contract and their bank accounts."""

from django.conf import settings
from django.core.validators import MaxValueValidator, RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from marketplace.parties.models.markets import Cadence, Market


class BusinessModel(models.TextChoices):
    RESALE = "resale", _("Resale")
    AGENCY = "agency", _("Agency")


class NegativeBalance(models.TextChoices):
    CARRY = "carry", _("Carry to the next period")
    DEMAND = "demand", _("Demand payment")


class AccountState(models.TextChoices):
    PROPOSED = "proposed", _("Waits for approval")
    ACTIVE = "active", _("In use")
    RETIRED = "retired", _("No longer used")


class SellerQuerySet(models.QuerySet["Seller"]):
    def locked(self) -> "SellerQuerySet":
        """Lock in one order; NO KEY, since a plain lock would block every insert that points here."""
        return self.order_by("pk").select_for_update(no_key=True, of=("self",))


class Seller(models.Model):
    """A legal entity that sells in one market, known there by its partner number."""

    market = models.ForeignKey(Market, models.PROTECT, related_name="sellers", verbose_name=_("market"))
    partner_number = models.CharField(
        _("partner number"), max_length=6, validators=[RegexValidator(r"^\d{4,6}$", _("Four to six digits."))]
    )
    name = models.CharField(_("name"), max_length=150)
    tax_id = models.CharField(_("tax id"), max_length=20)
    street = models.CharField(_("street"), max_length=120)
    city = models.CharField(_("city"), max_length=80)
    zip = models.CharField(_("postal code"), max_length=12)
    country = models.CharField(_("country"), max_length=2, validators=[RegexValidator(r"^[A-Z]{2}$")])
    email = models.EmailField(_("e-mail for documents"))
    is_active = models.BooleanField(_("active"), default=True)

    objects = SellerQuerySet.as_manager()

    class Meta:
        verbose_name = _("seller")
        verbose_name_plural = _("sellers")
        constraints = [
            models.UniqueConstraint(
                fields=["market", "partner_number"], name="one_seller_per_partner_number"
            ),
            models.CheckConstraint(
                condition=Q(partner_number__regex=r"^[0-9]{4,6}$"), name="partner_number_is_4_to_6_digits"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.partner_number} {self.name}"


class Contract(models.Model):
    """The terms a seller sells on; what an order was placed under is frozen on the order itself."""

    seller = models.OneToOneField(Seller, models.PROTECT, related_name="contract", verbose_name=_("seller"))
    model = models.CharField(_("business model"), max_length=8, choices=BusinessModel)
    former_model = models.CharField(
        _("business model before"),
        max_length=8,
        choices=BusinessModel,
        blank=True,
        default="",
        editable=False,
    )
    cadence = models.CharField(
        _("cadence"),
        max_length=10,
        choices=Cadence,
        blank=True,
        default="",
        help_text=_("Empty: the market's default."),
    )
    commission_bp = models.PositiveIntegerField(
        _("commission, basis points"), validators=[MaxValueValidator(10_000)], help_text=_("1500 is 15 %.")
    )
    confirmation_days = models.PositiveSmallIntegerField(
        _("working days to object to a set-off"),
        null=True,
        blank=True,
        help_text=_("Empty: the market's default."),
    )
    invoice_days = models.PositiveSmallIntegerField(
        _("days to invoice a document"),
        null=True,
        blank=True,
        help_text=_("Empty: the market's default."),
    )
    negative_balance = models.CharField(
        _("when the seller owes"), max_length=6, choices=NegativeBalance, default=NegativeBalance.CARRY
    )
    approves_clean = models.BooleanField(
        _("approve clean submissions automatically"),
        null=True,
        blank=True,
        help_text=_("Unknown: as the market does."),
    )

    class Meta:
        verbose_name = _("contract")
        verbose_name_plural = _("contracts")
        constraints = [
            models.CheckConstraint(condition=Q(commission_bp__lte=10_000), name="commission_is_a_rate")
        ]

    def __str__(self) -> str:
        return f"{self.seller}: {self.get_model_display()}"


class BankAccount(models.Model):
    """Where a seller is paid. One person proposes it, another approves it."""

    seller = models.ForeignKey(Seller, models.PROTECT, related_name="bank_accounts", verbose_name=_("seller"))
    number = models.CharField(_("account number"), max_length=34)
    state = models.CharField(_("state"), max_length=8, choices=AccountState, default=AccountState.PROPOSED)
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("proposed by"),
    )
    proposed_at = models.DateTimeField(_("proposed"))
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("approved by"),
    )
    approved_at = models.DateTimeField(_("approved"), null=True, blank=True)

    class Meta:
        verbose_name = _("bank account")
        verbose_name_plural = _("bank accounts")
        constraints = [
            models.UniqueConstraint(
                fields=["seller"],
                condition=Q(state=AccountState.ACTIVE),
                name="one_active_account_per_seller",
            ),
            models.UniqueConstraint(
                fields=["seller"],
                condition=Q(state=AccountState.PROPOSED),
                name="one_proposed_account_per_seller",
            ),
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True)
                | Q(proposed_by__isnull=True)
                | ~Q(approved_by=F("proposed_by")),
                name="bank_account_has_two_people",
            ),
        ]

    def __str__(self) -> str:
        return self.masked

    @property
    def masked(self) -> str:
        """Enough of the number to know it by: ``CZ65 •••• 5399``."""
        return f"{self.number[:4]} •••• {self.number[-4:]}"
