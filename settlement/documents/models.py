"""Invoice documents: numbered, frozen lists of the orders a seller must invoice."""

from collections.abc import Mapping

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from marketplace.kernel.models import Change, StoredFile
from marketplace.orders.models import Order
from marketplace.parties.models import BusinessModel, Market, Seller
from settlement.periods.models import Period
from settlement.review.models import Submission


class State(models.TextChoices):
    ISSUED = "issued", _("Issued")
    VOID = "void", _("Void")


class Kind(models.TextChoices):
    INVOICE = "invoice", _("Invoice document")
    CREDIT = "credit", _("Credit document")


class Invoicing(models.TextChoices):
    AWAITED = "awaited", _("Awaits your invoice")
    RECEIVED = "received", _("Invoice in review")
    BOOKED = "booked", _("Invoiced")


class DocumentQuerySet(models.QuerySet["Document"]):
    def of(self, seller: Seller) -> "DocumentQuerySet":
        return self.filter(seller=seller)

    def locked(self) -> "DocumentQuerySet":
        return self.order_by("pk").select_for_update(no_key=True, of=("self",))

    def live(self) -> "DocumentQuerySet":
        return self.exclude(state=State.VOID)

    def awaiting_invoice(self) -> "DocumentQuerySet":
        """Issued, with something to invoice, and no live invoice answers."""
        return self.filter(
            state=State.ISSUED,
            invoicing=Invoicing.AWAITED,
            model=BusinessModel.RESALE,
            purchase_gross__gt=0,
        )


