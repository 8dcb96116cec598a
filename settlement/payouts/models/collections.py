"""Collections: what a seller owes after a set-off, demanded and received."""

from collections.abc import Mapping

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from marketplace.kernel.models import Change, StoredFile
from marketplace.parties.models import Market, Seller
from settlement.netting.models import Item, SetOff


class CollectionState(models.TextChoices):
    DEMANDED = "demanded", _("Waits for payment")
    PAID = "paid", _("Paid")
    CANCELLED = "cancelled", _("Cancelled")


class CollectionQuerySet(models.QuerySet["Collection"]):
    def of(self, seller: Seller) -> "CollectionQuerySet":
        return self.filter(seller=seller)

    def locked(self) -> "CollectionQuerySet":
        return self.order_by("pk").select_for_update(no_key=True, of=("self",))


class Collection(models.Model):
    """A demand: the seller pays ``amount`` with ``symbol`` as its reference; minor units of ``currency``.

    ``exact`` is what its items add up to, ``received`` what has come in so far.
    """

    MOVES: Mapping[str, frozenset[str]] = {
        CollectionState.DEMANDED: frozenset({CollectionState.PAID, CollectionState.CANCELLED}),
        CollectionState.PAID: frozenset(),
        CollectionState.CANCELLED: frozenset(),
    }

    reference = models.CharField(_("reference"), max_length=24, unique=True)
    market = models.ForeignKey(Market, models.PROTECT, related_name="collections", verbose_name=_("market"))
    seller = models.ForeignKey(Seller, models.PROTECT, related_name="collections", verbose_name=_("seller"))
    set_off = models.ForeignKey(SetOff, models.PROTECT, related_name="collections", verbose_name=_("set-off"))
    year = models.PositiveSmallIntegerField(_("year"))
    serial = models.PositiveIntegerField(_("number in the series"))
    symbol = models.CharField(_("variable symbol"), max_length=10)
    state = models.CharField(
        _("state"), max_length=10, choices=CollectionState, default=CollectionState.DEMANDED
    )
    currency = models.CharField(_("currency"), max_length=3)
    exact = models.BigIntegerField(_("owed"))
    amount = models.BigIntegerField(_("amount"))
    received = models.BigIntegerField(_("received"), default=0)
    demanded_at = models.DateTimeField(_("demanded"))
    due_on = models.DateField(_("due"))
    pdf = models.ForeignKey(
        StoredFile, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("PDF")
    )

    objects = CollectionQuerySet.as_manager()

    class Meta:
        verbose_name = _("collection")
        verbose_name_plural = _("collections")
        constraints = [
            models.UniqueConstraint(fields=["market", "year", "serial"], name="one_collection_per_number"),
            models.UniqueConstraint(fields=["market", "symbol"], name="one_collection_per_symbol"),
            models.UniqueConstraint(
                fields=["set_off"],
                condition=~Q(state=CollectionState.CANCELLED),
                name="one_live_collection_per_set_off",
            ),
            models.CheckConstraint(
                condition=Q(amount__gt=0, exact__gt=0, received__gte=0, received__lte=F("amount")),
                name="collection_within_bounds",
            ),
            models.CheckConstraint(
                condition=~Q(state=CollectionState.PAID) | Q(received=F("amount")),
                name="paid_collection_is_received",
            ),
        ]
        indexes = [
            models.Index(fields=["seller", "-demanded_at"], name="collection_of_seller"),
            models.Index(
                fields=["market", "due_on"],
                condition=Q(state=CollectionState.DEMANDED),
                name="collection_waiting",
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def missing(self) -> int:
        """What has not come in yet."""
        return self.amount - self.received


class CollectionItem(models.Model):
    """What a collection demands of one item."""

    collection = models.ForeignKey(
        Collection, models.PROTECT, related_name="items", verbose_name=_("collection")
    )
    item = models.ForeignKey(Item, models.PROTECT, related_name="collection_items", verbose_name=_("item"))
    amount = models.BigIntegerField(_("amount"))

    class Meta:
        verbose_name = _("item of a collection")
        verbose_name_plural = _("items of collections")
        constraints = [
            models.UniqueConstraint(fields=["collection", "item"], name="one_collection_item_per_item"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="collection_item_is_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.amount}"


class CollectionReceipt(models.Model):
    """Money that came in for a collection: ``amount`` in the bank, ``settled`` of its items. Written once."""

    collection = models.ForeignKey(
        Collection, models.PROTECT, related_name="receipts", verbose_name=_("collection")
    )
    amount = models.BigIntegerField(_("amount"))
    settled = models.BigIntegerField(_("settled"))
    received_on = models.DateField(_("received on"))
    at = models.DateTimeField(_("noted"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("by"),
    )
    note = models.CharField(_("note"), max_length=200, blank=True, default="")

    class Meta:
        verbose_name = _("receipt of money")
        verbose_name_plural = _("receipts of money")
        constraints = [models.CheckConstraint(condition=Q(amount__gt=0), name="receipt_of_money_is_positive")]

    def __str__(self) -> str:
        return f"{self.amount}"


class CollectionChange(Change):
    """A move a collection made: written once."""

    collection = models.ForeignKey(
        Collection, models.CASCADE, related_name="changes", verbose_name=_("collection")
    )
