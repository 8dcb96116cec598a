"""Set-offs: mutual debts extinguished up to the smaller."""

from collections.abc import Mapping

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from marketplace.kernel.models import Change, StoredFile
from marketplace.parties.models import Market, Seller
from settlement.netting.models.items import Item


class State(models.TextChoices):
    PROPOSED = "proposed", _("Waits for the seller")
    CONFIRMED = "confirmed", _("Agreed")
    WITHDRAWN = "withdrawn", pgettext_lazy("set-off", "Withdrawn")


class Ground(models.TextChoices):
    INVOICE = "invoice", _("An invoice was booked")
    OVERDUE = "overdue", _("Cash is held and the invoice is overdue")
    DOCUMENT = "document", _("A document was issued")
    SERVICE = "service", _("Invoices for fees are overdue")


class How(models.TextChoices):
    SELLER = "seller", _("Confirmed by the seller")
    DEADLINE = "deadline", _("The time to object passed")


class LineState(models.TextChoices):
    PROPOSED = "proposed", _("Proposed")
    AGREED = "agreed", _("Agreed")
    WITHDRAWN = "withdrawn", pgettext_lazy("set-off", "Withdrawn")


class SetOffQuerySet(models.QuerySet["SetOff"]):
    def of(self, seller: Seller) -> "SetOffQuerySet":
        return self.filter(seller=seller)

    def locked(self) -> "SetOffQuerySet":
        return self.order_by("pk").select_for_update(no_key=True, of=("self",))


class SetOff(models.Model):
    """A seller's open items netted, in minor units of ``currency``.

    ``payables`` and ``receivables`` are what stood open, ``netted`` what is set off on either side,
    ``to_pay`` and ``to_collect`` what is left undisputed. Once answered, nothing of it changes.
    """

    MOVES: Mapping[str, frozenset[str]] = {
        State.PROPOSED: frozenset({State.CONFIRMED, State.WITHDRAWN}),
        State.CONFIRMED: frozenset(),
        State.WITHDRAWN: frozenset(),
    }

    reference = models.CharField(_("reference"), max_length=24, unique=True)
    market = models.ForeignKey(Market, models.PROTECT, related_name="set_offs", verbose_name=_("market"))
    seller = models.ForeignKey(Seller, models.PROTECT, related_name="set_offs", verbose_name=_("seller"))
    year = models.PositiveSmallIntegerField(_("year"))
    serial = models.PositiveIntegerField(_("number in the series"))
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.PROPOSED)
    ground = models.CharField(_("why"), max_length=8, choices=Ground)
    proposed_at = models.DateTimeField(_("proposed"))
    answer_by = models.DateField(_("last day to object"))
    lapses_at = models.DateTimeField(_("agreed from"))
    confirmed_at = models.DateTimeField(_("agreed"), null=True, blank=True)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("by"),
    )
    how = models.CharField(_("how it was agreed"), max_length=8, choices=How, blank=True, default="")
    currency = models.CharField(_("currency"), max_length=3)
    payables = models.BigIntegerField(_("owed to the seller"))
    receivables = models.BigIntegerField(_("owed by the seller"))
    netted = models.BigIntegerField(_("set off"))
    disputed_payables = models.BigIntegerField(_("disputed, owed to the seller"), default=0)
    disputed_receivables = models.BigIntegerField(_("disputed, owed by the seller"), default=0)
    parties = models.JSONField(_("seller and marketplace, as they were"))
    pdf = models.ForeignKey(
        StoredFile, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("PDF")
    )

    objects = SetOffQuerySet.as_manager()

    class Meta:
        verbose_name = _("set-off")
        verbose_name_plural = _("set-offs")
        constraints = [
            models.UniqueConstraint(fields=["market", "year", "serial"], name="one_set_off_per_number"),
            models.UniqueConstraint(
                fields=["seller"], condition=Q(state=State.PROPOSED), name="one_proposed_set_off_per_seller"
            ),
            models.CheckConstraint(
                condition=Q(netted__gte=0, disputed_payables__gte=0, disputed_receivables__gte=0)
                & Q(payables__gte=F("netted") + F("disputed_payables"))
                & Q(receivables__gte=F("netted") + F("disputed_receivables")),
                name="set_off_within_both_sides",
            ),
            models.CheckConstraint(
                condition=Q(state=State.CONFIRMED, confirmed_at__isnull=False) & ~Q(how="")
                | ~Q(state=State.CONFIRMED) & Q(confirmed_at__isnull=True, how=""),
                name="agreed_set_off_says_how",
            ),
        ]
        indexes = [
            models.Index(fields=["seller", "-proposed_at"], name="set_off_of_seller"),
            models.Index(fields=["lapses_at"], condition=Q(state=State.PROPOSED), name="set_off_waiting"),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def to_pay(self) -> int:
        """What the marketplace pays for it."""
        return self.payables - self.disputed_payables - self.netted

    @property
    def to_collect(self) -> int:
        """What the seller still owes after it."""
        return self.receivables - self.disputed_receivables - self.netted

    @property
    def net_due(self) -> int:
        """Due to the seller; negative: due from the seller."""
        return self.to_pay - self.to_collect


class SetOffLine(models.Model):
    """One item on a set-off: its open amount then, what of it is set off, and what remains.

    ``reserved`` is what of the rest was to be paid or demanded when it was agreed.
    """

    set_off = models.ForeignKey(SetOff, models.PROTECT, related_name="lines", verbose_name=_("set-off"))
    item = models.ForeignKey(Item, models.PROTECT, related_name="lines", verbose_name=_("item"))
    position = models.PositiveIntegerField(_("position"))
    state = models.CharField(_("state"), max_length=10, choices=LineState, default=LineState.PROPOSED)
    total = models.BigIntegerField(_("total"))
    disputed = models.BigIntegerField(_("disputed"), default=0)
    netted = models.BigIntegerField(_("set off"))
    remaining = models.BigIntegerField(_("remaining"))
    reserved = models.BigIntegerField(_("to be paid"), default=0)

    class Meta:
        verbose_name = _("item of a set-off")
        verbose_name_plural = _("items of set-offs")
        constraints = [
            models.UniqueConstraint(fields=["set_off", "position"], name="one_set_off_line_per_position"),
            models.UniqueConstraint(fields=["set_off", "item"], name="one_set_off_line_per_item"),
            models.UniqueConstraint(
                fields=["item"], condition=Q(state=LineState.PROPOSED), name="item_is_proposed_once"
            ),
            models.CheckConstraint(
                condition=Q(total=F("netted") + F("remaining"), netted__gte=0, disputed__gte=0)
                & Q(remaining__gte=F("disputed"), reserved__gte=0)
                & Q(remaining__gte=F("disputed") + F("reserved")),
                name="set_off_line_adds_up",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.position}"


class SetOffChange(Change):
    """A move a set-off made: written once."""

    set_off = models.ForeignKey(SetOff, models.CASCADE, related_name="changes", verbose_name=_("set-off"))
