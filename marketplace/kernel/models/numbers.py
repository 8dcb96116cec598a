"""The counters behind gapless document numbers."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class NumberSeries(models.Model):
    """One gapless series of a market: a kind of paper and the year of its issue there."""

    market = models.ForeignKey("parties.Market", models.PROTECT, related_name="+", verbose_name=_("market"))
    kind = models.CharField(_("kind"), max_length=20)
    year = models.PositiveSmallIntegerField(_("year"))
    last = models.PositiveIntegerField(_("last number given"), default=0)

    class Meta:
        verbose_name = _("number series")
        verbose_name_plural = _("number series")
        constraints = [
            models.UniqueConstraint(fields=["market", "kind", "year"], name="one_series_per_kind_and_year")
        ]

    def __str__(self) -> str:
        return f"{self.market_id} {self.kind} {self.year}: {self.last}"
