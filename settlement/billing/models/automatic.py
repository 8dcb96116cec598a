"""Automatic invoicing of deposits: what a seller chose, and each period's run, once."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from marketplace.parties.models import Seller
from settlement.billing.models.deposits import Deposit
from settlement.billing.models.invoices import BillingInvoice


class Mode(models.TextChoices):
    OFF = "off", pgettext_lazy("automatic invoicing", "Off")
    MONTH = "month", _("By total: one invoice for the month's deposits")
    DEPOSIT = "deposit", _("One invoice for each deposit")
    DAYS_7 = "days_7", _("Every 7 days")
    DAYS_15 = "days_15", _("Every 15 days")
    DAYS_21 = "days_21", _("Every 21 days")


class AutomaticInvoicing(models.Model):
    """How a seller's deposits are invoiced by themselves; ``starts_on`` is the first day of the first
    period.
    """

    seller = models.OneToOneField(
        Seller, models.PROTECT, related_name="automatic_invoicing", verbose_name=_("seller")
    )
    mode = models.CharField(_("mode"), max_length=8, choices=Mode, default=Mode.OFF)
    starts_on = models.DateField(_("from"))

    class Meta:
        verbose_name = _("automatic invoicing")
        verbose_name_plural = _("automatic invoicing")

    def __str__(self) -> str:
        return self.get_mode_display()


class RunState(models.TextChoices):
    ISSUED = "issued", _("Invoiced")
    EMPTY = "empty", _("Nothing to invoice")
    REFUSED = "refused", _("Not invoiced")


class AutomaticRunQuerySet(models.QuerySet["AutomaticRun"]):
    def of(self, seller: Seller) -> "AutomaticRunQuerySet":
        return self.filter(seller=seller)

    def locked(self) -> "AutomaticRunQuerySet":
        return self.order_by("pk").select_for_update(no_key=True, of=("self",))


class AutomaticRun(models.Model):
    """What automatic invoicing did for a period, or for a deposit: one row each, whatever happens.

    A refused one says why, and is tried again; it becomes ``issued`` or ``empty`` then.
    """

    seller = models.ForeignKey(
        Seller, models.PROTECT, related_name="automatic_runs", verbose_name=_("seller")
    )
    mode = models.CharField(_("mode"), max_length=8, choices=Mode)
    first_on = models.DateField(_("first day"))
    end_on = models.DateField(_("day after the last"))
    deposit = models.ForeignKey(
        Deposit, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("deposit")
    )
    state = models.CharField(_("state"), max_length=7, choices=RunState)
    reason = models.CharField(_("why not"), max_length=300, blank=True, default="")
    ran_at = models.DateTimeField(_("ran"))
    invoices = models.ManyToManyField(
        BillingInvoice, blank=True, related_name="automatic_runs", verbose_name=_("invoices")
    )

    objects = AutomaticRunQuerySet.as_manager()

    class Meta:
        verbose_name = _("run of automatic invoicing")
        verbose_name_plural = _("runs of automatic invoicing")
        constraints = [
            models.UniqueConstraint(
                fields=["seller", "first_on"],
                condition=Q(deposit__isnull=True),
                name="one_run_per_period",
            ),
            models.UniqueConstraint(fields=["deposit"], name="one_run_per_deposit"),
            models.CheckConstraint(condition=Q(end_on__gt=F("first_on")), name="run_has_days"),
        ]
        indexes = [models.Index(fields=["seller", "-first_on"], name="run_of_seller")]

    def __str__(self) -> str:
        return f"{self.first_on} – {self.end_on}"
