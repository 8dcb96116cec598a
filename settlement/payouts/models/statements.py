"""What the bank says: its files, and each movement in them."""

from collections.abc import Mapping

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from marketplace.kernel.models import Change, StoredFile
from marketplace.parties.models import Market
from settlement.billing.models import Deposit
from settlement.payouts.models.collections import Collection
from settlement.payouts.models.payouts import Payout


class StatementState(models.TextChoices):
    READING = "reading", _("Being read")
    READ = "read", _("Read")
    UNREADABLE = "unreadable", _("Could not be read")


class EntryState(models.TextChoices):
    NEW = "new", _("Not looked at yet")
    MATCHED = "matched", _("Matched")
    UNMATCHED = "unmatched", _("Waits for a person")
    ASIDE = "aside", pgettext_lazy("bank movement", "Set aside")


class Statement(models.Model):
    """A file from the bank: a statement, a notice or an answer to a payment file."""

    MOVES: Mapping[str, frozenset[str]] = {
        StatementState.READING: frozenset({StatementState.READ, StatementState.UNREADABLE}),
        StatementState.READ: frozenset(),
        StatementState.UNREADABLE: frozenset(),
    }

    market = models.ForeignKey(Market, models.PROTECT, related_name="statements", verbose_name=_("market"))
    file = models.OneToOneField(StoredFile, models.PROTECT, related_name="+", verbose_name=_("file"))
    sha256 = models.CharField(_("SHA-256"), max_length=64)
    state = models.CharField(
        _("state"), max_length=10, choices=StatementState, default=StatementState.READING
    )
    kind = models.CharField(_("kind"), max_length=20, blank=True, default="")
    number = models.CharField(_("bank's number"), max_length=70, blank=True, default="")
    account = models.CharField(_("account"), max_length=34, blank=True, default="")
    currency = models.CharField(_("currency"), max_length=3, blank=True, default="")
    from_on = models.DateField(_("from"), null=True, blank=True)
    to_on = models.DateField(_("to"), null=True, blank=True)
    opening = models.BigIntegerField(_("opening balance"), null=True, blank=True)
    closing = models.BigIntegerField(_("closing balance"), null=True, blank=True)
    note = models.CharField(_("note"), max_length=300, blank=True, default="")
    uploaded_at = models.DateTimeField(_("uploaded"))
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("by"),
    )

    class Meta:
        verbose_name = _("bank file")
        verbose_name_plural = _("bank files")
        constraints = [
            models.UniqueConstraint(
                fields=["market", "sha256"],
                condition=~Q(state=StatementState.UNREADABLE),
                name="one_bank_file_per_content",
            )
        ]

    def __str__(self) -> str:
        return self.number or self.file.name


class StatementChange(Change):
    """A move a bank file made: written once."""

    statement = models.ForeignKey(
        Statement, models.CASCADE, related_name="changes", verbose_name=_("bank file")
    )


class BankEntry(models.Model):
    """One movement the bank tells of; ``amount`` is signed, money in is positive.

    ``identity`` knows the movement again when another file tells of it: its bank reference where there
    is one, else all that is told.
    """

    statement = models.ForeignKey(
        Statement, models.PROTECT, related_name="entries", verbose_name=_("bank file")
    )
    market = models.ForeignKey(Market, models.PROTECT, related_name="+", verbose_name=_("market"))
    position = models.PositiveIntegerField(_("position"))
    identity = models.CharField(_("identity"), max_length=64)
    status = models.CharField(_("what happened"), max_length=10)
    bank_reference = models.CharField(_("bank's reference"), max_length=70, blank=True, default="")
    booked_on = models.DateField(_("booked"), null=True, blank=True)
    amount = models.BigIntegerField(_("amount"))
    currency = models.CharField(_("currency"), max_length=3)
    end_to_end = models.CharField(_("our reference"), max_length=35, blank=True, default="")
    original_message = models.CharField(_("our file"), max_length=70, blank=True, default="")
    symbol = models.CharField(_("variable symbol"), max_length=35, blank=True, default="")
    creditor_reference = models.CharField(_("creditor reference"), max_length=70, blank=True, default="")
    text = models.CharField(_("text"), max_length=300, blank=True, default="")
    counterparty = models.CharField(_("other party"), max_length=140, blank=True, default="")
    counterparty_account = models.CharField(_("its account"), max_length=34, blank=True, default="")
    reason_code = models.CharField(_("bank's reason code"), max_length=35, blank=True, default="")
    reason = models.CharField(_("bank's reason"), max_length=300, blank=True, default="")
    state = models.CharField(_("state"), max_length=10, choices=EntryState, default=EntryState.NEW)
    note = models.CharField(_("note"), max_length=300, blank=True, default="")
    payout = models.ForeignKey(
        Payout, models.PROTECT, null=True, blank=True, related_name="bank_entries", verbose_name=_("payout")
    )
    collection = models.ForeignKey(
        Collection,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="bank_entries",
        verbose_name=_("collection"),
    )
    deposit = models.ForeignKey(
        Deposit,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="bank_entries",
        verbose_name=_("deposit"),
    )

    class Meta:
        verbose_name = _("bank movement")
        verbose_name_plural = _("bank movements")
        constraints = [
            models.UniqueConstraint(fields=["market", "identity"], name="one_bank_entry_per_movement"),
            models.UniqueConstraint(fields=["statement", "position"], name="one_bank_entry_per_position"),
            models.CheckConstraint(
                condition=~Q(state=EntryState.MATCHED)
                | Q(payout__isnull=False)
                | Q(collection__isnull=False)
                | Q(deposit__isnull=False),
                name="matched_bank_entry_names_its_match",
            ),
        ]
        indexes = [
            models.Index(
                fields=["market", "id"], condition=Q(state=EntryState.UNMATCHED), name="bank_entry_queue"
            )
        ]

    def __str__(self) -> str:
        return self.bank_reference or self.end_to_end or str(self.position)

    @property
    def match(self) -> Payout | Collection | Deposit | None:
        """What it is matched with."""
        return self.payout or self.collection or self.deposit
