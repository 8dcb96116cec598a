"""The lists of open items and of movements."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import F, OuterRef, Q, QuerySet, Subquery, Sum
from django.utils.translation import gettext_lazy

from marketplace.ledger.models import AccountKind, Posting
from marketplace.parties.models import Seller
from sellers.portal.columns import Column, Kind
from sellers.portal.listing import Listing
from sellers.portal.papers import kind_of, source_url_of, url_of
from sellers.portal.sources import Source, sources_of
from sellers.portal.why_open import Why, why_open
from settlement.netting.models import SOURCES, Item, Side

OWED_TO_YOU, OWED_BY_YOU = gettext_lazy("Owed to you"), gettext_lazy("Owed by you")


@dataclass(frozen=True, slots=True)
class OpenItem:
    """An item, what is open of it, and the sentence that says why."""

    item: Item
    why: Why
    open: int

    @property
    def number_url(self) -> str:
        """The order, the document it comes from, where its orders stand, or the invoice for fees."""
        return url_of(self.item)

    @property
    def source_url(self) -> str:
        return source_url_of(self.item)

    @property
    def kind(self) -> str:
        return kind_of(self.item)

    @property
    def side(self) -> str:
        return str(OWED_TO_YOU if self.item.side == Side.PAYABLE else OWED_BY_YOU)


def open_items_of(seller: Seller) -> "QuerySet[Item]":
    """What is open between the marketplace and a seller."""
    return Item.objects.of(seller).unsettled().select_related(*SOURCES)


def _explain(items: Sequence[Item]) -> list[OpenItem]:
    reasons = why_open(items)
    return [OpenItem(item, reasons[item.pk], item.open) for item in items]


def search_items(seller: Seller, text: str) -> Q:
    """By the number of an order or an invoice from its beginning, or a document's reference."""
    return Q(number__istartswith=text) | Q(document__reference=text.upper())


ITEM = (
    Column(
        gettext_lazy("Number"),
        lambda row: row.item.number,
        css="at-title nowrap",
        url=lambda row: row.number_url,
        note=lambda row: row.kind,
        width=20,
    ),
    Column(gettext_lazy("Kind"), lambda row: row.kind, on_page=False, width=26),
    Column(gettext_lazy("Side"), lambda row: row.side, on_page=False, width=20),
    Column(
        gettext_lazy("Document"),
        lambda row: row.item.source.reference,
        css="nowrap",
        url=lambda row: row.source_url,
        width=20,
    ),
    Column(gettext_lazy("Due since"), lambda row: row.item.due_at, Kind.MOMENT, sort="due"),
    Column(gettext_lazy("Total"), lambda row: row.item.total, Kind.MONEY, sort="-total"),
)
THEN = (
    *ITEM,
    Column(gettext_lazy("Settled by then"), lambda row: row.item.total - row.open, Kind.MONEY, quiet=True),
    Column(gettext_lazy("Open then"), lambda row: row.open, Kind.MONEY, css="at-amount"),
)

OPEN_ITEMS = Listing(
    name="open-items",
    title=gettext_lazy("Open items"),
    columns=(
        *ITEM,
        Column(gettext_lazy("Settled"), lambda row: row.item.settled, Kind.MONEY, quiet=True),
        Column(gettext_lazy("Being paid"), lambda row: row.item.reserved, Kind.MONEY, quiet=True),
        Column(gettext_lazy("Disputed"), lambda row: row.item.withheld, Kind.MONEY, quiet=True),
        Column(gettext_lazy("Open"), lambda row: row.open, Kind.MONEY, css="at-amount"),
        Column(
            gettext_lazy("Why it is open"),
            lambda row: row.why.text,
            css="at-sub small",
            url=lambda row: row.why.url,
            width=60,
        ),
    ),
    sorts={"due": "due_at", "total": "total"},
    sort="due",
    day="due_at",
    search=search_items,
    placeholder=gettext_lazy("Order, invoice or document number"),
    states={
        Side.PAYABLE: (OWED_TO_YOU, Q(side=Side.PAYABLE)),
        Side.RECEIVABLE: (OWED_BY_YOU, Q(side=Side.RECEIVABLE)),
    },
    states_label=gettext_lazy("Side"),
    tabs_label=gettext_lazy("Balance"),
    prepare=_explain,
)


