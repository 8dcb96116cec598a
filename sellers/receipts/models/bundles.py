"""Files that came together, by mail, upload or API, and what became of each."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from marketplace.kernel.models import StoredFile
from marketplace.orders.models import Order
from marketplace.parties.models import Market, Seller
from sellers.receipts.models.receipts import Receipt


class Origin(models.TextChoices):
    MAIL = "mail", _("Mail")
    PORTAL = "portal", _("Uploaded in the portal")
    API = "api", _("API")
    STAFF = "staff", _("Entered by staff")


class BundleState(models.TextChoices):
    READING = "reading", _("Being read")
    DONE = "done", pgettext_lazy("reading files", "Done")
    CANCELLED = "cancelled", _("Cancelled")


class Outcome(models.TextChoices):
    """What became of a file, one reason each; ``wording`` says why and what to do next."""

    REGISTERED = "registered", _("Registered")
    DUPLICATE = "duplicate", _("Registered before")
    NO_ATTACHMENT = "no_attachment", _("No attachment")
    ONLY_PDF = "only_pdf", _("Only a PDF")
    ONLY_XML = "only_xml", _("Only an XML file")
    ARCHIVE = "archive", _("Archive")
    NOT_PAIRED = "not_paired", _("XML and PDF cannot be paired")
    NOT_XML = "not_xml", _("Not well-formed XML")
    DOCTYPE = "doctype", _("XML with a DTD or entity")
    TOO_LARGE = "too_large", _("Too large")
    WRONG_ROOT = "wrong_root", _("Not a receipt")
    WRONG_VERSION = "wrong_version", _("Version not accepted")
    WRONG_FORMAT = "wrong_format", _("Not this market's format")
    BAD_CONTENT = "bad_content", _("Incomplete or contradictory")
    BAD_NUMBER = "bad_number", _("Number malformed")
    NAME_DIFFERS = "name_differs", _("File name disagrees with the XML")
    TAX_ID_WRONG = "tax_id_wrong", _("Tax id wrong")
    TAX_ID_UNKNOWN = "tax_id_unknown", _("Tax id unknown")
    SENDER_NOT_TIED = "sender_not_tied", _("Sender not tied to the seller")
    BROKEN_SIGNATURE = "broken_signature", _("Signature broken")
    UNSIGNED = "unsigned", _("Not signed")
    ORDER_NOT_FOUND = "order_not_found", _("Order not found")
    ORDER_DIFFERS = "order_differs", _("Names another order")
    TOTAL_DIFFERS = "total_differs", _("Total differs")
    CURRENCY_DIFFERS = "currency_differs", _("Currency differs")
    OTHER_CONTENT = "other_content", _("Same number, other content")
    ORDER_HAS_RECEIPT = "order_has_receipt", _("Order has a receipt")
    ORDER_SENT = "order_sent", _("Order was sent already")
    ORDER_OVER = "order_over", _("Order is cancelled")
    ORIGINAL_UNKNOWN = "original_unknown", _("Original not registered")
    NO_RETURN = "no_return", _("No return to credit")
    TO_A_PERSON = "to_a_person", _("Waits for a person")
    NOT_A_PDF = "not_a_pdf", _("Not a PDF")
    ACTIVE_PDF = "active_pdf", _("PDF in quarantine")
    PDF_DIFFERS = "pdf_differs", _("PDF of another receipt")
    UNREADABLE = "unreadable", _("Could not be read")
    IGNORED = "ignored", _("Not a receipt's file")
    CANCELLED = "cancelled", _("Cancelled")


GOOD = (Outcome.REGISTERED, Outcome.DUPLICATE)
"""Outcomes with which the order has its receipt."""
QUIET = (*GOOD, Outcome.IGNORED, Outcome.CANCELLED)
"""Outcomes after which nobody has to do anything."""


class BundleQuerySet(models.QuerySet["Bundle"]):
    def of(self, seller: Seller) -> "BundleQuerySet":
        return self.filter(seller=seller)

    def locked(self) -> "BundleQuerySet":
        return self.order_by("pk").select_for_update(no_key=True, of=("self",))


class Bundle(models.Model):
    """Files that came together.

    ``sellers`` are the keys of those whose receipts it may bring: the seller at hand, or those the sender
    is tied to. ``order`` is given where they were uploaded on an order. ``subject`` may name orders.
    """

    market = models.ForeignKey(Market, models.PROTECT, related_name="+", verbose_name=_("market"))
    seller = models.ForeignKey(
        Seller,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="receipt_bundles",
        verbose_name=_("seller"),
    )
    sellers = models.JSONField(_("sellers it may be of"), default=list)
    origin = models.CharField(_("how it came"), max_length=6, choices=Origin)
    order = models.ForeignKey(
        Order, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("order")
    )
    subject = models.CharField(_("subject"), max_length=200, blank=True)
    state = models.CharField(_("state"), max_length=9, choices=BundleState, default=BundleState.READING)
    opened_at = models.DateTimeField(_("came"))
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("by"),
    )
    done_at = models.DateTimeField(_("done"), null=True, blank=True)

    objects = BundleQuerySet.as_manager()

    class Meta:
        verbose_name = _("files that came together")
        verbose_name_plural = _("files that came together")
        constraints = [
            models.CheckConstraint(
                condition=Q(state=BundleState.READING, done_at__isnull=True)
                | ~Q(state=BundleState.READING) & Q(done_at__isnull=False),
                name="bundle_says_when_it_was_done",
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_origin_display()} {self.pk}"


class ReceivedFileQuerySet(models.QuerySet["ReceivedFile"]):
    def of(self, seller: Seller) -> "ReceivedFileQuerySet":
        return self.filter(seller=seller)

    def pending(self) -> "ReceivedFileQuerySet":
        return self.filter(outcome="")


class ReceivedFile(models.Model):
    """One file of a bundle and its one outcome, written once; ``told`` is what its wording speaks of."""

    bundle = models.ForeignKey(Bundle, models.PROTECT, related_name="files", verbose_name=_("came with"))
    seller = models.ForeignKey(
        Seller,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="received_files",
        verbose_name=_("seller"),
        db_index=False,
    )
    position = models.PositiveIntegerField(_("position"))
    name = models.CharField(_("file name"), max_length=120)
    kind = models.CharField(_("kind"), max_length=10, blank=True)
    file = models.ForeignKey(
        StoredFile, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("file")
    )
    outcome = models.CharField(_("outcome"), max_length=17, choices=Outcome, blank=True, default="")
    told = models.JSONField(_("told"), default=dict)
    receipt = models.ForeignKey(
        Receipt, models.PROTECT, null=True, blank=True, related_name="files", verbose_name=_("receipt")
    )
    order = models.ForeignKey(
        Order, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("order")
    )
    came_at = models.DateTimeField(_("came"))
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)

    objects = ReceivedFileQuerySet.as_manager()

    class Meta:
        verbose_name = _("received file")
        verbose_name_plural = _("received files")
        constraints = [
            models.UniqueConstraint(fields=["bundle", "position"], name="one_file_per_place"),
            models.CheckConstraint(
                condition=Q(outcome="", decided_at__isnull=True)
                | ~Q(outcome="") & Q(decided_at__isnull=False),
                name="decided_file_says_when",
            ),
            models.CheckConstraint(
                condition=~Q(outcome=Outcome.REGISTERED) | Q(receipt__isnull=False),
                name="registered_file_has_its_receipt",
            ),
        ]
        indexes = [
            models.Index(fields=["seller", "-came_at", "-id"], name="received_file_of_seller"),
            models.Index(fields=["bundle"], condition=Q(outcome=""), name="received_file_pending"),
        ]

    def __str__(self) -> str:
        return self.name
