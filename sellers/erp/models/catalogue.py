"""The ERP's catalogue as it was last read, and the SKUs that somebody matched by hand."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from sellers.erp.models.channels import Channel


class CatalogueItem(models.Model):
    """An item of the ERP's catalogue; ``stock`` by warehouse, as decimals in text."""

    channel = models.ForeignKey(Channel, models.CASCADE, related_name="items", verbose_name=_("channel"))
    external_id = models.CharField(_("id in the ERP"), max_length=40)
    name = models.CharField(_("name"), max_length=250)
    reference = models.CharField(_("reference"), max_length=64, blank=True, default="")
    barcode = models.CharField(_("barcode"), max_length=64, blank=True, default="")
    active = models.BooleanField(_("active"), default=True)
    stock = models.JSONField(_("stock"), default=dict, blank=True)
    seen_at = models.DateTimeField(_("read"))

    class Meta:
        verbose_name = _("item of the ERP")
        verbose_name_plural = _("items of the ERP")
        constraints = [
            models.UniqueConstraint(fields=["channel", "external_id"], name="one_item_per_external_id")
        ]
        indexes = [
            models.Index(fields=["channel", "barcode"], name="erp_item_barcode"),
            models.Index(fields=["channel", "reference"], name="erp_item_reference"),
            models.Index(fields=["channel", "name", "id"], name="erp_item_name"),
        ]

    def __str__(self) -> str:
        return self.name


class SkuMap(models.Model):
    """What somebody said an order's SKU is in the ERP: it holds for all orders to come."""

    channel = models.ForeignKey(Channel, models.CASCADE, related_name="sku_maps", verbose_name=_("channel"))
    sku = models.CharField(_("SKU"), max_length=64)
    external_id = models.CharField(_("id in the ERP"), max_length=40)
    said_at = models.DateTimeField(_("said"))
    said_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("by")
    )

    class Meta:
        verbose_name = _("matched SKU")
        verbose_name_plural = _("matched SKUs")
        constraints = [models.UniqueConstraint(fields=["channel", "sku"], name="one_match_per_sku")]

    def __str__(self) -> str:
        return self.sku
