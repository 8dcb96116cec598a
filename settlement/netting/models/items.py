"""What is owed, item by item, until it is settled."""

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from marketplace.orders.models import Order
from marketplace.parties.models import Market, Seller
from settlement.billing.models import BillingInvoice, FeeInvoice
from settlement.documents.models import Document
from settlement.documents.models import State as DocumentState
from settlement.invoices.models import Invoice
from settlement.invoices.models import State as InvoiceState


class Side(models.TextChoices):
    PAYABLE = "payable", _("Owed to the seller")
    RECEIVABLE = "receivable", _("Owed by the seller")


class Paper(models.TextChoices):
    INVOICE = "invoice", _("Seller's invoice or credit note")
    CASH = "cash", _("An order's cash")
    HELD = "held", _("Customers' money of a document")
    FEE = "fee", _("Commission invoice or credit note")
    SERVICE = "service", _("Fee invoice or credit note")


NAMED = ("document", "fee", "billing", "invoice", "order")
"""What items can name."""

SOURCES = ("document", "billing")
"""What items come from: to be read along where their ``source`` is told."""

ITEM_SOURCES = ("item__document", "item__billing")
"""The same of rows that name an item."""


FREE = F("total") - F("settled") - F("reserved") - F("withheld")


def _only(paper: Paper, *named: str) -> Q:
    """That an item of a paper names just these of what items can name."""
    told = {f"{name}__isnull": name not in named for name in NAMED}
    return Q(paper=paper, **told)


class ItemQuerySet(models.QuerySet["Item"]):
    def of(self, seller: Seller) -> "ItemQuerySet":
        return self.filter(seller=seller)

    def locked(self) -> "ItemQuerySet":
        return self.order_by("pk").select_for_update(no_key=True, of=("self",))

    def live(self) -> "ItemQuerySet":
        """Those whose paper stands: the document is not void, the invoice not cancelled."""
        return self.exclude(document__state=DocumentState.VOID).exclude(invoice__state=InvoiceState.CANCELLED)

    def unsettled(self) -> "ItemQuerySet":
        """Those of which something is left to settle; read from an index of just these."""
        return self.filter(settled__lt=F("total")).live()

    def free(self) -> "ItemQuerySet":
        """Those of which a new set-off may take something, with ``free``, how much.

        What a seller gave back of a credit document waits for its credit note: both come on one set-off.
        """
        note = Item.objects.filter(document=OuterRef("document"), paper=Paper.INVOICE).live()
        waits = Q(paper=Paper.CASH, side=Side.PAYABLE, document__purchase_gross__gt=0) & ~Exists(note)
        return self.unsettled().exclude(waits).annotate(free=FREE).filter(free__gt=0)

    def oldest_first(self) -> "ItemQuerySet":
        """In the order in which they are set off: by due instant, ties by number."""
        return self.order_by("due_at", "number", "pk")


class Item(models.Model):
    """A debt between the marketplace and a seller, in minor units of ``currency``.

    In resale the seller is owed its booked invoices and owes the cash it holds, order by order; in
    agency it is owed the customers' money of a document and owes the commission. Credit documents turn
    each of these around. In either it owes the invoices for fees that its deposits do not cover, which
    come from no document. Of ``total``, ``settled`` is set off or paid, ``reserved`` is being paid just
    now, ``withheld`` is disputed; the rest is free for the next set-off. The three are stored so that a
    constraint can guard them; the books' checks prove them from set-offs, payments and disputes.
    """

    market = models.ForeignKey(Market, models.PROTECT, related_name="items", verbose_name=_("market"))
    seller = models.ForeignKey(
        Seller, models.PROTECT, related_name="items", verbose_name=_("seller"), db_index=False
    )
    side = models.CharField(_("side"), max_length=10, choices=Side)
    paper = models.CharField(_("what it is of"), max_length=7, choices=Paper, default=Paper.INVOICE)
    document = models.ForeignKey(
        Document,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="items",
        verbose_name=_("invoice document"),
    )
    fee = models.OneToOneField(
        FeeInvoice,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="item",
        verbose_name=_("fee invoice"),
    )
    billing = models.OneToOneField(
        BillingInvoice,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="item",
        verbose_name=_("billing invoice"),
    )
    invoice = models.OneToOneField(
        Invoice,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="item",
        verbose_name=_("seller's invoice"),
    )
    order = models.ForeignKey(
        Order, models.PROTECT, null=True, blank=True, related_name="items", verbose_name=_("order")
    )
    number = models.CharField(_("number"), max_length=40)
    due_at = models.DateTimeField(_("due"))
    opened_at = models.DateTimeField(_("opened"))
    currency = models.CharField(_("currency"), max_length=3)
    total = models.BigIntegerField(_("total"))
    settled = models.BigIntegerField(_("settled"), default=0)
    reserved = models.BigIntegerField(_("being paid"), default=0)
    withheld = models.BigIntegerField(_("disputed"), default=0)

    objects = ItemQuerySet.as_manager()

    class Meta:
        verbose_name = _("open item")
        verbose_name_plural = _("open items")
        constraints = [
            models.UniqueConstraint(
                fields=["document", "order"],
                condition=Q(order__isnull=False),
                name="one_item_per_orders_cash",
            ),
            models.CheckConstraint(
                condition=_only(Paper.INVOICE, "document", "invoice")
                | _only(Paper.CASH, "document", "order")
                | _only(Paper.HELD, "document")
                | _only(Paper.FEE, "document", "fee")
                | _only(Paper.SERVICE, "billing"),
                name="item_has_its_paper",
            ),
            models.UniqueConstraint(
                fields=["document"], condition=Q(paper=Paper.HELD), name="one_item_of_held_money"
            ),
            models.CheckConstraint(
                condition=Q(total__gt=0, settled__gte=0, reserved__gte=0, withheld__gte=0),
                name="item_is_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(total__gte=F("settled") + F("reserved") + F("withheld")),
                name="item_is_not_overdrawn",
            ),
        ]
        indexes = [
            models.Index(
                fields=["seller", "side", "due_at", "number"],
                condition=Q(settled__lt=F("total")),
                name="item_open",
            ),
            models.Index(fields=["seller", "-opened_at", "-id"], name="item_of_seller"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def source(self) -> Document | BillingInvoice:
        """What it comes from: its document, or the billing invoice of fees."""
        found = self.billing or self.document
        assert found is not None  # a constraint holds that
        return found

    @property
    def open(self) -> int:
        """What is not settled yet."""
        return self.total - self.settled

    @property
    def available(self) -> int:
        """What a new set-off may take."""
        return self.total - self.settled - self.reserved - self.withheld
