"""A mail as it came, what it says of itself, and what became of it."""

from collections.abc import Mapping

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from marketplace.kernel.models import Change, OutgoingMail, StoredFile
from marketplace.parties.models import Market, Seller
from sellers.receipts.models import Bundle
from settlement.review.models import Submission


class Origin(models.TextChoices):
    SMTP = "smtp", _("Delivered (SMTP)")
    IMAP = "imap", _("Fetched (IMAP)")
    COMMAND = "command", _("Handed in by hand")


class State(models.TextChoices):
    RECEIVED = "received", _("Waiting to be read")
    READING = "reading", _("Attachments being read")
    DONE = "done", pgettext_lazy("a mail", "Done")
    QUARANTINED = "quarantined", _("In quarantine")
    REFUSED = "refused", _("Refused")


class Route(models.TextChoices):
    RECEIPTS = "receipts", _("Receipts")
    REVIEW = "review", _("Workbook to accounting")
    INVOICES = "invoices", _("Seller's invoice")
    NONE = "none", _("None")


class Authentication(models.TextChoices):
    PASS = "pass", _("Sender proven")
    FAIL = "fail", _("Sender forged")
    NONE = "none", _("Sender not proven")


class Why(models.TextChoices):
    """Why a mail did not simply take its way; ``wording`` says what to do."""

    TOO_LARGE = "too_large", _("Too large")
    TOO_MANY_PARTS = "too_many_parts", _("Too many parts")
    TOO_DEEP = "too_deep", _("Nested too deep")
    BAD_HEADERS = "bad_headers", _("Too many or too long headers")
    FROM_UNCLEAR = "from_unclear", _("Not exactly one sender")
    UNREADABLE = "unreadable", _("Could not be read")
    NOT_PROVEN = "not_proven", _("Nobody vouches for the sender")
    FORGED = "forged", _("The sender is forged")
    SENDER_NOT_TIED = "sender_not_tied", _("Sender not tied to a seller")
    NO_ATTACHMENT = "no_attachment", _("No attachment")
    NO_ROUTE = "no_route", _("Not clear what it is for")
    SELLER_UNCLEAR = "seller_unclear", _("Not clear which seller it is of")
    DISCARDED = "discarded", _("Discarded by staff")


class Silence(models.TextChoices):
    """Why a mail got no answer."""

    AUTOMATIC = "automatic", _("An automatic mail")
    OWN = "own", _("From an address of ours")
    NOT_PROVEN = "not_proven", _("Its sender is not proven")
    TOO_MANY = "too_many", _("A hundred answers in an hour to this sender")
    NO_MARKET = "no_market", _("To none of our mailboxes")


class MailQuerySet(models.QuerySet["Mail"]):
    def of(self, seller: Seller) -> "MailQuerySet":
        return self.filter(seller=seller)

    def locked(self) -> "MailQuerySet":
        return self.order_by("pk").select_for_update(no_key=True, of=("self",))

    def unanswered(self) -> "MailQuerySet":
        """Those that have come to their end, and whose sender has neither an answer nor reason to miss it."""
        return self.filter(state__in=(State.DONE, State.REFUSED), answered_at=None, silence="")


