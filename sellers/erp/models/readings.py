"""How far the lists of an ERP were read: a long one takes many minutes of its rate limit."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from sellers.erp.models.channels import Channel


class Kind(models.TextChoices):
    ITEMS = "items", pgettext_lazy("list of an ERP", "Catalogue")
    CONTACTS = "contacts", pgettext_lazy("list of an ERP", "Contacts")
    INVOICES = "invoices", pgettext_lazy("list of an ERP", "Invoices")
    LOOK_UP = "look_up", pgettext_lazy("list of an ERP", "Invoices looked for")


class Reading(models.Model):
    """The last reading of a list, or the one that is under way: who goes on with it begins at ``position``.

    ``ordered`` says that all ids read so far are numbers that grow, so that what is new stands at the end.
    """

    channel = models.ForeignKey(Channel, models.CASCADE, related_name="readings", verbose_name=_("channel"))
    kind = models.CharField(_("list"), max_length=8, choices=Kind)
    position = models.PositiveIntegerField(_("rows read"), default=0)
    began_at = models.DateTimeField(_("begun"))
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)
    ordered = models.BooleanField(_("in order"), default=True)
    whole_at = models.DateTimeField(_("read from the start"), null=True, blank=True)

    class Meta:
        verbose_name = _("reading of an ERP's list")
        verbose_name_plural = _("readings of an ERP's lists")
        constraints = [models.UniqueConstraint(fields=["channel", "kind"], name="one_reading_per_list")]

    def __str__(self) -> str:
        return f"{self.channel_id} {self.kind}"
