"""An order: one seller's part of a customer's basket."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from marketplace.kernel.models import Change
from marketplace.orders.rules import ways
from marketplace.parties.models import BusinessModel, Market, Seller


class State(models.TextChoices):
    BLOCKED = "blocked", _("Awaiting payment")
    OPEN = "open", _("Open")
    SHIPPING = "shipping", _("Being prepared")
    SHIPPED = "shipped", _("Shipped")
    DELIVERED = "delivered", pgettext_lazy("status of an order", "Delivered")
    RETURNED = "returned", _("Returned")
    CANCELLED = "cancelled", _("Cancelled")
    LOST = "lost", _("Lost")


class Fulfilment(models.TextChoices):
    SELLER = "seller", _("Seller's courier")
    MARKETPLACE_COURIER = "marketplace_courier", _("Marketplace's courier")
    MARKETPLACE_WAREHOUSE = "marketplace_warehouse", _("Marketplace's warehouse")


class OrderQuerySet(models.QuerySet["Order"]):
    def of(self, seller: Seller) -> "OrderQuerySet":
        """The orders this seller may see: its own."""
        return self.filter(seller=seller)

    def locked(self) -> "OrderQuerySet":
        return self.order_by("pk").select_for_update(no_key=True, of=("self",))

    def pending(self) -> "OrderQuerySet":
        """Open and not yet confirmed by the seller."""
        return self.filter(state=State.OPEN, confirmed_at__isnull=True)


class Order(models.Model):
    """An order with what never changes (terms, amounts) and where it is now.

    Amounts are gross minor units of ``currency``; ``total`` is what the customer owes. ``purchase_gross``
    is the seller's part of it, with VAT rounded per order: in resale what it may invoice, of which
    ``purchase_net`` is the net; in agency what the commission leaves.
    """

    MOVES = ways.MOVES

    market = models.ForeignKey(Market, models.PROTECT, related_name="orders", verbose_name=_("market"))
    seller = models.ForeignKey(Seller, models.PROTECT, related_name="orders", verbose_name=_("seller"))
    number = models.CharField(_("order number"), max_length=32)
    basket = models.CharField(_("basket"), max_length=32, blank=True)
    channel = models.CharField(_("channel"), max_length=30, blank=True)
    model = models.CharField(_("business model"), max_length=8, choices=BusinessModel)
    fulfilment = models.CharField(_("who ships"), max_length=24, choices=Fulfilment)
    test = models.BooleanField(_("test order"), default=False)
    state = models.CharField(_("status"), max_length=10, choices=State)
    placed_at = models.DateTimeField(_("created"))
    confirmed_at = models.DateTimeField(_("confirmed"), null=True, blank=True)
    shipped_at = models.DateTimeField(_("shipped"), null=True, blank=True)
    delivered_at = models.DateTimeField(_("delivered"), null=True, blank=True)
    returned_at = models.DateTimeField(_("first return"), null=True, blank=True)
    receipt_at = models.DateTimeField(_("receipt registered"), null=True, blank=True)
    taken_at = models.DateTimeField(_("taken in"))

    currency = models.CharField(_("currency"), max_length=3)
    total = models.BigIntegerField(_("total"))
    voucher_amount = models.BigIntegerField(_("voucher"), default=0)
    cod_amount = models.BigIntegerField(_("COD amount"), default=0)
    to_collect = models.BigIntegerField(_("to collect by seller"), default=0)
    held_by_seller = models.BigIntegerField(_("held by the seller"), default=0)
    held_by_marketplace = models.BigIntegerField(_("held by the marketplace"), default=0)
    payment = models.CharField(_("payment"), max_length=40)
    purchase_net = models.BigIntegerField(_("purchase price, net"), default=0)
    purchase_gross = models.BigIntegerField(_("purchase price"), default=0)
    parts = models.JSONField(_("hashes of what never changes"), default=dict)

    customer_name = models.CharField(_("customer"), max_length=150, blank=True)
    customer_email = models.CharField(_("e-mail"), max_length=254, blank=True)
    customer_phone = models.CharField(_("phone"), max_length=40, blank=True)
    customer_company = models.CharField(_("company"), max_length=150, blank=True)
    customer_id_type = models.CharField(_("identity document"), max_length=20, blank=True)
    customer_id_number = models.CharField(_("document number"), max_length=30, blank=True)
    customer_tax_id = models.CharField(_("tax id"), max_length=20, blank=True)
    customer_street = models.CharField(_("street"), max_length=150, blank=True)
    customer_city = models.CharField(_("city"), max_length=100, blank=True)
    customer_zip = models.CharField(_("postal code"), max_length=15, blank=True)
    customer_country = models.CharField(_("country"), max_length=2, blank=True)

    objects = OrderQuerySet.as_manager()

    class Meta:
        verbose_name = _("order")
        verbose_name_plural = _("orders")
        constraints = [
            models.UniqueConstraint(fields=["market", "number"], name="one_order_per_number"),
            models.CheckConstraint(condition=Q(total__gte=0), name="order_total_is_not_negative"),
            models.CheckConstraint(
                condition=Q(total=F("held_by_seller") + F("held_by_marketplace")),
                name="order_cash_has_a_holder",
            ),
            models.CheckConstraint(
                condition=~Q(state=State.DELIVERED) | Q(delivered_at__isnull=False),
                name="delivered_order_says_when",
            ),
            models.CheckConstraint(
                condition=Q(voucher_amount__gte=0, voucher_amount__lte=F("total")),
                name="vouchers_pay_no_more_than_all",
            ),
        ]
        indexes = [
            models.Index(fields=["seller", "-placed_at", "-id"], name="order_placed"),
            models.Index(fields=["seller", "state", "-placed_at", "-id"], name="order_state_placed"),
            models.Index(fields=["seller", "-delivered_at", "-id"], name="order_delivered"),
            models.Index(fields=["seller", "-total", "-id"], name="order_total"),
            models.Index(fields=["placed_at"], condition=Q(state=State.BLOCKED), name="order_blocked"),
            models.Index(
                fields=["seller", "customer_id_number"],
                condition=Q(receipt_at=None) & ~Q(customer_id_number=""),
                name="order_buyer_waits",
            ),
            models.Index(
                fields=["seller", "customer_tax_id"],
                condition=Q(receipt_at=None) & ~Q(customer_tax_id=""),
                name="order_company_waits",
            ),
            models.Index(
                fields=["seller", "-placed_at", "-id"],
                condition=Q(voucher_amount__gt=0),
                name="order_with_voucher",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def commission_gross(self) -> int:
        """Resale: what the marketplace keeps of the customer's total."""
        return self.total - self.purchase_gross

    @property
    def to_pay(self) -> int:
        """What is left to be paid besides vouchers; not what the seller collects."""
        return self.total - self.voucher_amount

    @property
    def purchase_vat(self) -> int:
        return self.purchase_gross - self.purchase_net

    @property
    def is_pending(self) -> bool:
        return self.state == State.OPEN and self.confirmed_at is None


