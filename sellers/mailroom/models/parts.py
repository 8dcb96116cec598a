"""A mail's attachments; what became of those that hold receipts is told by the receipts' own files."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from marketplace.kernel.models import StoredFile
from sellers.mailroom.models.mails import Mail


class Outcome(models.TextChoices):
    """What became of an attachment, one reason each; ``wording`` says why and what to do next."""

    RECEIPT = "receipt", _("Read as a receipt")
    HANDED_IN = "handed_in", _("Handed to accounting")
    NOT_USABLE = "not_usable", _("Not a usable workbook")
    NO_PERIOD = "no_period", _("No period is over")
    TO_A_PERSON = "to_a_person", _("Waits for a person")
    SENDER_NOT_TIED = "sender_not_tied", _("Sender not tied to the seller")
    SELLER_UNCLEAR = "seller_unclear", _("Not clear which seller it is of")
    NO_ROUTE = "no_route", _("Not clear what it is for")
    INVOICE_TAKEN = "invoice_taken", _("Invoice handed in")
    DIFFERS = "differs", _("Invoice differs from its document")
    NOT_AWAITED = "not_awaited", _("No invoice is awaited")
    NUMBER_TAKEN = "number_taken", _("Invoice number used before")
    NO_DOCUMENT = "no_document", _("No such document")
    INVOICE_UNREAD = "invoice_unread", _("Electronic invoice not readable")
    ACTIVE_PDF = "active_pdf", _("PDF in quarantine")
    IGNORED = "ignored", _("Not needed here")


class MailPart(models.Model):
    """An attachment, by its place in the mail; ``told`` is what its wording speaks of."""

    mail = models.ForeignKey(Mail, models.PROTECT, related_name="parts", verbose_name=_("mail"))
    position = models.PositiveIntegerField(_("position"))
    name = models.CharField(_("file name"), max_length=120)
    kind = models.CharField(_("kind"), max_length=10, blank=True, default="")
    size = models.PositiveBigIntegerField(_("size, bytes"), default=0)
    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="+", verbose_name=_("file"))
    outcome = models.CharField(_("outcome"), max_length=15, choices=Outcome, blank=True, default="")
    told = models.JSONField(_("told"), default=dict)
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)

    class Meta:
        verbose_name = _("attachment")
        verbose_name_plural = _("attachments")
        constraints = [
            models.UniqueConstraint(fields=["mail", "position"], name="one_attachment_per_place"),
            models.CheckConstraint(
                condition=Q(outcome="", decided_at__isnull=True)
                | ~Q(outcome="") & Q(decided_at__isnull=False),
                name="decided_attachment_says_when",
            ),
        ]

    def __str__(self) -> str:
        return self.name
