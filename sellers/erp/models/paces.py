"""How many requests an ERP's user has left, kept by all workers together."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class PaceRow(models.Model):
    """The rate limit of one user of an ERP; ``key`` is a hash of who that is.

    ``remaining`` is None until the ERP has told it; what it told holds until ``resets_at``.
    """

    key = models.CharField(_("key"), max_length=64, unique=True)
    remaining = models.IntegerField(_("remaining"), null=True, blank=True)
    resets_at = models.DateTimeField(_("resets"), null=True, blank=True)

    class Meta:
        verbose_name = _("rate limit")
        verbose_name_plural = _("rate limits")

    def __str__(self) -> str:
        return self.key[:8]
