"""What an item is called: in letters, on papers and on pages, in the active language.

What a paper is depends on its side: a seller's invoice is owed to it, its credit note by it.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from settlement.documents.facts import plain
from settlement.documents.papers.facts import Cell, Column, Kind
from settlement.documents.papers.words import invoices_total, orders_total
from settlement.netting.models import Item, Paper, Side

Sort: TypeAlias = tuple[Paper, Side]

INVOICE: Sort = (Paper.INVOICE, Side.PAYABLE)
CREDIT_NOTE: Sort = (Paper.INVOICE, Side.RECEIVABLE)
CASH: Sort = (Paper.CASH, Side.RECEIVABLE)
REFUND: Sort = (Paper.CASH, Side.PAYABLE)
HELD: Sort = (Paper.HELD, Side.PAYABLE)
GIVEN_BACK: Sort = (Paper.HELD, Side.RECEIVABLE)
FEE: Sort = (Paper.FEE, Side.RECEIVABLE)
FEE_CREDIT: Sort = (Paper.FEE, Side.PAYABLE)
SERVICE: Sort = (Paper.SERVICE, Side.RECEIVABLE)
SERVICE_CREDIT: Sort = (Paper.SERVICE, Side.PAYABLE)

ORDER = (
    INVOICE,
    HELD,
    REFUND,
    FEE_CREDIT,
    SERVICE_CREDIT,
    CASH,
    FEE,
    SERVICE,
    CREDIT_NOTE,
    GIVEN_BACK,
)
"""In which order sorts are told."""

OF_THEIR_SOURCE = (Paper.HELD, Paper.SERVICE)
"""Papers whose number is that of the document or invoice they come from, which stands beside their name."""


@dataclass(frozen=True, slots=True)
class Called:
    """What a paper needs to name an item: its sort, its number, and the document it comes from; an invoice
    for fees comes from itself.
    """

    sort: Sort
    number: str
    document: str

    @property
    def name(self) -> str:
        return name_of(self.sort, self.number)


def called(item: Item) -> Called:
    """What a paper needs to name an item, whose sources are read along."""
    return Called(sort_of(item.paper, item.side), plain(item.number), item.source.reference)


def item_name(item: Item) -> str:
    """An item by name: "Commission invoice HU-F-2026-000001"."""
    return name_of(sort_of(item.paper, item.side), item.number)


def sort_of(paper: str, side: str) -> Sort:
    """What sort of item it is."""
    return Paper(paper), Side(side)


def name_of(sort: Sort, number: str) -> str:
    """An item of a sort by name."""
    return {
        INVOICE: _("Invoice %(number)s"),
        CREDIT_NOTE: _("Credit note %(number)s"),
        CASH: _("Cash of order %(number)s"),
        REFUND: _("Refund of order %(number)s"),
        HELD: _("Customers' money of document %(number)s"),
        GIVEN_BACK: _("Customers' money given back, document %(number)s"),
        FEE: _("Commission invoice %(number)s"),
        FEE_CREDIT: _("Commission credit note %(number)s"),
        SERVICE: _("Fee invoice %(number)s"),
        SERVICE_CREDIT: _("Fee credit note %(number)s"),
    }[sort] % {"number": number}


def sorts_in(items: Iterable[Called]) -> list[Sort]:
    """The sorts among some items, as they are told."""
    found = {item.sort for item in items}
    return [sort for sort in ORDER if sort in found]


def debt_text(sort: Sort) -> str:
    """Who owed whom for items of a sort, the debtor and the creditor yet to be named."""
    return {
        INVOICE: _("%(debtor)s owed %(creditor)s for invoices"),
        CREDIT_NOTE: _("%(debtor)s owed %(creditor)s for credit notes"),
        CASH: _("%(debtor)s owed %(creditor)s customers' cash that it holds"),
        REFUND: _("%(debtor)s owed %(creditor)s for refunds to customers"),
        HELD: _("%(debtor)s owed %(creditor)s customers' money that it holds"),
        GIVEN_BACK: _("%(debtor)s owed %(creditor)s for refunds to customers"),
        FEE: _("%(debtor)s owed %(creditor)s for commission invoices"),
        FEE_CREDIT: _("%(debtor)s owed %(creditor)s for commission credit notes"),
        SERVICE: _("%(debtor)s owed %(creditor)s for fee invoices"),
        SERVICE_CREDIT: _("%(debtor)s owed %(creditor)s for fee credit notes"),
    }[sort]


def heading_of(sorts: Collection[Sort]) -> str:
    """The heading of a list of items, the debtor and the creditor yet to be named."""
    if len(sorts) != 1:
        return _("Owed by %(debtor)s to %(creditor)s")
    (sort,) = sorts
    return {
        INVOICE: _("Invoices: owed by %(debtor)s to %(creditor)s"),
        CREDIT_NOTE: _("Credit notes: owed by %(debtor)s to %(creditor)s"),
        CASH: _("Customers' cash: owed by %(debtor)s to %(creditor)s"),
        REFUND: _("Refunds to customers: owed by %(debtor)s to %(creditor)s"),
        HELD: _("Customers' money: owed by %(debtor)s to %(creditor)s"),
        GIVEN_BACK: _("Customers' money given back: owed by %(debtor)s to %(creditor)s"),
        FEE: _("Commission invoices: owed by %(debtor)s to %(creditor)s"),
        FEE_CREDIT: _("Commission credit notes: owed by %(debtor)s to %(creditor)s"),
        SERVICE: _("Fee invoices: owed by %(debtor)s to %(creditor)s"),
        SERVICE_CREDIT: _("Fee credit notes: owed by %(debtor)s to %(creditor)s"),
    }[sort]


def name_columns(sorts: Collection[Sort]) -> tuple[Column, ...]:
    """The first columns of a list of items: its number where all are of one sort, else its whole name."""
    document = Column(document_label(sorts), Kind.TEXT)
    if len(sorts) != 1:
        return Column(_("What it is"), Kind.NUMBER), document
    (sort,) = sorts
    number = Column(_number_label(sort), Kind.NUMBER)
    return (number,) if sort[0] in OF_THEIR_SOURCE else (number, document)


def _number_label(sort: Sort) -> str:
    return {
        INVOICE: _("Invoice"),
        CREDIT_NOTE: _("Credit note"),
        CASH: _("Order"),
        REFUND: _("Order"),
        HELD: _("Customers' money of document"),
        GIVEN_BACK: _("Customers' money given back, document"),
        FEE: _("Commission invoice"),
        FEE_CREDIT: _("Commission credit note"),
        SERVICE: _("Fee invoice"),
        SERVICE_CREDIT: _("Fee credit note"),
    }[sort]


def document_label(sorts: Collection[Sort]) -> str:
    """What the documents of items are called: those of invoices and their cash are invoice documents."""
    return _("Invoice document") if {*sorts} <= {INVOICE, CASH} else _("Document")


def name_cells(item: Called, sorts: Collection[Sort]) -> tuple[Cell, ...]:
    """An item's cells in those columns."""
    if len(sorts) != 1:
        short = {
            HELD: _("Customers' money"),
            GIVEN_BACK: _("Customers' money given back"),
            SERVICE: _("Fee invoice"),
            SERVICE_CREDIT: _("Fee credit note"),
        }
        return short.get(item.sort) or item.name, item.document
    return (item.number,) if item.sort[0] in OF_THEIR_SOURCE else (item.number, item.document)


def items_total(sorts: Collection[Sort], count: int) -> str:
    """What the last line of a list of items is called."""
    if {*sorts} <= {INVOICE}:
        return invoices_total(count)
    if {*sorts} <= {CASH, REFUND} and len(sorts) == 1:
        return orders_total(count)
    return ngettext("Total of %(count)s item", "Total of %(count)s items", count) % {"count": count}


def is_usual(payables: Sequence[Sort], receivables: Sequence[Sort]) -> bool:
    """Whether it is invoices against orders' cash and nothing else."""
    return {*payables} <= {INVOICE} and {*receivables} <= {CASH}
