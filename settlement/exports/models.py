"""Exports for invoicing: the workbooks sellers ask for."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from marketplace.kernel.models import Job, StoredFile
from marketplace.parties.models import Market, Seller
from settlement.periods.rules import Span


class ExportQuerySet(models.QuerySet["Export"]):
    def of(self, seller: Seller) -> "ExportQuerySet":
        return self.filter(seller=seller)


class Export(models.Model):
    """A workbook of one seller's period, written by a job; how far it is, the job says until the file is
    there.

    ``preview`` marks an export made while its period was still running: it can be looked at, not sent.
    """

    market = models.ForeignKey(Market, models.PROTECT, related_name="exports", verbose_name=_("market"))
    seller = models.ForeignKey(Seller, models.PROTECT, related_name="exports", verbose_name=_("seller"))
    first_on = models.DateField(_("first day"))
    end_on = models.DateField(_("day after the last"))
    starts_at = models.DateTimeField(_("starts"))
    ends_at = models.DateTimeField(_("cut-off"))
    preview = models.BooleanField(_("preview of a running period"))
    created_at = models.DateTimeField(_("created"))
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("by"),
    )
    job = models.ForeignKey(
        Job, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("job")
    )
    file = models.ForeignKey(
        StoredFile, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("workbook")
    )
    rows = models.PositiveIntegerField(_("orders"), default=0)
    left_out = models.PositiveIntegerField(_("not included"), default=0)
    total = models.BigIntegerField(_("total"), default=0)
    purchase_gross = models.BigIntegerField(_("purchase price"), default=0)

    objects = ExportQuerySet.as_manager()

    class Meta:
        verbose_name = _("export for invoicing")
        verbose_name_plural = _("exports for invoicing")
        indexes = [models.Index(fields=["seller", "-created_at"], name="export_of_seller")]

    def __str__(self) -> str:
        return f"{self.first_on} – {self.span.last_on}"

    @property
    def span(self) -> Span:
        return Span(self.first_on, self.end_on)
