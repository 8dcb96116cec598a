"""Settlement runs: every seller of a market, walked through."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from marketplace.parties.models import Market


class Origin(models.TextChoices):
    SCHEDULE = "schedule", _("Schedule")
    MANUAL = "manual", _("By hand")


class Run(models.Model):
    """One walk through a market's sellers for the periods that had ended by a day; scheduled once per day."""

    market = models.ForeignKey(Market, models.PROTECT, related_name="runs", verbose_name=_("market"))
    through = models.DateField(_("through"))
    origin = models.CharField(_("started"), max_length=8, choices=Origin)
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("by"),
    )
    started_at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("settlement run")
        verbose_name_plural = _("settlement runs")
        constraints = [
            models.UniqueConstraint(
                fields=["market", "through"],
                condition=Q(origin=Origin.SCHEDULE),
                name="one_scheduled_run_per_day",
            )
        ]

    def __str__(self) -> str:
        return f"{self.market.code} {self.through}"

    @property
    def group(self) -> str:
        """The group all its jobs belong to."""
        return f"run:{self.pk}"
