"""The keys the marketplace's own systems show at the door: of a market, for what they are given."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from marketplace.parties.models import Market


class Scope(models.TextChoices):
    DEPOSITS = "deposits", _("Deposits")
    FEES = "fees", _("Fees")


class MarketKeyQuerySet(models.QuerySet["MarketKey"]):
    def locked(self) -> "MarketKeyQuerySet":
        return self.order_by("pk").select_for_update(no_key=True, of=("self",))

    def live(self) -> "MarketKeyQuerySet":
        """Keys nobody took back."""
        return self.filter(revoked_at__isnull=True)


class MarketKey(models.Model):
    """A key of one market. Only its hash is kept: 256 random bits need no salt."""

    market = models.ForeignKey(Market, models.PROTECT, related_name="api_keys", verbose_name=_("market"))
    name = models.CharField(_("name"), max_length=60)
    prefix = models.CharField(_("begins with"), max_length=24)
    digest = models.CharField(_("SHA-256"), max_length=64, unique=True)
    for_deposits = models.BooleanField(_("tells of deposits"), default=False)
    for_fees = models.BooleanField(_("tells of fees"), default=False)
    created_at = models.DateTimeField(_("created"))
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("created by"),
    )
    last_used_at = models.DateTimeField(_("last used"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True)
    revoked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("revoked by"),
    )

    objects = MarketKeyQuerySet.as_manager()

    class Meta:
        verbose_name = _("marketplace's API key")
        verbose_name_plural = _("marketplace's API keys")
        constraints = [
            models.CheckConstraint(
                condition=Q(for_deposits=True) | Q(for_fees=True), name="market_key_is_for_something"
            )
        ]

    def __str__(self) -> str:
        return f"{self.prefix}…"

    @property
    def scopes(self) -> frozenset[Scope]:
        """What it opens."""
        told = {Scope.DEPOSITS: self.for_deposits, Scope.FEES: self.for_fees}
        return frozenset(scope for scope, given in told.items() if given)
