"""The keys the marketplace's own systems show at the door: of a market, for what they are given."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from marketplace.parties.models import Market
from sellers.api.models.base import Key


class Scope(models.TextChoices):
    DEPOSITS = "deposits", _("Deposits")
    FEES = "fees", _("Fees")


class MarketKeyQuerySet(models.QuerySet["MarketKey"]):
    def locked(self) -> "MarketKeyQuerySet":
        return self.order_by("pk").select_for_update(no_key=True, of=("self",))

    def live(self) -> "MarketKeyQuerySet":
        """Keys nobody took back."""
        return self.filter(revoked_at__isnull=True)


class MarketKey(Key):
    """A key of one market."""

    market = models.ForeignKey(Market, models.PROTECT, related_name="api_keys", verbose_name=_("market"))
    prefix = models.CharField(_("begins with"), max_length=24)
    for_deposits = models.BooleanField(_("tells of deposits"), default=False)
    for_fees = models.BooleanField(_("tells of fees"), default=False)

    objects = MarketKeyQuerySet.as_manager()

    class Meta:
        verbose_name = _("marketplace's API key")
        verbose_name_plural = _("marketplace's API keys")
        constraints = [
            models.CheckConstraint(
                condition=Q(for_deposits=True) | Q(for_fees=True), name="market_key_is_for_something"
            )
        ]

    @property
    def scopes(self) -> frozenset[Scope]:
        """What it opens."""
        told = {Scope.DEPOSITS: self.for_deposits, Scope.FEES: self.for_fees}
        return frozenset(scope for scope, given in told.items() if given)
