"""What the agreement of a set-off lists, read from its rows."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Q
from django.db.models.functions import Coalesce

from marketplace.kernel.zones import local_date
from settlement.documents.facts import plain
from settlement.documents.papers.facts import Row
from settlement.netting.models import Dispute, SetOff, Side
from settlement.netting.naming import Called, Sort, is_usual, name_cells, sort_of, sorts_in
from settlement.netting.rules import pairs

LONGEST_REASON = 400

PAYABLES, RECEIVABLES, PAID, DISPUTED = range(4)
"""The places of the paper's lists."""


class DoesNotAddUp(Exception):
    """The rows a paper is drawn of do not make the sums it states."""


@dataclass(frozen=True, slots=True)
class Line:
    """An item as the set-off took it: its open amount then, and what became of that."""

    item: Called
    due_on: date
    total: int
    disputed: int
    netted: int
    remaining: int


@dataclass(frozen=True, slots=True)
class Paid:
    """What of a debt of the seller paid one of ours, and what of that was left then."""

    payable: Called
    receivable: Called
    amount: int
    left: int


@dataclass(frozen=True, slots=True)
class Disputed:
    """An order whose money stays open on both sides, and why."""

    number: str
    document: str
    cash: int
    share: int
    reason: str


@dataclass(frozen=True, slots=True)
class Agreement:
    """An agreed set-off with all that its paper lists."""

    set_off: SetOff
    payables: Sequence[Line]
    receivables: Sequence[Line]
    paid: Sequence[Paid]
    disputed: Sequence[Disputed]

    @property
    def withholds(self) -> bool:
        """Whether something of it is disputed."""
        return bool(self.set_off.disputed_payables or self.set_off.disputed_receivables)

    @property
    def sorts(self) -> tuple[list[Sort], list[Sort]]:
        """What sorts of items stand on its two sides."""
        ours, theirs = (sorts_in(line.item for line in side) for side in (self.payables, self.receivables))
        return ours, theirs

    @property
    def is_usual(self) -> bool:
        """Whether it sets invoices off against orders' cash and nothing else."""
        return is_usual(*self.sorts)

    def rows(self) -> Iterator[Row]:
        """The rows of the paper's lists, in their places."""
        for place, lines, sorts in zip(
            (PAYABLES, RECEIVABLES), (self.payables, self.receivables), self.sorts, strict=True
        ):
            for line in lines:
                disputed = (line.disputed,) if self.withholds else ()
                amounts = (line.total, *disputed, line.netted, line.remaining)
                yield place, (*name_cells(line.item, sorts), line.due_on, *amounts)
        usual = self.is_usual
        for paid in self.paid:
            both = (paid.payable, paid.receivable)
            names = (each.number if usual else each.name for each in both)
            yield PAID, (*names, paid.amount, paid.left)
        for each in self.disputed:
            yield DISPUTED, (each.number, each.document, each.reason, each.share, each.cash)


def agreement_of(set_off: SetOff) -> Agreement:
    """Read what the agreement of an agreed set-off lists.

    :raises DoesNotAddUp: if its lines or its disputes do not make its sums.
    """
    payables, receivables = (list(_lines(set_off, side)) for side in (Side.PAYABLE, Side.RECEIVABLE))
    paid = list(_paid(payables, receivables))
    agreement = Agreement(set_off, payables, receivables, paid, list(_disputed(set_off)))
    _check(agreement)
    return agreement


def _lines(set_off: SetOff, side: Side) -> Iterator[Line]:
    rows = set_off.lines.filter(item__side=side).order_by("position")
    source = Coalesce("item__document__reference", "item__billing__reference")
    columns = ("item__paper", "item__number", "source", "item__due_at")
    amounts = ("total", "disputed", "netted", "remaining")
    for paper, number, document, due_at, *rest in rows.annotate(source=source).values_list(
        *columns, *amounts
    ):
        called = Called(sort_of(paper, side), plain(number), document)
        yield Line(called, local_date(due_at, set_off.market.zone), *rest)


def _paid(payables: Sequence[Line], receivables: Sequence[Line]) -> Iterator[Paid]:
    left = [line.total for line in payables]
    for pair in pairs([line.netted for line in payables], [line.netted for line in receivables]):
        left[pair.payable] -= pair.amount
        ours, theirs = payables[pair.payable], receivables[pair.receivable]
        yield Paid(ours.item, theirs.item, pair.amount, left[pair.payable])


def _disputed(set_off: SetOff) -> Iterator[Disputed]:
    """The orders that were disputed when it was agreed, whatever was decided since."""
    at = set_off.confirmed_at
    rows = Dispute.objects.filter(Q(closed_at=None) | Q(closed_at__gt=at), set_off=set_off, opened_at__lte=at)
    found = rows.select_related("order", "cash_item__document", "invoice_item__document").order_by(
        "order__number"
    )
    for row in found.prefetch_related("messages"):
        item = row.invoice_item or row.cash_item
        first = min(row.messages.all(), key=lambda message: message.pk, default=None)
        reason = plain(first.text) if first else ""
        if len(reason) > LONGEST_REASON:
            reason = f"{reason[:LONGEST_REASON].rstrip()}…"
        reference = item.source.reference if item else ""
        yield Disputed(row.order.number, reference, row.cash, row.share, reason)


def _check(agreement: Agreement) -> None:
    set_off = agreement.set_off
    found = (
        sum(line.total for line in agreement.payables),
        sum(line.total for line in agreement.receivables),
        sum(line.netted for line in agreement.payables),
        sum(line.netted for line in agreement.receivables),
        sum(each.share for each in agreement.disputed),
        sum(each.cash for each in agreement.disputed),
    )
    stated = (
        set_off.payables,
        set_off.receivables,
        set_off.netted,
        set_off.netted,
        set_off.disputed_payables,
        set_off.disputed_receivables,
    )
    if found != stated:
        raise DoesNotAddUp(f"{set_off.reference}: {found} instead of {stated}")
