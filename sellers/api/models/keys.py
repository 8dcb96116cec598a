"""The keys sellers' systems show at the door."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from marketplace.parties.models import Seller


class ApiKeyQuerySet(models.QuerySet["ApiKey"]):
    def of(self, seller: Seller) -> "ApiKeyQuerySet":
        return self.filter(seller=seller)

    def locked(self) -> "ApiKeyQuerySet":
        return self.order_by("pk").select_for_update(no_key=True, of=("self",))

    def live(self) -> "ApiKeyQuerySet":
        """Keys nobody took back."""
        return self.filter(revoked_at__isnull=True)


class ApiKey(models.Model):
    """A key of one seller. Only its hash is kept: 256 random bits need no salt."""

    seller = models.ForeignKey(Seller, models.PROTECT, related_name="api_keys", verbose_name=_("seller"))
    name = models.CharField(_("name"), max_length=60)
    prefix = models.CharField(_("begins with"), max_length=16)
    digest = models.CharField(_("SHA-256"), max_length=64, unique=True)
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

    objects = ApiKeyQuerySet.as_manager()

    class Meta:
        verbose_name = _("API key")
        verbose_name_plural = _("API keys")

    def __str__(self) -> str:
        return f"{self.prefix}…"
