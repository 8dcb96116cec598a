"""An order on its way into the ERP: at most once ever, whatever happens on the way."""

from collections.abc import Mapping

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from marketplace.kernel.models import Change
from marketplace.orders.models import Order
from marketplace.parties.models import Seller
from sellers.erp.models.channels import Channel


class ErpState(models.TextChoices):
    WAITING = "waiting", pgettext_lazy("ERP invoice", "Waiting")
    SENDING = "sending", pgettext_lazy("ERP invoice", "Being sent")
    UNKNOWN = "unknown", pgettext_lazy("ERP invoice", "Being looked up")
    DONE = "done", pgettext_lazy("ERP invoice", "Invoiced")
    FAILED = "failed", pgettext_lazy("ERP invoice", "Error")


class Trigger(models.TextChoices):
    CLICK = "click", _("By a click")
    AUTOMATIC = "automatic", _("Automatically")


class ErpInvoiceQuerySet(models.QuerySet["ErpInvoice"]):
    def of(self, seller: Seller) -> "ErpInvoiceQuerySet":
        return self.filter(seller=seller)

    def locked(self) -> "ErpInvoiceQuerySet":
        return self.order_by("pk").select_for_update(no_key=True, of=("self",))


class ErpInvoice(models.Model):
    """An order's invoice in the ERP; there is one in all, also if the seller connects another ERP later.

    ``sending`` is written before anything is said to the ERP: who finds it so later does not know what
    happened, and it is ``unknown`` until it was looked up. ``differs`` says what the ERP has otherwise.
    """

    MOVES: Mapping[str, frozenset[str]] = {
        ErpState.WAITING: frozenset({ErpState.SENDING, ErpState.FAILED}),
        ErpState.SENDING: frozenset({ErpState.DONE, ErpState.FAILED, ErpState.UNKNOWN, ErpState.WAITING}),
        ErpState.UNKNOWN: frozenset({ErpState.DONE, ErpState.WAITING, ErpState.FAILED}),
        ErpState.FAILED: frozenset({ErpState.WAITING, ErpState.UNKNOWN}),
        ErpState.DONE: frozenset(),
    }

    channel = models.ForeignKey(Channel, models.PROTECT, related_name="invoices", verbose_name=_("channel"))
    seller = models.ForeignKey(Seller, models.PROTECT, related_name="erp_invoices", verbose_name=_("seller"))
    order = models.ForeignKey(Order, models.PROTECT, related_name="erp_invoices", verbose_name=_("order"))
    trigger = models.CharField(_("how"), max_length=9, choices=Trigger)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("by"),
    )
    asked_at = models.DateTimeField(_("asked"))
    state = models.CharField(_("state"), max_length=7, choices=ErpState, default=ErpState.WAITING)
    cause = models.CharField(_("cause"), max_length=20, blank=True, default="")
    about = models.CharField(_("about"), max_length=300, blank=True, default="")
    due_at = models.DateTimeField(_("not before"))
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)
    tries = models.PositiveIntegerField(_("tries"), default=0)
    external_id = models.CharField(_("id in the ERP"), max_length=40, blank=True, default="")
    number = models.CharField(_("number in the ERP"), max_length=60, blank=True, default="")
    status = models.CharField(_("status in the ERP"), max_length=20, blank=True, default="")
    total = models.BigIntegerField(_("total in the ERP"), null=True, blank=True)
    pdf_url = models.CharField(_("PDF in the ERP"), max_length=500, blank=True, default="")
    to_stamp = models.BooleanField(_("stamp asked for"), default=False)
    stamped = models.BooleanField(_("stamped"), default=False)
    done_at = models.DateTimeField(_("invoiced"), null=True, blank=True)
    compared_at = models.DateTimeField(_("compared"), null=True, blank=True)
    twin_id = models.CharField(_("another of the same order"), max_length=40, blank=True, default="")
    differs = models.CharField(_("differs"), max_length=300, blank=True, default="")

    objects = ErpInvoiceQuerySet.as_manager()

    class Meta:
        verbose_name = _("invoice in the ERP")
        verbose_name_plural = _("invoices in the ERP")
        constraints = [
            models.UniqueConstraint(fields=["order"], name="one_erp_invoice_per_order"),
            models.UniqueConstraint(
                fields=["channel", "external_id"],
                condition=~Q(external_id=""),
                name="one_order_per_erp_invoice",
            ),
            models.CheckConstraint(
                condition=Q(state=ErpState.DONE, done_at__isnull=False) & ~Q(external_id="")
                | ~Q(state=ErpState.DONE) & Q(external_id=""),
                name="erp_invoice_is_done_with_its_id",
            ),
            models.CheckConstraint(
                condition=~Q(state=ErpState.FAILED) | ~Q(cause=""), name="failed_erp_invoice_says_why"
            ),
        ]
        indexes = [
            models.Index(
                fields=["channel", "due_at", "id"],
                condition=Q(state__in=["waiting", "sending", "unknown"]),
                name="erp_invoice_to_do",
            ),
            models.Index(fields=["channel", "cause"], condition=Q(state="failed"), name="erp_invoice_errors"),
            models.Index(fields=["seller", "-asked_at", "-id"], name="erp_invoice_asked"),
            models.Index(fields=["seller", "state", "-asked_at", "-id"], name="erp_invoice_state"),
        ]

    def __str__(self) -> str:
        return self.number or self.order.number


class ErpInvoiceChange(Change):
    """A move an order's invoice made: written once."""

    invoice = models.ForeignKey(
        ErpInvoice, models.CASCADE, related_name="changes", verbose_name=_("invoice in the ERP")
    )
