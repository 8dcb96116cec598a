"""A seller's connection to its ERP."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from marketplace.kernel.secrets import SealedField
from marketplace.parties.models import Seller
from sellers.erp.rules.catalogue import SkuIs
from sellers.erp.rules.choosing import Group


class Provider(models.TextChoices):
    ALEGRA = "alegra", "Alegra"


class ChannelState(models.TextChoices):
    ON = "on", pgettext_lazy("ERP channel", "Connected")
    REFUSED = "refused", pgettext_lazy("ERP channel", "Refused by the ERP")
    OFF = "off", pgettext_lazy("ERP channel", "Disconnected")


class SkuField(models.TextChoices):
    BARCODE = SkuIs.BARCODE.value, _("Barcode")
    REFERENCE = SkuIs.REFERENCE.value, _("Reference")


class OrderGroup(models.TextChoices):
    PENDING = Group.PENDING.value, pgettext_lazy("orders", "Pending")
    SENT = Group.SENT.value, pgettext_lazy("orders", "Sent")
    COMPLETED = Group.COMPLETED.value, pgettext_lazy("orders", "Completed")
    CANCELLED = Group.CANCELLED.value, pgettext_lazy("orders", "Cancelled")
    OTHER = Group.OTHER.value, pgettext_lazy("orders", "Other")


class ChannelQuerySet(models.QuerySet["Channel"]):
    def of(self, seller: Seller) -> "ChannelQuerySet":
        return self.filter(seller=seller)

    def locked(self) -> "ChannelQuerySet":
        return self.order_by("pk").select_for_update(no_key=True, of=("self",))

    def live(self) -> "ChannelQuerySet":
        return self.exclude(state=ChannelState.OFF)

    def connected(self) -> "ChannelQuerySet":
        return self.filter(state=ChannelState.ON)


class Channel(models.Model):
    """What connects a seller to an ERP: credentials (sealed), how orders are written there, which go by
    themselves.

    A channel is to one company's books for ever: another company is another channel, since nothing that is
    known of the one (contacts, items, invoices) holds in the other. ``offer`` is what the ERP had to choose
    from when it was last asked; ``rests_until`` is set while the
    ERP is away or its rate limit is used up.
    """

    seller = models.ForeignKey(Seller, models.PROTECT, related_name="channels", verbose_name=_("seller"))
    provider = models.CharField(_("ERP"), max_length=10, choices=Provider, default=Provider.ALEGRA)
    name = models.CharField(_("name"), max_length=80)
    email = models.EmailField(_("e-mail of the ERP's user"))
    token = SealedField(_("token"))
    country = models.CharField(_("country"), max_length=2)
    company = models.CharField(_("company"), max_length=150, blank=True, default="")
    company_number = models.CharField(_("company's number"), max_length=40, blank=True, default="")
    currency = models.CharField(_("currency"), max_length=3, blank=True, default="")
    state = models.CharField(_("state"), max_length=7, choices=ChannelState, default=ChannelState.ON)
    offer = models.JSONField(_("what the ERP offers"), default=dict)
    offered_at = models.DateTimeField(_("asked"), null=True, blank=True)
    connected_at = models.DateTimeField(_("connected"))
    connected_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("by")
    )
    rests_until = models.DateTimeField(_("rests until"), null=True, blank=True)

    note_printed = models.BooleanField(_("observations on the PDF"), default=False)
    sku_is = models.CharField(_("SKU is"), max_length=9, choices=SkuField, default=SkuField.BARCODE)
    use_taxes = models.BooleanField(_("use taxes"), default=True)
    price_list = models.CharField(_("price list"), max_length=40, blank=True, default="")
    warehouse = models.CharField(_("warehouse"), max_length=40, blank=True, default="")
    default_email = models.EmailField(_("default e-mail"), blank=True, default="")
    default_phone = models.CharField(_("default phone"), max_length=40, blank=True, default="")
    default_id_type = models.CharField(_("default document"), max_length=20, blank=True, default="")
    default_id_number = models.CharField(_("default document number"), max_length=30, blank=True, default="")
    shipping_item = models.CharField(_("item for delivery"), max_length=40, blank=True, default="")
    cod_item = models.CharField(_("item for the COD fee"), max_length=40, blank=True, default="")

    automatic = models.BooleanField(_("invoice automatically"), default=False)
    automatic_since = models.DateTimeField(_("orders since"), null=True, blank=True)
    source_channels = models.JSONField(_("source channels"), default=list, blank=True)
    order_groups = models.JSONField(_("order statuses"), default=list, blank=True)
    fulfilment = models.BooleanField(_("invoice fulfilment orders"), default=True)
    as_draft = models.BooleanField(_("as drafts"), default=True)
    automatic_warehouse = models.CharField(_("warehouse"), max_length=40, blank=True, default="")
    automatic_price_list = models.CharField(_("price list"), max_length=40, blank=True, default="")
    stamp = models.BooleanField(_("issue (stamp)"), default=False)
    numbering = models.CharField(_("numbering"), max_length=40, blank=True, default="")
    id_type = models.CharField(_("identification type"), max_length=20, blank=True, default="")
    kind_of_person = models.CharField(_("kind of person"), max_length=20, blank=True, default="")
    regime = models.CharField(_("regime"), max_length=40, blank=True, default="")
    payment_form = models.CharField(_("payment form"), max_length=10, blank=True, default="")
    payment_method = models.CharField(_("payment method"), max_length=30, blank=True, default="")
    cfdi_use = models.CharField(_("use of the CFDI"), max_length=4, blank=True, default="")

    objects = ChannelQuerySet.as_manager()

    class Meta:
        verbose_name = _("ERP channel")
        verbose_name_plural = _("ERP channels")
        constraints = [
            models.UniqueConstraint(
                fields=["seller"],
                condition=~Q(state=ChannelState.OFF),
                name="one_live_channel_per_seller",
            ),
            models.CheckConstraint(
                condition=Q(automatic=False) | Q(automatic_since__isnull=False),
                name="automatic_channel_says_since",
            ),
        ]

    def __str__(self) -> str:
        return self.name
