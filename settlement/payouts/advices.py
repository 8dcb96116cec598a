"""What a payout's remittance advice lists: what it pays, and every order behind that."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet, Sum

from marketplace.kernel.zones import local_date
from settlement.documents.models import Document, DocumentLine
from settlement.documents.papers.facts import Row
from settlement.netting.agreements import DoesNotAddUp
from settlement.netting.models import ITEM_SOURCES, Item, LineState, SetOff, SetOffLine, Side
from settlement.netting.naming import (
    CASH,
    FEE_CREDIT,
    HELD,
    INVOICE,
    Called,
    Sort,
    called,
    name_cells,
    sorts_in,
)
from settlement.netting.rules import pairs
from settlement.payouts.models import Payout, PayoutItem, PayoutState

PAGE = 2000
"""Orders read at a time, so that memory stays flat."""

PAID, ORDERS, MONEY, OTHERS = range(4)
"""The places of the paper's lists."""

OF_ORDERS = (HELD, FEE_CREDIT)
"""What is paid of which the orders are listed with one amount: the money held, or the commission."""


@dataclass(frozen=True, slots=True)
class PaidItem:
    """A debt to the seller, and what of it was set off, paid before, is paid now, and stays open."""

    called: Called
    document: Document | None
    total: int
    set_off: int
    paid_before: int
    paid: int

    @property
    def left(self) -> int:
        """What stays open: disputed, or on a later set-off."""
        return self.total - self.set_off - self.paid_before - self.paid


@dataclass(frozen=True, slots=True)
class Against:
    """A debt of the seller that was set off against what is paid, but for the cash of its own orders."""

    called: Called
    due_on: date
    amount: int


@dataclass(frozen=True, slots=True)
class Advice:
    """A payout with all that its paper lists; ``cash`` is by order, of the invoices' own documents."""

    payout: Payout
    items: Sequence[PaidItem]
    cash: Mapping[tuple[int, int], int]
    others: Sequence[Against]

    @property
    def sorts(self) -> list[Sort]:
        """What sorts of items it pays."""
        return sorts_in(each.called for each in self.items)

    @property
    def other_sorts(self) -> list[Sort]:
        return sorts_in(each.called for each in self.others)

    @property
    def documents(self) -> list[Document]:
        """The documents of the invoices, each once."""
        invoiced = (each.document for each in self.items if each.called.sort == INVOICE)
        return list({document.pk: document for document in invoiced if document is not None}.values())

    @property
    def own_cash(self) -> int:
        """What of the orders' own cash was set off."""
        return sum(self.cash.values())

    @property
    def of_orders(self) -> list[tuple[PaidItem, Document]]:
        """What is paid of which the orders are listed with one amount, and the document they are on."""
        of_orders = [each for each in self.items if each.called.sort in OF_ORDERS]
        return [(each, each.document) for each in of_orders if each.document is not None]

    @property
    def mixes_orders(self) -> bool:
        """Whether those orders are listed for their money here and for their commission there."""
        return len({each.called.sort for each, _document in self.of_orders}) > 1

    @property
    def settles_otherwise(self) -> bool:
        """Whether something of the items was paid before, or stays open."""
        return any(each.paid_before or each.left for each in self.items)

    def rows(self) -> Iterator[Row]:
        """The rows of the paper's lists, in their places; the orders are read a page at a time."""
        for each in self.items:
            otherwise = (each.paid_before, each.left) if self.settles_otherwise else ()
            amounts = (each.total, each.set_off, *otherwise, each.paid)
            yield PAID, (*name_cells(each.called, self.sorts), *amounts)
        for document in self.documents:
            for line, delivered in self._lines(document):
                cash = self.cash.get((document.pk, line.order_id), 0)
                amounts = (line.purchase_net, line.purchase_vat, line.purchase_gross, cash)
                yield ORDERS, (line.number, document.reference, delivered, *amounts)
        for each, document in self.of_orders:
            of = each.called.name if self.mixes_orders else document.reference
            for line, delivered in self._lines(document):
                yield MONEY, (line.number, of, delivered, document.sign * _part_of(line, each.called.sort))
        for other in self.others:
            yield OTHERS, (*name_cells(other.called, self.other_sorts), other.due_on, other.amount)

    def _lines(self, document: Document) -> Iterator[tuple[DocumentLine, date]]:
        zone, after = self.payout.market.zone, 0
        while lines := list(document.lines.filter(position__gt=after).order_by("position")[:PAGE]):
            yield from ((line, local_date(line.delivered_at, zone)) for line in lines)
            after = lines[-1].position


