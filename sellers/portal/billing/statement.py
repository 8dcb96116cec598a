"""A seller's account as a statement: what the books say of it, entry by entry.

A balance is what the marketplace owes the seller: the negative sum of what was posted on its accounts.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any

from django.db.models import F, OuterRef, Q, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce, Concat
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from marketplace.ledger.models import AccountKind, Entry, Posting
from marketplace.parties.models import Seller
from sellers.portal.sources import Source, sources_of
from settlement.billing.models import BillingInvoice, Subject


@dataclass(frozen=True, slots=True)
class Book:
    """A part of a seller's account; ``invoices``: those for deposits, which move none of it, are told too."""

    name: str
    label: str | Promise
    kinds: tuple[AccountKind, ...]
    invoices: bool


_SETTLEMENT = (AccountKind.PAYABLE, AccountKind.RECEIVABLE)
BOOKS: Mapping[str, Book] = MappingProxyType(
    {
        book.name: book
        for book in (
            Book("deposits", _("Deposit account"), (AccountKind.DEPOSITS,), invoices=True),
            Book("settlement", _("Settlement account"), _SETTLEMENT, invoices=False),
            Book("all", _("All"), (AccountKind.DEPOSITS, *_SETTLEMENT), invoices=True),
        )
    }
)


def book_of(asked: str) -> Book:
    """The part asked for; the deposit account where it is none of ours."""
    return BOOKS.get(asked, BOOKS["deposits"])


@dataclass(frozen=True, slots=True)
class Movement:
    """An entry as a line of a statement: what it changed, and what stood after it."""

    entry: Any
    source: Source
    balance: int

    @property
    def change(self) -> int:
        return int(self.entry.change)

    @property
    def added(self) -> int | None:
        return self.change if self.change > 0 else None

    @property
    def taken_off(self) -> int | None:
        return -self.change if self.change < 0 else None

    @property
    def told(self) -> int | None:
        """What an invoice says that moves nothing here."""
        return self.source.worth or None


@dataclass(frozen=True, slots=True)
class Sums:
    """What stood before a span of time, what came and went in it, and what stands after it."""

    opening: int
    added: int
    taken_off: int

    @property
    def closing(self) -> int:
        return self.opening + self.added - self.taken_off


def entries_of(seller: Seller, book: Book, *, before: datetime | None = None) -> "QuerySet[Any]":
    """The entries of a part of the account, each with its ``change``."""
    own = _postings(seller, book).order_by()
    keys: QuerySet[Any, Any] = own.values("entry")
    if book.invoices:
        keys = keys.union(_told_of_invoices(seller))
    here = own.filter(entry=OuterRef("pk")).values("entry").annotate(sum=Sum("amount")).values("sum")
    rows = Entry.objects.filter(pk__in=keys).annotate(change=Value(0) - Coalesce(Subquery(here), Value(0)))
    return rows if before is None else rows.filter(at__lt=before)


def movements_of(seller: Seller, book: Book, entries: Sequence[Any]) -> list[Movement]:
    """Entries that follow each other, in any order, as lines of the statement."""
    if not entries:
        return []
    sources = sources_of(entry.key for entry in entries)
    balances = _balances(_postings(seller, book), entries)
    return [Movement(entry, sources[entry.key], balances[entry.pk]) for entry in entries]


def sums_of(seller: Seller, book: Book, *, since: datetime | None, until: datetime | None) -> Sums:
    """The sums of a half-open span; no bound is the beginning, or now."""
    within = Q(entry__at__gte=since) if since else Q(pk__isnull=False)
    rows = _postings(seller, book)
    rows = rows.filter(entry__at__lt=until) if until else rows
    nets = rows.order_by().values("entry").annotate(net=Sum("amount"), inside=Sum("amount", filter=within))
    told = nets.aggregate(
        all=Sum("net"), added=Sum("inside", filter=Q(inside__lt=0)), off=Sum("inside", filter=Q(inside__gt=0))
    )
    added, off = -int(told["added"] or 0), int(told["off"] or 0)
    return Sums(-int(told["all"] or 0) - added + off, added, off)


def search_entries(seller: Seller, text: str) -> Q:
    """By any reference an entry names."""
    return Q(text__icontains=text) | Q(key__icontains=text)


def _postings(seller: Seller, book: Book) -> "QuerySet[Posting]":
    return Posting.objects.filter(account__seller=seller, account__kind__in=book.kinds)


def _told_of_invoices(seller: Seller) -> "QuerySet[Any, Any]":
    invoices = BillingInvoice.objects.of(seller).filter(subject=Subject.DEPOSITS).order_by()
    keys = invoices.annotate(entry_key=Concat(Value("billing_invoice:"), F("reference")))
    return Entry.objects.filter(key__in=keys.values("entry_key")).order_by().values("pk")


def _balances(postings: "QuerySet[Posting]", entries: Sequence[Any]) -> dict[int, int]:
    """What stood after each entry: what stood before the oldest, and then what each one changed, those
    between them too that are not shown.
    """
    oldest = min(entries, key=_place)
    newest = max(entries, key=_place)
    earlier = Q(entry__at__lt=oldest.at) | Q(entry__at=oldest.at, entry__lt=oldest.pk)
    standing = -int(postings.filter(earlier).aggregate(sum=Sum("amount"))["sum"] or 0)
    since = postings.filter(~earlier, entry__at__lte=newest.at).order_by()
    moved = since.values_list("entry__at", "entry").annotate(net=Sum("amount"))
    changes = {(at, key): -int(net) for at, key, net in moved}
    told = {}
    for place in sorted(changes.keys() | {_place(entry) for entry in entries}):
        standing += changes.get(place, 0)
        told[place[1]] = standing
    return told


def _place(entry: Any) -> tuple[datetime, int]:
    return entry.at, entry.pk
