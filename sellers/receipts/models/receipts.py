"""Receipts: a seller's fiscal documents to its customers, each registered on its order."""

from collections.abc import Mapping

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from marketplace.kernel.models import Change, StoredFile
from marketplace.orders.models import Order, Return
from marketplace.parties.models import Market, Seller


class Kind(models.TextChoices):
    INVOICE = "invoice", _("Invoice")
    RECEIPT = "receipt", _("Receipt to a private person")
    CREDIT = "credit", _("Credit note")
    DEBIT = "debit", _("Debit note")


GATE_KINDS = (Kind.INVOICE, Kind.RECEIPT)
"""Those an order has one of, and which it needs before it is sent; notes come on top."""


class State(models.TextChoices):
    REGISTERED = "registered", _("Registered")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class ReceiptQuerySet(models.QuerySet["Receipt"]):
    def of(self, seller: Seller) -> "ReceiptQuerySet":
        return self.filter(seller=seller)

    def live(self) -> "ReceiptQuerySet":
        return self.filter(state=State.REGISTERED)

    def locked(self) -> "ReceiptQuerySet":
        return self.order_by("pk").select_for_update(no_key=True, of=("self",))


class Receipt(models.Model):
    """A fiscal document as its file says it; all but its state is written once.

    ``total`` is minor units of ``currency``. ``identity`` is what copies of one document share: tax id,
    type, series and number, however padded. ``late``: the order had been sent before.
    """

    MOVES: Mapping[str, frozenset[str]] = {
        State.REGISTERED: frozenset({State.WITHDRAWN}),
        State.WITHDRAWN: frozenset(),
    }

    market = models.ForeignKey(Market, models.PROTECT, related_name="receipts", verbose_name=_("market"))
    seller = models.ForeignKey(
        Seller, models.PROTECT, related_name="receipts", verbose_name=_("seller"), db_index=False
    )
    order = models.ForeignKey(Order, models.PROTECT, related_name="receipts", verbose_name=_("order"))
    returned = models.ForeignKey(
        Return, models.PROTECT, null=True, blank=True, related_name="receipts", verbose_name=_("return")
    )
    original = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="notes",
        verbose_name=_("receipt it refers to"),
    )
    syntax = models.CharField(_("format"), max_length=8)
    kind = models.CharField(_("kind"), max_length=7, choices=Kind)
    type_code = models.CharField(_("type"), max_length=6, blank=True)
    number = models.CharField(_("number"), max_length=60)
    identity = models.CharField(_("identity"), max_length=120)
    uid = models.CharField(_("tax office's id"), max_length=60, blank=True, default="")
    issued_on = models.DateField(_("date of issue"))
    currency = models.CharField(_("currency"), max_length=3)
    total = models.BigIntegerField(_("total"))
    buyer = models.CharField(_("buyer's document"), max_length=40, blank=True)
    signature = models.CharField(_("signature"), max_length=9)
    xml = models.ForeignKey(
        StoredFile, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("XML")
    )
    pdf = models.ForeignKey(
        StoredFile, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("PDF")
    )
    sha256 = models.CharField(_("SHA-256 of what was read"), max_length=64)
    late = models.BooleanField(_("late"), default=False)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.REGISTERED)
    registered_at = models.DateTimeField(_("registered"))
    registered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("by"),
    )

    objects = ReceiptQuerySet.as_manager()

    class Meta:
        verbose_name = _("receipt")
        verbose_name_plural = _("receipts")
        constraints = [
            models.UniqueConstraint(
                fields=["market", "identity"],
                condition=Q(state=State.REGISTERED),
                name="one_live_receipt_per_number",
            ),
            models.UniqueConstraint(
                fields=["market", "sha256"],
                condition=Q(state=State.REGISTERED),
                name="one_live_receipt_per_content",
            ),
            models.UniqueConstraint(
                fields=["order"],
                condition=Q(state=State.REGISTERED, kind__in=GATE_KINDS),
                name="one_live_receipt_per_order",
            ),
            models.UniqueConstraint(
                fields=["returned"],
                condition=Q(state=State.REGISTERED, returned__isnull=False),
                name="one_live_receipt_per_return",
            ),
            models.CheckConstraint(
                condition=Q(xml__isnull=False) | Q(pdf__isnull=False), name="receipt_has_a_file"
            ),
            models.CheckConstraint(condition=Q(total__gte=0), name="receipt_is_not_negative"),
            models.CheckConstraint(
                condition=Q(returned__isnull=True) | Q(kind=Kind.CREDIT), name="returns_are_credited"
            ),
        ]
        indexes = [models.Index(fields=["seller", "-registered_at", "-id"], name="receipt_of_seller")]

    def __str__(self) -> str:
        return self.number

    @property
    def opens_the_gate(self) -> bool:
        """Whether its order may be sent because of it."""
        return self.kind in GATE_KINDS


class ReceiptChange(Change):
    """A move a receipt made: written once."""

    receipt = models.ForeignKey(Receipt, models.CASCADE, related_name="changes", verbose_name=_("receipt"))
