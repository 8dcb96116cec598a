"""Reading what is open between the marketplace and its sellers, and how it was netted."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Case, Exists, F, OuterRef, Q, QuerySet, Sum, Value, When
from django.db.models.functions import Coalesce

from marketplace.kernel.zones import start_of_day
from marketplace.ledger.models import AccountKind, Posting
from marketplace.parties.models import Market, Seller
from settlement.documents.models import Document, Invoicing
from settlement.netting.models import (
    ITEM_SOURCES,
    Dispute,
    DisputeState,
    Item,
    LineState,
    Outcome,
    Paper,
    SetOff,
    SetOffLine,
    Side,
)
from settlement.netting.models import State as SetOffState
from settlement.netting.rules import pairs

BUCKETS = (7, 30, 60, 90)
"""The upper ends, in days past due, of the columns of an ageing; the last column is beyond them."""


@dataclass(frozen=True, slots=True)
class Balance:
    """What stands between the marketplace and a seller, in minor units, both sides positive."""

    owed_to_seller: int
    owed_by_seller: int

    @property
    def net(self) -> int:
        """Due to the seller; negative: due from the seller."""
        return self.owed_to_seller - self.owed_by_seller


def balance_of(*, seller: Seller, before: datetime | None = None) -> Balance:
    """What the books say a seller is owed and owes, now or before an instant."""
    sums = dict(
        postings_of(seller, before=before).order_by().values_list("account__kind").annotate(Sum("amount"))
    )
    return Balance(-sums.get(AccountKind.PAYABLE, 0), sums.get(AccountKind.RECEIVABLE, 0))


def postings_of(seller: Seller, *, before: datetime | None = None) -> "QuerySet[Posting]":
    """What was posted between the marketplace and a seller, newest first; each entry's key names its
    source.
    """
    kinds = (AccountKind.PAYABLE, AccountKind.RECEIVABLE)
    rows = Posting.objects.filter(account__seller=seller, account__kind__in=kinds)
    if before is not None:
        rows = rows.filter(entry__at__lt=before)
    return rows.select_related("entry", "account").order_by("-entry__at", "-pk")


@dataclass(frozen=True, slots=True)
class Flow:
    """A part of one order's cash that paid a part of one invoice, in minor units."""

    order: str
    invoice: str
    document: str
    amount: int


def flows(set_off: SetOff) -> Iterator[Flow]:
    """Which order's cash paid which invoice, oldest first on both sides."""
    source = Coalesce("item__document__reference", "item__billing__reference")
    lines = set_off.lines.filter(netted__gt=0).order_by("position").annotate(source=source)
    columns = ("item__number", "source", "netted")
    payables = list(lines.filter(item__side=Side.PAYABLE).values_list(*columns))
    receivables = list(lines.filter(item__side=Side.RECEIVABLE).values_list(*columns))
    for pair in pairs([row[2] for row in payables], [row[2] for row in receivables]):
        invoice, document, _ = payables[pair.payable]
        yield Flow(receivables[pair.receivable][0], invoice, document, pair.amount)


def lines_of(set_off: SetOff, side: Side) -> "QuerySet[SetOffLine]":
    """One side of a set-off, oldest first."""
    rows = set_off.lines.filter(item__side=side).select_related(*ITEM_SOURCES, "item__invoice")
    return rows.order_by("position")


def ageing(*, market: Market, on: date) -> "QuerySet[Item, Any]":
    """Per seller and side, what is open, by how long it has been due: ``open``, and ``upto_7`` … ``beyond``.

    Days are the market's; what was due within a bucket's days counts in it once.
    """
    ends = [start_of_day(on - timedelta(days=days), market.zone) for days in BUCKETS]
    left = F("total") - F("settled")
    sums = {"open": Sum(left)}
    newest = None
    for days, end in zip(BUCKETS, ends, strict=True):
        within = Q(due_at__gte=end) if newest is None else Q(due_at__gte=end, due_at__lt=newest)
        sums[f"upto_{days}"] = Sum(Case(When(within, then=left), default=Value(0)))
        newest = end
    sums["beyond"] = Sum(Case(When(due_at__lt=ends[-1], then=left), default=Value(0)))
    rows = Item.objects.unsettled().filter(market=market)
    return (
        rows.order_by("seller__partner_number", "side")
        .values("seller", "seller__partner_number", "seller__name", "side")
        .annotate(**sums)
    )


def cash_without_invoice(*, market: Market) -> "QuerySet[Document]":
    """Documents whose cash sellers hold and which no invoice answers, longest waiting first."""
    waiting = Document.objects.awaiting_invoice().filter(market=market, held_by_seller__gt=0)
    return waiting.select_related("seller").order_by("issued_on", "pk")


def cash_disputes() -> "QuerySet[Dispute]":
    """Disputes whose document must stand: they withhold its cash, or the marketplace took that over."""
    return Dispute.objects.filter(cash__gt=0).filter(
        Q(state=DisputeState.OPEN) | Q(outcome=Outcome.HELD_HERE)
    )


def overdue_cash(*, market: Market, on: date) -> "QuerySet[Item, int]":
    """The sellers who hold cash of a document past the term for its invoice, or owe a credit note as
    long, and were not asked for it yet.
    """
    unasked = Q(paper=Paper.CASH, document__invoicing=Invoicing.AWAITED, document__netted_at=None) | Q(
        paper=Paper.INVOICE, invoice__netted_at=None
    )
    cash = Item.objects.free().filter(unasked, market=market, side=Side.RECEIVABLE)
    return _late_sellers(cash, "document__issued_on", market, on)


def overdue_fees(*, market: Market, on: date) -> "QuerySet[Item, int]":
    """The sellers who owe an invoice for fees for longer than they have for one of theirs, and were not
    asked for it yet.
    """
    asked = SetOffLine.objects.filter(item=OuterRef("pk")).exclude(state=LineState.WITHDRAWN)
    fees = Item.objects.free().filter(paper=Paper.SERVICE, market=market, side=Side.RECEIVABLE)
    return _late_sellers(fees.filter(~Exists(asked)), "billing__issued_on", market, on)


def _late_sellers(items: "QuerySet[Item]", issued_on: str, market: Market, on: date) -> "QuerySet[Item, int]":
    """The sellers of items whose paper is older than their term, and who have no set-off to answer."""
    waiting = SetOff.objects.filter(seller=OuterRef("seller"), state=SetOffState.PROPOSED)
    term = Coalesce("seller__contract__invoice_days", Value(market.invoice_days))
    free = items.filter(~Exists(waiting)).annotate(term=term)
    # A day per term rather than arithmetic on days in SQL, which the two engines write differently.
    terms = set(free.values_list("term", flat=True).distinct())
    late = Q(pk=None)
    for days in terms:
        late |= Q(term=days, **{f"{issued_on}__lt": on - timedelta(days=days)})
    return free.filter(late).order_by("seller").values_list("seller", flat=True).distinct()


def due_within(column: str, *, market: Market, on: date) -> Q:
    """The items that count in one column of a market's ageing: ``upto_7`` … ``beyond``."""
    names = [*(f"upto_{days}" for days in BUCKETS), "beyond"]
    ends = [start_of_day(on - timedelta(days=days), market.zone) for days in BUCKETS]
    place = names.index(column)
    within = Q(market=market)
    if place < len(ends):
        within &= Q(due_at__gte=ends[place])
    if place > 0:
        within &= Q(due_at__lt=ends[place - 1])
    return within
