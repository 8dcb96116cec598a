"""The journal of some days as it is written to a file: line by line, and summed up on the way."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import QuerySet, Sum

from marketplace.kernel.zones import start_of_day
from marketplace.ledger.models import Account, Posting
from marketplace.ledger.wording import entry_text
from marketplace.parties.models import Market, Seller

CHUNK = 2000


@dataclass(frozen=True, slots=True)
class Scope:
    """Which postings: of a market's days, both included, or of one seller's accounts alone."""

    market: Market
    first_on: date
    last_on: date
    seller: Seller | None = None

    @property
    def starts_at(self) -> datetime:
        return start_of_day(self.first_on, self.market.zone)

    @property
    def ends_at(self) -> datetime:
        """The first instant after it."""
        return start_of_day(self.last_on + timedelta(days=1), self.market.zone)

    def accounts(self) -> "QuerySet[Account]":
        rows = Account.objects.filter(market=self.market)
        return rows.filter(seller=self.seller) if self.seller else rows

    def postings(self) -> "QuerySet[Posting]":
        rows = Posting.objects.filter(account__market=self.market)
        if self.seller:
            rows = rows.filter(account__seller=self.seller)
        return rows.filter(entry__at__gte=self.starts_at, entry__at__lt=self.ends_at)


@dataclass(slots=True)
class Balance:
    """An account over the scope's days, in minor units: debits are positive, so are debit balances."""

    kind: str
    partner_number: str
    seller: str
    opening: int = 0
    debits: int = 0
    credits: int = 0

    @property
    def closing(self) -> int:
        return self.opening + self.debits - self.credits

    @property
    def is_used(self) -> bool:
        return bool(self.opening or self.debits or self.credits)


@dataclass(frozen=True, slots=True)
class Line:
    """A posting; ``at`` is an instant, or what stands for it where another way of writing it is asked for."""

    at: Any
    key: str
    text: str
    account: Balance
    amount: int


@dataclass(slots=True)
class Journal:
    """The journal of a scope: read its lines first, then the trial balance they make."""

    scope: Scope
    balances: dict[int, Balance] = field(default_factory=dict)

    def lines(self, at: Any) -> Iterator[Line]:
        """Each posting in the order of its entry; in flat memory, however many there are.

        :param at: the expression to read each instant by.
        """
        self.balances = self._opened()
        rows = self.scope.postings().order_by("entry__at", "entry", "pk").annotate(shown=at)
        told = rows.values_list("shown", "entry__key", "entry__text", "account", "amount")
        before, text = "", ""
        for instant, key, posted, account_id, amount in told.iterator(chunk_size=CHUNK):
            if key != before:
                before, text = key, entry_text(posted)
            account = self.balances[account_id]
            if amount > 0:
                account.debits += amount
            else:
                account.credits -= amount
            yield Line(instant, key, text, account, amount)

    def trial_balance(self) -> list[Balance]:
        """What each account had, what came to it by the lines read, and what it has: used ones alone."""
        return [each for each in self.balances.values() if each.is_used]

    def _opened(self) -> dict[int, Balance]:
        rows = self.scope.accounts().select_related("seller")
        accounts = {
            each.pk: Balance(
                str(each.get_kind_display()),
                each.seller.partner_number if each.seller else "",
                each.seller.name if each.seller else "",
            )
            for each in rows.order_by("seller__partner_number", "kind", "pk")
        }
        earlier = Posting.objects.filter(account__in=rows.order_by(), entry__at__lt=self.scope.starts_at)
        for account_id, total in earlier.values_list("account").annotate(Sum("amount")).order_by():
            accounts[account_id].opening = total
        return accounts
