"""Whom a seller's billing invoices are made out to, unless it says otherwise on one."""

from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from marketplace.parties.models import Seller


class BillingProfile(models.Model):
    """The recipient's data of a seller's billing invoices."""

    seller = models.OneToOneField(
        Seller, models.PROTECT, related_name="billing_profile", verbose_name=_("seller")
    )
    name = models.CharField(_("name"), max_length=150)
    tax_id = models.CharField(_("tax id"), max_length=20)
    street = models.CharField(_("street"), max_length=120)
    city = models.CharField(_("city"), max_length=80)
    zip = models.CharField(_("postal code"), max_length=12)
    email = models.EmailField(_("e-mail for invoices"))
    regime = models.CharField(
        _("tax regime"), max_length=3, blank=True, default="", validators=[RegexValidator(r"^\d{3}$")]
    )
    use = models.CharField(
        _("use of the invoice"),
        max_length=4,
        blank=True,
        default="",
        validators=[RegexValidator(r"^[A-Z]{1,2}\d{2}$")],
    )

    class Meta:
        verbose_name = _("billing profile")
        verbose_name_plural = _("billing profiles")

    def __str__(self) -> str:
        return self.name
