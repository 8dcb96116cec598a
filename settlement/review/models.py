"""Submissions of exports to accounting, and what accounting says of each line."""

from collections.abc import Mapping

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from marketplace.kernel.models import Change, StoredFile
from marketplace.orders.models import Order
from marketplace.parties.models import BusinessModel, Market, Seller
from settlement.claims.models import Verdict
from settlement.periods.models import Period


class State(models.TextChoices):
    READING = "reading", _("Being read")
    UNREADABLE = "unreadable", _("Could not be read")
    UNDER_REVIEW = "under_review", _("In review")
    APPROVED = "approved", _("Approved")
    DOCUMENTED = "documented", _("Document issued")
    NOTHING_NEW = "nothing_new", _("Nothing new to invoice")
    REFUSED = "refused", _("Refused")


WITH_ACCOUNTING = (State.READING, State.UNDER_REVIEW, State.APPROVED)
"""A submission in one of these may still bring its orders on a document."""


class Origin(models.TextChoices):
    EXPORT = "export", _("Sent from the portal")
    UPLOAD = "upload", _("Uploaded workbook")
    SCHEDULE = "schedule", _("Scheduled run")


class Decision(models.TextChoices):
    INCLUDE = "include", _("Include")
    EXCLUDE = "exclude", _("Leave out")


class SubmissionQuerySet(models.QuerySet["Submission"]):
    def of(self, seller: Seller) -> "SubmissionQuerySet":
        return self.filter(seller=seller)

    def locked(self) -> "SubmissionQuerySet":
        return self.order_by("pk").select_for_update(no_key=True, of=("self",))


class Submission(models.Model):
    """The workbook of one seller's period, handed to accounting."""

    MOVES: Mapping[str, frozenset[str]] = {
        State.READING: frozenset({State.UNREADABLE, State.UNDER_REVIEW, State.APPROVED, State.NOTHING_NEW}),
        State.UNDER_REVIEW: frozenset({State.APPROVED, State.REFUSED, State.NOTHING_NEW}),
        State.APPROVED: frozenset({State.DOCUMENTED, State.UNDER_REVIEW, State.NOTHING_NEW}),
        State.UNREADABLE: frozenset(),
        State.DOCUMENTED: frozenset(),
        State.NOTHING_NEW: frozenset(),
        State.REFUSED: frozenset(),
    }

    market = models.ForeignKey(Market, models.PROTECT, related_name="submissions", verbose_name=_("market"))
    seller = models.ForeignKey(Seller, models.PROTECT, related_name="submissions", verbose_name=_("seller"))
    period = models.ForeignKey(Period, models.PROTECT, related_name="submissions", verbose_name=_("period"))
    model = models.CharField(
        _("business model"), max_length=8, choices=BusinessModel, default=BusinessModel.RESALE
    )
    origin = models.CharField(_("how it came"), max_length=8, choices=Origin)
    file = models.ForeignKey(
        StoredFile, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("workbook")
    )
    state = models.CharField(_("state"), max_length=12, choices=State, default=State.READING)
    automatic = models.BooleanField(_("approved without a person"), default=False)
    note = models.CharField(_("note"), max_length=300, blank=True, default="")
    rows = models.PositiveIntegerField(_("rows"), default=0)
    included = models.PositiveIntegerField(_("to be invoiced"), default=0)
    customer_total = models.BigIntegerField(_("customer total"), default=0)
    purchase_gross = models.BigIntegerField(_("purchase price"), default=0)
    submitted_at = models.DateTimeField(_("submitted"))
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("by"),
    )

    objects = SubmissionQuerySet.as_manager()

    class Meta:
        verbose_name = _("submission")
        verbose_name_plural = _("submissions")
        indexes = [
            models.Index(fields=["seller", "-submitted_at"], name="submission_of_seller"),
            models.Index(
                fields=["submitted_at"], condition=Q(state=State.UNDER_REVIEW), name="submission_queue"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.seller_id}: {self.period}"


class SubmissionChange(Change):
    """A move a submission made: written once."""

    submission = models.ForeignKey(
        Submission, models.CASCADE, related_name="changes", verbose_name=_("submission")
    )
    from_state = models.CharField(_("from"), max_length=12, choices=State)
    to_state = models.CharField(_("to"), max_length=12, choices=State)


INCLUDED = Q(verdict=Verdict.OK, decision="") | Q(decision=Decision.INCLUDE)


class LineQuerySet(models.QuerySet["SubmissionLine"]):
    def included(self) -> "LineQuerySet":
        """The lines a document will hold: those that are fine and not left out, and those a person lets
        through.
        """
        return self.filter(INCLUDED)

    def left_out(self) -> "LineQuerySet":
        return self.exclude(INCLUDED)


class SubmissionLine(models.Model):
    """One row of a submission: the order number as told, what was told of it, and the verdict.

    The told amounts (columns F–I of the workbook) are null where the submission came from a scheduled
    run, which reads the orders themselves.
    """

    submission = models.ForeignKey(
        Submission, models.CASCADE, related_name="lines", db_index=False, verbose_name=_("submission")
    )
    position = models.PositiveIntegerField(_("row"))
    number = models.CharField(_("order number"), max_length=64)
    order = models.ForeignKey(
        Order, models.PROTECT, null=True, blank=True, related_name="submission_lines", verbose_name=_("order")
    )
    told_total = models.BigIntegerField(_("total, as told"), null=True, blank=True)
    told_voucher = models.BigIntegerField(_("voucher, as told"), null=True, blank=True)
    told_to_pay = models.BigIntegerField(_("amount to be paid, as told"), null=True, blank=True)
    told_payment = models.CharField(_("payment, as told"), max_length=60, blank=True, default="")
    verdict = models.CharField(_("verdict"), max_length=16, choices=Verdict)
    reference = models.CharField(_("document"), max_length=20, blank=True, default="")
    decision = models.CharField(_("decision"), max_length=7, choices=Decision, blank=True, default="")
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        verbose_name=_("decided by"),
    )
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=200, blank=True, default="")

    objects = LineQuerySet.as_manager()

    class Meta:
        verbose_name = _("line of a submission")
        verbose_name_plural = _("lines of submissions")
        constraints = [
            models.UniqueConstraint(fields=["submission", "position"], name="one_line_per_row"),
            models.CheckConstraint(condition=Q(decision="") | ~Q(reason=""), name="decision_has_a_reason"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def told(self) -> Verdict:
        """The verdict as its seller is told it."""
        return told_verdict(self.verdict)

    @property
    def is_included(self) -> bool:
        return self.decision == Decision.INCLUDE or (self.verdict == Verdict.OK and not self.decision)


def told_verdict(verdict: str) -> Verdict:
    """A verdict as a seller is told it: that an order is another's is nobody else's business."""
    return Verdict.UNKNOWN_ORDER if verdict == Verdict.OTHER_SELLER else Verdict(verdict)
