"""The audit trail: who did what, when and from where; append-only and sealed into a hash chain."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class AuditRecord(models.Model):
    """One act. ``seal`` is null until the sealing job links the row into the chain, once."""

    at = models.DateTimeField(_("at"), db_index=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("by"),
    )
    verb = models.CharField(_("what"), max_length=60)
    subject = models.CharField(_("subject"), max_length=120)
    seller = models.ForeignKey("parties.Seller", models.PROTECT, null=True, blank=True, related_name="+")
    address = models.CharField(_("from address"), max_length=45, blank=True, default="")
    details = models.JSONField(_("details"), default=dict)
    chain = models.PositiveBigIntegerField(_("place in the chain"), null=True, blank=True, unique=True)
    seal = models.CharField(_("seal"), max_length=64, null=True, blank=True)

    class Meta:
        verbose_name = _("audit record")
        verbose_name_plural = _("audit trail")
        indexes = [models.Index(fields=["id"], condition=models.Q(seal__isnull=True), name="audit_unsealed")]

    def __str__(self) -> str:
        return f"{self.verb} {self.subject}"