class Document(models.Model):
    """An issued document; all but its state, its rendered files and what later stages note is written once.

    Amounts are positive minor units of ``currency``. ``purchase_*`` is the seller's part: in resale what
    it invoices, in agency what the commission leaves, without a VAT of its own. The customers' money is
    held by the seller and by the marketplace as the sums say. A credit document is the mirror: what came
    back, what the seller credits, and by whom the customers' money was given back.
    """

    MOVES: Mapping[str, frozenset[str]] = {State.ISSUED: frozenset({State.VOID}), State.VOID: frozenset()}

    reference = models.CharField(_("reference"), max_length=20, unique=True)
    market = models.ForeignKey(Market, models.PROTECT, related_name="documents", verbose_name=_("market"))
    seller = models.ForeignKey(Seller, models.PROTECT, related_name="documents", verbose_name=_("seller"))
    period = models.ForeignKey(Period, models.PROTECT, related_name="documents", verbose_name=_("period"))
    submission = models.OneToOneField(
        Submission,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="document",
        verbose_name=_("submission"),
    )
    kind = models.CharField(_("kind"), max_length=7, choices=Kind, default=Kind.INVOICE)
    model = models.CharField(
        _("business model"), max_length=8, choices=BusinessModel, default=BusinessModel.RESALE
    )
    year = models.PositiveSmallIntegerField(_("year"))
    serial = models.PositiveIntegerField(_("number in the series"))
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.ISSUED)
    issued_at = models.DateTimeField(_("issued"))
    issued_on = models.DateField(_("date of issue"))
    currency = models.CharField(_("currency"), max_length=3)
    orders = models.PositiveIntegerField(_("orders"))
    customer_total = models.BigIntegerField(_("customer total"))
    purchase_net = models.BigIntegerField(_("purchase price, net"))
    purchase_vat = models.BigIntegerField(_("VAT"))
    purchase_gross = models.BigIntegerField(_("purchase price"))
    commission_net = models.BigIntegerField(_("commission, net"), default=0)
    commission_vat = models.BigIntegerField(_("VAT on the commission"), default=0)
    held_by_seller = models.BigIntegerField(_("held by the seller"))
    held_by_marketplace = models.BigIntegerField(_("held by the marketplace"))
    invoicing = models.CharField(
        _("seller's invoice"), max_length=8, choices=Invoicing, default=Invoicing.AWAITED
    )
    netted_at = models.DateTimeField(_("its cash is on a set-off since"), null=True, blank=True)
    parties = models.JSONField(_("seller and marketplace, as they were"))
    facts_sha256 = models.CharField(  # noqa: DJ001 - null until the files are drawn, then written once
        _("hash of the facts"), max_length=64, null=True, blank=True
    )
    pdf = models.ForeignKey(
        StoredFile, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("PDF")
    )
    xlsx = models.ForeignKey(
        StoredFile, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("Excel")
    )

    objects = DocumentQuerySet.as_manager()

    class Meta:
        verbose_name = _("invoice document")
        verbose_name_plural = _("invoice documents")
        constraints = [
            models.UniqueConstraint(
                fields=["market", "kind", "year", "serial"], name="one_document_per_number"
            ),
            models.CheckConstraint(
                condition=Q(kind=Kind.INVOICE, submission__isnull=False)
                | Q(kind=Kind.CREDIT, submission__isnull=True),
                name="document_was_handed_in",
            ),
            models.CheckConstraint(
                condition=Q(model=BusinessModel.RESALE, commission_net=0, commission_vat=0)
                | Q(
                    model=BusinessModel.AGENCY,
                    customer_total=F("purchase_gross") + F("commission_net") + F("commission_vat"),
                ),
                name="document_commission_adds_up",
            ),
            models.CheckConstraint(
                condition=Q(purchase_gross=F("purchase_net") + F("purchase_vat")), name="document_adds_up"
            ),
            models.CheckConstraint(
                condition=Q(customer_total=F("held_by_seller") + F("held_by_marketplace")),
                name="document_cash_has_a_holder",
            ),
            models.CheckConstraint(
                condition=~Q(state=State.VOID) | Q(invoicing=Invoicing.AWAITED, netted_at__isnull=True),
                name="void_document_is_answered_by_nothing",
            ),
        ]
        indexes = [
            models.Index(fields=["seller", "-issued_at"], name="document_of_seller"),
            models.Index(
                fields=["market", "issued_on"],
                condition=Q(state=State.ISSUED, invoicing=Invoicing.AWAITED),
                name="document_awaits_invoice",
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def commission_gross(self) -> int:
        """What the marketplace keeps: customer total less purchase price."""
        return self.customer_total - self.purchase_gross

    @property
    def is_credit(self) -> bool:
        return self.kind == Kind.CREDIT

    @property
    def sign(self) -> int:
        """What its amounts count as between the seller and us: a credit document takes back."""
        return -1 if self.is_credit else 1

    @property
    def net_due(self) -> int:
        """What is due to the seller once the cash it holds, or gave back, is netted; negative: due from
        the seller.
        """
        return self.sign * (self.purchase_gross - self.held_by_seller)


class DocumentChange(Change):
    """A move a document made: written once."""

    document = models.ForeignKey(Document, models.CASCADE, related_name="changes", verbose_name=_("document"))
    from_state = models.CharField(_("from"), max_length=8, choices=State)
    to_state = models.CharField(_("to"), max_length=8, choices=State)
    reason = models.CharField(_("reason"), max_length=200, blank=True)


class DocumentLine(models.Model):
    """One order on a document, as it was; VAT is its share of the document's, so that the lines add up.

    On a credit document it is what came back of the order, and ``original`` is the document that billed it.
    """

    document = models.ForeignKey(
        Document, models.PROTECT, related_name="lines", db_index=False, verbose_name=_("document")
    )
    order = models.ForeignKey(
        Order, models.PROTECT, related_name="document_lines", db_index=False, verbose_name=_("order")
    )
    position = models.PositiveIntegerField(_("position"))
    number = models.CharField(_("order number"), max_length=32)
    customer = models.CharField(_("customer"), max_length=150, blank=True)
    placed_at = models.DateTimeField(_("created"))
    delivered_at = models.DateTimeField(_("delivered"))
    late = models.BooleanField(_("late arrival"))
    payment = models.CharField(_("payment"), max_length=40)
    total = models.BigIntegerField(_("total"))
    held_by_seller = models.BigIntegerField(_("held by the seller"))
    held_by_marketplace = models.BigIntegerField(_("held by the marketplace"))
    purchase_net = models.BigIntegerField(_("purchase price, net"))
    purchase_vat = models.BigIntegerField(_("VAT"))
    commission_net = models.BigIntegerField(_("commission, net"), default=0)
    commission_vat = models.BigIntegerField(_("VAT on the commission"), default=0)
    original = models.CharField(_("original document"), max_length=20, blank=True, default="")
    products = models.CharField(_("hash of the products"), max_length=64)

    class Meta:
        verbose_name = _("order on a document")
        verbose_name_plural = _("orders on documents")
        constraints = [
            models.UniqueConstraint(fields=["document", "position"], name="one_document_line_per_position"),
            models.UniqueConstraint(fields=["order", "document"], name="one_document_line_per_order"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def purchase_gross(self) -> int:
        return self.purchase_net + self.purchase_vat

    @property
    def commission_gross(self) -> int:
        return self.total - self.purchase_gross


class DocumentRate(models.Model):
    """A document's purchase price and customer total at one VAT rate; in agency its commission instead."""

    document = models.ForeignKey(Document, models.PROTECT, related_name="rates", verbose_name=_("document"))
    vat_bp = models.PositiveIntegerField(_("VAT"))
    net = models.BigIntegerField(_("net"))
    vat = models.BigIntegerField(_("VAT amount"))
    customer_gross = models.BigIntegerField(_("customer total"))

    class Meta:
        verbose_name = _("amount per rate")
        verbose_name_plural = _("amounts per rate")
        constraints = [
            models.UniqueConstraint(fields=["document", "vat_bp"], name="one_document_amount_per_rate")
        ]

    def __str__(self) -> str:
        return f"{self.vat_bp}"

    @property
    def gross(self) -> int:
        return self.net + self.vat
