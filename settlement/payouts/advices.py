"""What a payout's remittance advice lists: the invoices it pays, and every order behind them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet, Sum

from marketplace.kernel.zones import local_date
from settlement.documents.facts import plain
from settlement.documents.models import Document
from settlement.documents.papers.facts import Row
from settlement.netting.agreements import DoesNotAddUp
from settlement.netting.models import Item, LineState, SetOff, SetOffLine, Side
from settlement.netting.rules import pairs
from settlement.payouts.models import Payout, PayoutItem, PayoutState

PAGE = 2000
"""Orders read at a time, so that memory stays flat."""

INVOICES, ORDERS, OTHER_CASH = range(3)
"""The places of the paper's lists."""


@dataclass(frozen=True, slots=True)
class PaidInvoice:
    """An invoice, and what of it was set off, paid before, is paid now, and stays open."""

    number: str
    document: Document
    total: int
    set_off: int
    paid_before: int
    paid: int

    @property
    def left(self) -> int:
        """What stays open: disputed, or on a later set-off."""
        return self.total - self.set_off - self.paid_before - self.paid


@dataclass(frozen=True, slots=True)
class Cash:
    """An order's cash that was set off against the invoices; of a document that is none of theirs."""

    number: str
    document: str
    due_on: date
    amount: int


@dataclass(frozen=True, slots=True)
class Advice:
    """A payout with all that its paper lists; ``cash`` is by order, of the invoices' own documents."""

    payout: Payout
    invoices: Sequence[PaidInvoice]
    cash: Mapping[tuple[int, int], int]
    other_cash: Sequence[Cash]

    @property
    def documents(self) -> list[Document]:
        """The documents of the invoices, each once."""
        return list({invoice.document.pk: invoice.document for invoice in self.invoices}.values())

    @property
    def own_cash(self) -> int:
        """What of the orders' own cash was set off."""
        return sum(self.cash.values())

    @property
    def settles_otherwise(self) -> bool:
        """Whether something of the invoices was paid before, or stays open."""
        return any(each.paid_before or each.left for each in self.invoices)

    def rows(self) -> Iterator[Row]:
        """The rows of the paper's lists, in their places; the orders are read a page at a time."""
        for each in self.invoices:
            otherwise = (each.paid_before, each.left) if self.settles_otherwise else ()
            amounts = (each.total, each.set_off, *otherwise, each.paid)
            yield INVOICES, (each.number, each.document.reference, *amounts)
        for document in self.documents:
            yield from self._orders(document)
        for cash in self.other_cash:
            yield OTHER_CASH, (cash.number, cash.document, cash.due_on, cash.amount)

    def _orders(self, document: Document) -> Iterator[Row]:
        zone, after = self.payout.market.zone, 0
        while lines := list(document.lines.filter(position__gt=after).order_by("position")[:PAGE]):
            for line in lines:
                cash = self.cash.get((document.pk, line.order_id), 0)
                delivered = local_date(line.delivered_at, zone)
                amounts = (line.purchase_net, line.purchase_vat, line.purchase_gross, cash)
                yield ORDERS, (line.number, document.reference, delivered, *amounts)
            after = lines[-1].position


def advice_of(payout: Payout) -> Advice:
    """Read what the remittance advice of a payout lists.

    :raises DoesNotAddUp: if the orders do not make the invoices, or those not the payout.
    """
    parts = list(payout.items.select_related("item__document").order_by("item__due_at", "item__number"))
    items = [part.item for part in parts]
    netted, before = _netted(payout, items), _paid_before(payout, items)
    invoices = [
        PaidInvoice(
            plain(part.item.number),
            part.item.document,
            part.item.total,
            netted.get(part.item_id, 0),
            before.get(part.item_id, 0),
            part.amount,
        )
        for part in parts
    ]
    own, other = _cash(payout, items)
    advice = Advice(payout, invoices, own, other)
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


def _cash(payout: Payout, items: Sequence[Item]) -> tuple[dict[tuple[int, int], int], list[Cash]]:
    """Which orders' cash was set off against the items: of their documents, by order; and others'."""
    documents = {item.document_id for item in items}
    own: dict[tuple[int, int], int] = {}
    other: dict[int, Cash] = {}
    for line, amount in _flows(payout, {item.pk for item in items}):
        item = line.item
        if item.document_id in documents:
            assert item.order_id is not None
            key = item.document_id, item.order_id
            own[key] = own.get(key, 0) + amount
        else:
            known = other.get(item.pk)
            other[item.pk] = Cash(
                item.number,
                item.document.reference,
                local_date(item.due_at, payout.market.zone),
                amount + (known.amount if known else 0),
            )
    return own, list(other.values())


def _flows(payout: Payout, items: set[int]) -> Iterator[tuple[SetOffLine, int]]:
    """The lines of cash that paid the items, and how much each did, over all set-offs they were on."""
    set_offs = SetOff.objects.filter(lines__in=_agreed(payout).filter(item__in=items, netted__gt=0))
    for set_off in set_offs.distinct().order_by("pk"):
        lines = set_off.lines.filter(netted__gt=0).select_related("item__document").order_by("position")
        payables = list(lines.filter(item__side=Side.PAYABLE))
        cash = list(lines.filter(item__side=Side.RECEIVABLE))
        for pair in pairs([line.netted for line in payables], [line.netted for line in cash]):
            if payables[pair.payable].item_id in items:
                yield cash[pair.receivable], pair.amount


def _check(advice: Advice) -> None:
    payout, invoices = advice.payout, advice.invoices
    cash = advice.own_cash + sum(each.amount for each in advice.other_cash)
    found = (
        sum(document.purchase_gross for document in advice.documents),
        cash,
        sum(each.paid for each in invoices),
    )
    stated = sum(each.total for each in invoices), sum(each.set_off for each in invoices), payout.exact
    if found != stated or any(each.left < 0 for each in invoices):
        raise DoesNotAddUp(f"{payout.reference}: {found} instead of {stated}")
