"""Closed settlement periods of a seller."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from marketplace.kernel.days import span_text
from marketplace.parties.models import Cadence, Market, Seller
from settlement.periods.rules import Span


class PeriodQuerySet(models.QuerySet["Period"]):
    def of(self, seller: Seller) -> "PeriodQuerySet":
        return self.filter(seller=seller)

    def locked(self) -> "PeriodQuerySet":
        return self.order_by("pk").select_for_update(no_key=True, of=("self",))


class Period(models.Model):
    """A period that is over: days in the market's zone, and the instants they stand for.

    What was delivered before ``ends_at`` (the cut-off) and committed after the close is a late arrival
    of the next one.
    """

    market = models.ForeignKey(Market, models.PROTECT, related_name="periods", verbose_name=_("market"))
    seller = models.ForeignKey(Seller, models.PROTECT, related_name="periods", verbose_name=_("seller"))
    cadence = models.CharField(_("cadence"), max_length=10, choices=Cadence)
    first_on = models.DateField(_("first day"))
    end_on = models.DateField(_("day after the last"))
    starts_at = models.DateTimeField(_("starts"))
    ends_at = models.DateTimeField(_("cut-off"))
    closed_at = models.DateTimeField(_("closed"))

    objects = PeriodQuerySet.as_manager()

    class Meta:
        verbose_name = _("settlement period")
        verbose_name_plural = _("settlement periods")
        constraints = [
            models.UniqueConstraint(fields=["seller", "first_on"], name="one_period_per_first_day"),
            models.UniqueConstraint(fields=["seller", "end_on"], name="one_period_per_end"),
            models.CheckConstraint(condition=Q(first_on__lt=F("end_on")), name="period_has_days"),
            models.CheckConstraint(condition=Q(starts_at__lt=F("ends_at")), name="period_has_time"),
        ]
        indexes = [models.Index(fields=["market", "end_on"], name="period_market_end")]

    def __str__(self) -> str:
        return span_text(self.first_on, self.span.last_on, language=get_language() or "en")

    @property
    def span(self) -> Span:
        return Span(self.first_on, self.end_on)
