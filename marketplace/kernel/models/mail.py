"""The mail outbox: a letter is a row of the fact's own transaction, and is sent afterwards."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from marketplace.kernel.models.files import StoredFile


class MailState(models.TextChoices):
    READY = "ready", _("Waiting")
    SENDING = "sending", _("Being sent")
    SENT = "sent", _("Sent")
    DEAD = "dead", _("Not sent")


class OutgoingMail(models.Model):
    """One letter. ``key`` names the fact it tells of, so that the fact is told once."""

    key = models.CharField(_("key"), max_length=120, unique=True)
    market = models.ForeignKey("parties.Market", models.PROTECT, related_name="+", verbose_name=_("market"))
    seller = models.ForeignKey("parties.Seller", models.PROTECT, null=True, blank=True, related_name="+")
    sender = models.CharField(_("from"), max_length=200)
    recipients = models.JSONField(_("to"))
    subject = models.CharField(_("subject"), max_length=200)
    body = models.TextField(_("text"))
    headers = models.JSONField(_("headers besides"), default=dict)
    attachments = models.ManyToManyField(
        StoredFile, blank=True, related_name="+", verbose_name=_("attachments")
    )
    message_id = models.CharField(_("Message-ID"), max_length=120, unique=True)
    state = models.CharField(_("state"), max_length=10, choices=MailState, default=MailState.READY)
    error = models.TextField(_("error"), blank=True, default="")
    created_at = models.DateTimeField(_("created"))
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)

    class Meta:
        verbose_name = _("outgoing mail")
        verbose_name_plural = _("outgoing mail")
        indexes = [
            models.Index(
                fields=["created_at"],
                condition=~models.Q(state=MailState.SENT),
                name="mail_not_sent",
            )
        ]

    def __str__(self) -> str:
        return self.subject