def open_then(left: Mapping[int, int]) -> Listing:
    """The list of items as they were at some instant, given what was open of each then."""

    def tell(items: Sequence[Item]) -> list[OpenItem]:
        return [OpenItem(item, Why("", ""), left[item.pk]) for item in items]

    return replace(OPEN_ITEMS, columns=THEN, prepare=tell)


@dataclass(frozen=True, slots=True)
class Movement:
    """A posting as a line of a statement: what it added to its side, or took off, and what stood after it.

    The seller's side of both accounts is positive: what is owed to it is our credit, what it owes our
    debit.
    """

    posting: Any
    source: Source

    @property
    def to_seller(self) -> bool:
        return bool(self.posting.account.kind == AccountKind.PAYABLE)

    @property
    def side(self) -> str:
        return str(OWED_TO_YOU if self.to_seller else OWED_BY_YOU)

    @property
    def change(self) -> int:
        return int(-self.posting.amount if self.to_seller else self.posting.amount)

    @property
    def added(self) -> int | None:
        return self.change if self.change > 0 else None

    @property
    def taken_off(self) -> int | None:
        return -self.change if self.change < 0 else None

    @property
    def balance(self) -> int:
        return int(-self.posting.running if self.to_seller else self.posting.running)


def with_balance(postings: "QuerySet[Posting]") -> "QuerySet[Any]":
    """Postings with ``at``, and ``running``, what stood on their account after them."""
    same = Posting.objects.filter(account=OuterRef("account"))
    until = same.filter(
        Q(entry__at__lt=OuterRef("entry__at")) | Q(entry__at=OuterRef("entry__at"), pk__lte=OuterRef("pk"))
    )
    running = until.order_by().values("account").annotate(sum=Sum("amount")).values("sum")
    return postings.annotate(at=F("entry__at"), running=Subquery(running))


def _tell(postings: Sequence[Any]) -> list[Movement]:
    sources = sources_of(posting.entry.key for posting in postings)
    return [Movement(posting, sources[posting.entry.key]) for posting in postings]


def search_movements(seller: Seller, text: str) -> Q:
    """By any reference or number an entry names."""
    return Q(entry__text__icontains=text) | Q(entry__key__icontains=text)


MOVEMENTS = Listing(
    name="movements",
    title=gettext_lazy("Movements"),
    columns=(
        Column(gettext_lazy("Day"), lambda row: row.posting.at, Kind.MOMENT, "at-sub", sort="-at"),
        Column(
            gettext_lazy("What happened"),
            lambda row: row.source.text,
            css="at-title",
            url=lambda row: row.source.url,
            width=50,
        ),
        Column(gettext_lazy("Side"), lambda row: row.side, width=20),
        Column(gettext_lazy("Added"), lambda row: row.added, Kind.MONEY, quiet=True),
        Column(gettext_lazy("Taken off"), lambda row: row.taken_off, Kind.MONEY, quiet=True),
        Column(gettext_lazy("Balance of the side"), lambda row: row.balance, Kind.MONEY),
    ),
    sorts={"at": "at"},
    sort="-at",
    day="entry__at",
    search=search_movements,
    placeholder=gettext_lazy("Any reference or number"),
    states={
        AccountKind.PAYABLE: (OWED_TO_YOU, Q(account__kind=AccountKind.PAYABLE)),
        AccountKind.RECEIVABLE: (OWED_BY_YOU, Q(account__kind=AccountKind.RECEIVABLE)),
    },
    states_label=gettext_lazy("Side"),
    tabs_label=gettext_lazy("Balance"),
    prepare=_tell,
)
