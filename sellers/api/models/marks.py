"""How far the moves of orders have been seen."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Mark(models.Model):
    """A place in the moves of all orders: their keys up to ``upto``.

    Keys are given before transactions commit, so a move may appear behind others that are there already.
    ``writers`` are the transactions that wrote moves when the place was seen: once all have ended, nothing
    can appear before the mark any more, and it is ``settled_at``. ``reached`` is how far the moves before
    it were handed to webhooks. A settled mark also tells which moves are later than an instant.
    """

    upto = models.BigIntegerField(_("up to move"))
    writers = models.JSONField(_("still written then by"), default=list)
    reached = models.BigIntegerField(_("handed on up to"), default=0)
    seen_at = models.DateTimeField(_("seen"))
    settled_at = models.DateTimeField(_("settled"), null=True, blank=True, db_index=True)

    class Meta:
        verbose_name = _("mark")
        verbose_name_plural = _("marks")

    def __str__(self) -> str:
        return str(self.upto)
