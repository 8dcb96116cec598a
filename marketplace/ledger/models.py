"""Double entry: accounts, entries and their signed postings (debit > 0), written once."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from marketplace.parties.models import Market, Seller


class AccountKind(models.TextChoices):
    PAYABLE = "payable", _("We owe the seller")
    RECEIVABLE = "receivable", _("The seller owes us")
    DEPOSITS = "deposits", _("What the seller paid in ahead")
    PREPAID = "prepaid", _("Customer money on orders not yet documented")
    VOUCHERS = "vouchers", _("Vouchers not yet redeemed")
    PROMOTION = "promotion", _("Vouchers given away")
    BREAKAGE = "breakage", _("Vouchers never redeemed")
    SALES = "sales", _("Sales")
    PURCHASES = "purchases", _("Purchases")
    COMMISSION = "commission", _("Commission")
    VAT = "vat", _("VAT")
    VAT_ON_DEPOSITS = "vat_on_deposits", _("VAT invoiced on deposits")
    BANK = "bank", _("Bank")
    ROUNDING = "rounding", _("Rounding")


OF_SELLERS = (AccountKind.PAYABLE, AccountKind.RECEIVABLE, AccountKind.DEPOSITS)


class Account(models.Model):
    """An account of a market, or of one seller in it, in the market's currency."""

    market = models.ForeignKey(Market, models.PROTECT, related_name="accounts", verbose_name=_("market"))
    seller = models.ForeignKey(
        Seller, models.PROTECT, null=True, blank=True, related_name="accounts", verbose_name=_("seller")
    )
    kind = models.CharField(_("kind"), max_length=20, choices=AccountKind)
    currency = models.CharField(_("currency"), max_length=3)

    class Meta:
        verbose_name = _("account")
        verbose_name_plural = _("accounts")
        constraints = [
            models.UniqueConstraint(
                fields=["market", "kind"],
                condition=Q(seller__isnull=True),
                name="one_account_per_market_and_kind",
            ),
            models.UniqueConstraint(
                fields=["seller", "kind"],
                condition=Q(seller__isnull=False),
                name="one_account_per_seller_and_kind",
            ),
            models.CheckConstraint(
                condition=Q(seller__isnull=False, kind__in=OF_SELLERS)
                | (Q(seller__isnull=True) & ~Q(kind__in=OF_SELLERS)),
                name="account_belongs_where_its_kind_does",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.currency}"


class Entry(models.Model):
    """What happened, once: its key names the fact, its fingerprint what was posted for it."""

    key = models.CharField(_("key"), max_length=120, unique=True)
    fingerprint = models.CharField(_("fingerprint"), max_length=64)
    market = models.ForeignKey(Market, models.PROTECT, related_name="entries", verbose_name=_("market"))
    at = models.DateTimeField(_("at"), db_index=True)
    text = models.CharField(_("text"), max_length=200)
    reverses = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="reversal", verbose_name=_("reverses")
    )

    class Meta:
        verbose_name = _("entry")
        verbose_name_plural = _("journal")

    def __str__(self) -> str:
        return self.key


class Posting(models.Model):
    """A signed amount on an account, in minor units: a debit is positive, a credit negative."""

    entry = models.ForeignKey(Entry, models.PROTECT, related_name="postings", verbose_name=_("entry"))
    account = models.ForeignKey(Account, models.PROTECT, related_name="postings", verbose_name=_("account"))
    amount = models.BigIntegerField(_("amount"))

    class Meta:
        verbose_name = _("posting")
        verbose_name_plural = _("postings")
        constraints = [models.CheckConstraint(condition=~Q(amount=0), name="posting_is_not_zero")]

    def __str__(self) -> str:
        return f"{self.account_id}: {self.amount}"
