"""What a seller has ticked to be invoiced, and for whom, until it is issued or given up."""

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from marketplace.parties.models import Seller
from settlement.billing.models.invoices import BillingInvoice


class InvoiceDraftQuerySet(models.QuerySet["InvoiceDraft"]):
    def of(self, seller: Seller) -> "InvoiceDraftQuerySet":
        return self.filter(seller=seller)

    def locked(self) -> "InvoiceDraftQuerySet":
        return self.order_by("pk").select_for_update(no_key=True, of=("self",))


class InvoiceDraft(models.Model):
    """The deposits ticked and the recipient as corrected: kept here, so that nothing is lost on the way.

    ``invoice`` is what it became: a draft is issued once, however often it is sent.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    seller = models.ForeignKey(
        Seller, models.CASCADE, related_name="invoice_drafts", verbose_name=_("seller")
    )
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by"))
    created_at = models.DateTimeField(_("created"), db_index=True)
    deposits = models.JSONField(_("deposits"))
    recipient = models.JSONField(_("recipient"))
    invoice = models.OneToOneField(
        BillingInvoice,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="draft",
        verbose_name=_("invoice"),
    )

    objects = InvoiceDraftQuerySet.as_manager()

    class Meta:
        verbose_name = _("draft of an invoice")
        verbose_name_plural = _("drafts of invoices")

    def __str__(self) -> str:
        return str(self.pk)