class What(models.TextChoices):
    """What happened to an order: a move, or something that leaves it where it is."""

    MOVED = "moved", _("New status")
    CONFIRMED = "confirmed", pgettext_lazy("an order", "Confirmed")
    PAID = "paid", _("Payment received")
    RETURN = "return", _("Return")
    REFUND = "refund", _("Refund")
    RECEIPT = "receipt", _("Receipt")


class OrderChange(Change):
    """A move an order made, or other news of it: written once.

    Sellers' systems are told each by its key; news leave an order in the state it has.
    """

    order = models.ForeignKey(Order, models.CASCADE, related_name="changes", verbose_name=_("order"))
    from_state = models.CharField(_("from"), max_length=10, choices=State, blank=True)
    to_state = models.CharField(_("to"), max_length=10, choices=State)
    what = models.CharField(_("what happened"), max_length=9, choices=What, default=What.MOVED)
    reason = models.CharField(_("reason"), max_length=200, blank=True)

    class Meta(Change.Meta):
        constraints = [
            models.CheckConstraint(
                condition=Q(what=What.MOVED) | Q(from_state=F("to_state")), name="news_leave_the_order_there"
            )
        ]


class BillableQuerySet(models.QuerySet["Billable"]):
    def of(self, seller: Seller) -> "BillableQuerySet":
        return self.filter(seller=seller)


class Billable(models.Model):
    """A delivered order that no live document holds.

    A narrow table beside the orders, so that "not yet invoiced" is read from an index of just those,
    however many orders were invoiced before.
    """

    order = models.OneToOneField(Order, models.CASCADE, primary_key=True, related_name="billable")
    seller = models.ForeignKey(Seller, models.PROTECT, related_name="+", db_index=False)
    delivered_at = models.DateTimeField(_("delivered"))

    objects = BillableQuerySet.as_manager()

    class Meta:
        verbose_name = _("order to be invoiced")
        verbose_name_plural = _("orders to be invoiced")
        indexes = [models.Index(fields=["seller", "delivered_at", "order"], name="billable_of_seller")]

    def __str__(self) -> str:
        return str(self.order_id)
