"""Buyers as the ERP has them, so that each is made once."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from sellers.erp.models.channels import Channel


class Knowledge(models.TextChoices):
    ASKED = "asked", pgettext_lazy("contact", "Being made")
    KNOWN = "known", pgettext_lazy("contact", "Known")


class ErpContact(models.Model):
    """A buyer by its document. While it is being made nobody knows whether the ERP has it: it is looked up
    before it is made again.
    """

    channel = models.ForeignKey(Channel, models.CASCADE, related_name="contacts", verbose_name=_("channel"))
    identification = models.CharField(_("document number"), max_length=40)
    state = models.CharField(_("state"), max_length=5, choices=Knowledge, default=Knowledge.KNOWN)
    external_id = models.CharField(_("id in the ERP"), max_length=40, blank=True, default="")
    asked_at = models.DateTimeField(_("asked"))

    class Meta:
        verbose_name = _("contact of the ERP")
        verbose_name_plural = _("contacts of the ERP")
        constraints = [
            models.UniqueConstraint(fields=["channel", "identification"], name="one_contact_per_document"),
            models.CheckConstraint(
                condition=Q(state=Knowledge.ASKED, external_id="")
                | Q(state=Knowledge.KNOWN) & ~Q(external_id=""),
                name="known_contact_has_its_id",
            ),
        ]

    def __str__(self) -> str:
        return self.identification
