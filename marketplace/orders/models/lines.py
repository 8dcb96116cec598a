"""Order lines and an order's amounts per VAT rate: frozen when the order is placed."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from marketplace.orders.models.orders import Order
from marketplace.orders.rules.facts import LineFacts


class LineKind(models.TextChoices):
    GOODS = "goods", _("Goods")
    SHIPPING = "shipping", pgettext_lazy("a line of an order", "Delivery")
    COD_FEE = "cod_fee", _("COD fee")
    DISCOUNT = "discount", _("Discount")


class Funder(models.TextChoices):
    SELLER = "seller", _("Seller")
    MARKETPLACE = "marketplace", _("Marketplace")


class OrderLine(models.Model):
    """A line with its frozen price and rates; ``gross`` and ``purchase_net`` are signed minor units."""

    order = models.ForeignKey(Order, models.CASCADE, related_name="lines", verbose_name=_("order"))
    position = models.PositiveSmallIntegerField(_("position"))
    kind = models.CharField(_("kind"), max_length=10, choices=LineKind)
    sku = models.CharField(_("SKU"), max_length=64, blank=True)
    name = models.CharField(_("name"), max_length=250)
    quantity = models.PositiveIntegerField(_("quantity"))
    unit_price = models.BigIntegerField(_("unit price"))
    vat_bp = models.PositiveIntegerField(_("VAT"), null=True, blank=True)
    commission_bp = models.PositiveIntegerField(_("commission"), default=0)
    funded_by = models.CharField(_("funded by"), max_length=11, choices=Funder, default=Funder.SELLER)
    gross = models.BigIntegerField(_("sale price"))
    purchase_net = models.BigIntegerField(_("purchase price, net"), default=0)
    commission_net = models.BigIntegerField(_("commission, net"), default=0)

    class Meta:
        verbose_name = _("line")
        verbose_name_plural = _("lines")
        constraints = [models.UniqueConstraint(fields=["order", "position"], name="one_line_per_position")]

    def __str__(self) -> str:
        return self.name

    @property
    def facts(self) -> LineFacts:
        """The line as it was told when the order was placed."""
        return LineFacts(
            kind=self.kind,
            name=self.name,
            quantity=self.quantity,
            unit_price=self.unit_price,
            vat_bp=self.vat_bp,
            commission_bp=self.commission_bp,
            sku=self.sku,
            funded_by=self.funded_by,
        )


class OrderRate(models.Model):
    """An order's amounts at one VAT rate: what documents add up, set by set."""

    order = models.ForeignKey(Order, models.CASCADE, related_name="rates", verbose_name=_("order"))
    vat_bp = models.PositiveIntegerField(_("VAT"))
    gross = models.BigIntegerField(_("sale price"))
    purchase_net = models.BigIntegerField(_("purchase price, net"), default=0)
    commission_net = models.BigIntegerField(_("commission, net"), default=0)

    class Meta:
        verbose_name = _("amount per rate")
        verbose_name_plural = _("amounts per rate")
        constraints = [models.UniqueConstraint(fields=["order", "vat_bp"], name="one_amount_per_rate")]

    def __str__(self) -> str:
        return f"{self.vat_bp}"