def _part_of(line: DocumentLine, sort: Sort) -> int:
    """What of an item of a sort is of one order of its document, where that is no credit document."""
    if sort == FEE_CREDIT:
        return -(line.commission_net + line.commission_vat)
    return line.held_by_marketplace


def advice_of(payout: Payout) -> Advice:
    """Read what the remittance advice of a payout lists.

    :raises DoesNotAddUp: if the orders do not make the invoices, or those not the payout.
    """
    parts = list(payout.items.select_related(*ITEM_SOURCES).order_by("item__due_at", "item__number"))
    items = [part.item for part in parts]
    netted, before = _netted(payout, items), _paid_before(payout, items)
    paid = [
        PaidItem(
            called(part.item),
            part.item.document,
            part.item.total,
            netted.get(part.item_id, 0),
            before.get(part.item_id, 0),
            part.amount,
        )
        for part in parts
    ]
    own, others = _set_off_against(payout, items)
    advice = Advice(payout, paid, own, others)
    _check(advice)
    return advice


def _netted(payout: Payout, items: Sequence[Item]) -> dict[int, int]:
    lines = _agreed(payout).filter(item__in=items)
    return dict(lines.order_by().values_list("item").annotate(Sum("netted")))


def _paid_before(payout: Payout, items: Sequence[Item]) -> dict[int, int]:
    """What payouts of earlier set-offs paid of the items."""
    paid = PayoutItem.objects.filter(
        item__in=items, payout__state=PayoutState.PAID, payout__set_off__lt=payout.set_off_id
    )
    return dict(paid.order_by().values_list("item").annotate(Sum("amount")))


def _agreed(payout: Payout) -> "QuerySet[SetOffLine]":
    """The lines of the seller's set-offs up to the payout's own; a seller has one at a time."""
    return SetOffLine.objects.filter(
        set_off__seller=payout.seller_id, set_off__lte=payout.set_off_id, state=LineState.AGREED
    )


def _set_off_against(
    payout: Payout, items: Sequence[Item]
) -> tuple[dict[tuple[int, int], int], list[Against]]:
    """What was set off against the items: cash of their invoices' own orders, by order; and the others."""
    invoiced = {item.document_id for item in items if item.invoice_id is not None}
    own: dict[tuple[int, int], int] = {}
    others: dict[int, Against] = {}
    for line, amount in _flows(payout, {item.pk for item in items}):
        item = line.item
        named, document_id = called(item), item.document_id
        if named.sort == CASH and document_id is not None and document_id in invoiced:
            assert item.order_id is not None
            key = document_id, item.order_id
            own[key] = own.get(key, 0) + amount
        else:
            known = others.get(item.pk)
            due_on = local_date(item.due_at, payout.market.zone)
            others[item.pk] = Against(named, due_on, amount + (known.amount if known else 0))
    return own, list(others.values())


def _flows(payout: Payout, items: set[int]) -> Iterator[tuple[SetOffLine, int]]:
    """The debts of the seller that paid the items, and how much each did, over all set-offs they were on."""
    set_offs = SetOff.objects.filter(lines__in=_agreed(payout).filter(item__in=items, netted__gt=0))
    for set_off in set_offs.distinct().order_by("pk"):
        lines = set_off.lines.filter(netted__gt=0).select_related(*ITEM_SOURCES).order_by("position")
        payables = list(lines.filter(item__side=Side.PAYABLE))
        theirs = list(lines.filter(item__side=Side.RECEIVABLE))
        for pair in pairs([line.netted for line in payables], [line.netted for line in theirs]):
            if payables[pair.payable].item_id in items:
                yield theirs[pair.receivable], pair.amount


def _check(advice: Advice) -> None:
    payout, items = advice.payout, advice.items
    found = (
        sum(document.purchase_gross for document in advice.documents),
        advice.own_cash + sum(each.amount for each in advice.others),
        sum(each.paid for each in items),
    )
    stated = (
        sum(each.total for each in items if each.called.sort == INVOICE),
        sum(each.set_off for each in items),
        payout.exact,
    )
    if found != stated or any(each.left < 0 for each in items):
        raise DoesNotAddUp(f"{payout.reference}: {found} instead of {stated}")