class Mail(models.Model):
    """A mail that came in.

    ``content_sha256`` is what copies of it share: message and mailbox, not the way it took. ``mailbox`` is
    the address of ours it came to, ``peer`` the network address that delivered it. ``sellers`` are the keys
    of those its sender may send for, ``seller`` the one it is of, once that is clear. ``cut``: only its head
    was kept, since it was too large.
    """

    MOVES: Mapping[str, frozenset[str]] = {
        State.RECEIVED: frozenset({State.READING, State.DONE, State.QUARANTINED, State.REFUSED}),
        State.READING: frozenset({State.DONE}),
        State.QUARANTINED: frozenset({State.RECEIVED, State.REFUSED}),
        State.DONE: frozenset(),
        State.REFUSED: frozenset(),
    }

    market = models.ForeignKey(
        Market, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("market")
    )
    seller = models.ForeignKey(
        Seller,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="mails",
        verbose_name=_("seller"),
        db_index=False,
    )
    sellers = models.JSONField(_("sellers its sender may send for"), default=list)
    origin = models.CharField(_("how it came"), max_length=7, choices=Origin)
    peer = models.CharField(_("delivered by"), max_length=45, blank=True, default="")
    raw = models.OneToOneField(
        StoredFile, models.PROTECT, related_name="+", verbose_name=_("mail as it came")
    )
    content_sha256 = models.CharField(_("fingerprint"), max_length=64, unique=True)
    cut = models.BooleanField(_("only its head was kept"), default=False)
    mailbox = models.CharField(_("mailbox"), max_length=254, blank=True, default="")
    envelope_from = models.CharField(_("envelope sender"), max_length=254, blank=True, default="")
    envelope_to = models.JSONField(_("envelope recipients"), default=list)
    message_id = models.CharField(_("Message-ID"), max_length=250, blank=True, default="")
    sender = models.CharField(_("sender"), max_length=254, blank=True, default="")
    sender_name = models.CharField(_("sender's name"), max_length=120, blank=True, default="")
    subject = models.CharField(_("subject"), max_length=200, blank=True, default="")
    reference = models.CharField(_("document named"), max_length=40, blank=True, default="")
    received_at = models.DateTimeField(_("came"))
    state = models.CharField(_("state"), max_length=11, choices=State, default=State.RECEIVED)
    route = models.CharField(_("route"), max_length=8, choices=Route, default=Route.NONE)
    authentication = models.CharField(
        _("sender proven"), max_length=4, choices=Authentication, default=Authentication.NONE
    )
    proof = models.CharField(_("what proves the sender"), max_length=200, blank=True, default="")
    why = models.CharField(_("why"), max_length=15, choices=Why, blank=True, default="")
    automatic = models.BooleanField(_("automatic"), default=False)
    released_at = models.DateTimeField(_("released"), null=True, blank=True)
    bundle = models.OneToOneField(
        Bundle, models.PROTECT, null=True, blank=True, related_name="mail", verbose_name=_("receipts' files")
    )
    submission = models.ForeignKey(
        Submission, models.PROTECT, null=True, blank=True, related_name="mails", verbose_name=_("submission")
    )
    answer = models.OneToOneField(
        OutgoingMail, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("answer")
    )
    answered_at = models.DateTimeField(_("answered"), null=True, blank=True)
    silence = models.CharField(_("why not answered"), max_length=10, choices=Silence, blank=True, default="")

    objects = MailQuerySet.as_manager()

    class Meta:
        verbose_name = _("mail")
        verbose_name_plural = _("mails")
        constraints = [
            models.CheckConstraint(
                condition=Q(answer__isnull=True, answered_at__isnull=True)
                | Q(answer__isnull=False, answered_at__isnull=False),
                name="answered_mail_has_its_answer",
            ),
            models.CheckConstraint(
                condition=Q(answered_at__isnull=True) | Q(silence=""), name="mail_is_answered_or_silence_kept"
            ),
            models.CheckConstraint(
                condition=~Q(state=State.QUARANTINED) | Q(answered_at__isnull=True),
                name="quarantined_mail_is_not_answered",
            ),
        ]
        indexes = [
            models.Index(fields=["seller", "-received_at", "-id"], name="mail_of_seller"),
            models.Index(
                fields=["received_at"],
                condition=Q(state__in=(State.RECEIVED, State.READING)),
                name="mail_under_way",
            ),
            models.Index(fields=["sender", "answered_at"], name="mail_answers_to_sender"),
            models.Index(
                fields=["received_at"], condition=Q(state=State.QUARANTINED), name="mail_in_quarantine"
            ),
        ]

    def __str__(self) -> str:
        return self.subject or self.sender or f"{self.get_origin_display()} {self.pk}"


class MailChange(Change):
    """A move of a mail; written once."""

    mail = models.ForeignKey(Mail, models.CASCADE, related_name="changes", verbose_name=_("mail"))

    class Meta(Change.Meta):
        abstract = False
