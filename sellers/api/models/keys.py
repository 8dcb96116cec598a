"""The keys sellers' systems show at the door."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from marketplace.parties.models import Seller
from sellers.api.models.base import Key


class ApiKeyQuerySet(models.QuerySet["ApiKey"]):
    def of(self, seller: Seller) -> "ApiKeyQuerySet":
        return self.filter(seller=seller)

    def locked(self) -> "ApiKeyQuerySet":
        return self.order_by("pk").select_for_update(no_key=True, of=("self",))

    def live(self) -> "ApiKeyQuerySet":
        """Keys nobody took back."""
        return self.filter(revoked_at__isnull=True)


class ApiKey(Key):
    """A key of one seller."""

    seller = models.ForeignKey(Seller, models.PROTECT, related_name="api_keys", verbose_name=_("seller"))

    objects = ApiKeyQuerySet.as_manager()

    class Meta:
        verbose_name = _("API key")
        verbose_name_plural = _("API keys")
