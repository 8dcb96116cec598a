"""Change requests: what a seller wants of an issued invoice, until accounting decides."""

from collections.abc import Mapping

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from marketplace.kernel.models import Change
from marketplace.parties.models import Market, Seller
from settlement.billing.models.invoices import BillingInvoice


class Wish(models.TextChoices):
    EDIT = "edit", _("Correct the recipient")
    SPLIT = "split", _("Split")
    CANCEL = "cancel", _("Cancel")


class RequestState(models.TextChoices):
    REQUESTED = "requested", _("Waits for accounting")
    DONE = "done", pgettext_lazy("request", "Carried out")
    DECLINED = "declined", pgettext_lazy("request", "Declined")
    WITHDRAWN = "withdrawn", pgettext_lazy("request", "Withdrawn")


class ChangeRequestQuerySet(models.QuerySet["ChangeRequest"]):
    def of(self, seller: Seller) -> "ChangeRequestQuerySet":
        return self.filter(seller=seller)

    def locked(self) -> "ChangeRequestQuerySet":
        return self.order_by("pk").select_for_update(no_key=True, of=("self",))

    def open(self) -> "ChangeRequestQuerySet":
        return self.filter(state=RequestState.REQUESTED)


class ChangeRequest(models.Model):
    """A seller's wish to have an issued invoice corrected, split or cancelled.

    ``wanted`` lists the invoices that are to replace it: each a recipient, and parts as
    ``[position of the line, gross]``; none for a cancellation.
    """

    MOVES: Mapping[str, frozenset[str]] = {
        RequestState.REQUESTED: frozenset({RequestState.DONE, RequestState.DECLINED, RequestState.WITHDRAWN}),
        RequestState.DONE: frozenset(),
        RequestState.DECLINED: frozenset(),
        RequestState.WITHDRAWN: frozenset(),
    }

    reference = models.CharField(_("number"), max_length=24, unique=True)
    market = models.ForeignKey(
        Market, models.PROTECT, related_name="change_requests", verbose_name=_("market")
    )
    seller = models.ForeignKey(
        Seller, models.PROTECT, related_name="change_requests", verbose_name=_("seller")
    )
    year = models.PositiveSmallIntegerField(_("year"))
    serial = models.PositiveIntegerField(_("number in the series"))
    invoice = models.ForeignKey(
        BillingInvoice, models.PROTECT, related_name="change_requests", verbose_name=_("invoice")
    )
    wish = models.CharField(_("wish"), max_length=6, choices=Wish)
    wanted = models.JSONField(_("what is to replace it"), default=list, blank=True)
    reason_code = models.CharField(
        _("reason, as the authority codes it"), max_length=4, blank=True, default=""
    )
    reason = models.CharField(_("reason"), max_length=300)
    state = models.CharField(_("state"), max_length=9, choices=RequestState, default=RequestState.REQUESTED)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by")
    )
    requested_at = models.DateTimeField(_("requested"))
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)
    answer = models.CharField(_("accounting's answer"), max_length=300, blank=True, default="")

    objects = ChangeRequestQuerySet.as_manager()

    class Meta:
        verbose_name = _("change request")
        verbose_name_plural = _("change requests")
        constraints = [
            models.UniqueConstraint(fields=["market", "year", "serial"], name="one_request_per_number"),
            models.UniqueConstraint(
                fields=["invoice"],
                condition=Q(state=RequestState.REQUESTED),
                name="one_open_request_per_invoice",
            ),
            models.CheckConstraint(
                condition=Q(state=RequestState.REQUESTED, decided_at__isnull=True)
                | ~Q(state=RequestState.REQUESTED) & Q(decided_at__isnull=False),
                name="ended_request_says_when",
            ),
        ]
        indexes = [
            models.Index(
                fields=["requested_at"], condition=Q(state=RequestState.REQUESTED), name="request_queue"
            )
        ]

    def __str__(self) -> str:
        return self.reference


class RequestChange(Change):
    """A move a change request made: written once."""

    request = models.ForeignKey(
        ChangeRequest, models.CASCADE, related_name="changes", verbose_name=_("change request")
    )
