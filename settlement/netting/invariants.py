"""What netting promises: both sides equal, items and books agree, nothing waits forgotten."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import BigIntegerField, Case, Exists, F, OuterRef, Q, QuerySet, Sum, When
from django.db.models.functions import Abs, Coalesce
from django.utils import timezone

from marketplace.kernel.books import book_check
from marketplace.kernel.models import Job
from marketplace.kernel.money import decimal_text
from marketplace.kernel.numbers import broken_series
from marketplace.ledger.models import Account, AccountKind, Posting
from marketplace.parties.models import BusinessModel
from settlement.billing.models import BillingInvoice, FeeInvoice, Subject
from settlement.documents.models import Document
from settlement.invoices.models import Invoice
from settlement.invoices.models import State as InvoiceState
from settlement.netting.models import (
    Dispute,
    Item,
    LineState,
    Paper,
    SetOff,
    SetOffLine,
    Side,
    State,
)
from settlement.netting.operations.proposing import SERIES
from settlement.netting.queries import cash_disputes
from settlement.netting.sums import merge, sums_of

PATIENCE = timedelta(days=1)
LIVE_LINES = (LineState.PROPOSED, LineState.AGREED)


@book_check("set-offs: lines add up, and both sides are set off by the same")
def unbalanced_set_offs() -> Iterable[str]:
    columns = ("total", "netted", "disputed")
    for side, names in {
        Side.PAYABLE: ("payables", "netted", "disputed_payables"),
        Side.RECEIVABLE: ("receivables", "netted", "disputed_receivables"),
    }.items():
        lines = SetOffLine.objects.filter(item__side=side)
        sums = {column: sums_of(lines, "set_off", column) for column in columns}
        for set_off in SetOff.objects.iterator():
            told = [getattr(set_off, name) for name in names]
            found = [sums[column].get(set_off.pk, 0) for column in columns]
            if told != found:
                yield f"{set_off}: {side} {found}, not {told}"


@book_check("set-offs: every agreed one is posted, no other is")
def misposted_set_offs() -> Iterable[str]:
    posted = sums_of(
        Posting.objects.filter(entry__key__startswith="set_off:", account__kind=AccountKind.PAYABLE),
        "entry__key",
        "amount",
    )
    for set_off in SetOff.objects.iterator():
        expected = set_off.netted if set_off.state == State.CONFIRMED else 0
        found = posted.pop(f"set_off:{set_off.reference}", 0)
        if found != expected:
            yield f"{set_off}: {decimal_text(found)} posted, not {decimal_text(expected)}"
    yield from posted


@book_check("set-offs: numbers are without gaps and twins")
def gaps() -> Iterable[str]:
    return broken_series(SetOff.objects.all(), kind=SERIES)


@book_check("set-offs: an item's lines belong to its seller and currency")
def strayed_lines() -> Iterable[str]:
    astray = SetOffLine.objects.exclude(
        set_off__seller=F("item__seller"), set_off__currency=F("item__currency")
    )
    for reference, number in astray.values_list("set_off__reference", "item__number"):
        yield f"{reference}: {number}"


@book_check("set-offs: none waits past its deadline")
def forgotten_set_offs() -> Iterable[str]:
    late = SetOff.objects.filter(state=State.PROPOSED, lapses_at__lt=timezone.now() - PATIENCE)
    yield from late.values_list("reference", flat=True)


@book_check("items: every booked invoice, every invoice for fees and all cash sellers hold is an item")
def missing_items() -> Iterable[str]:
    """What a job is still about to open is passed over."""
    coming = _about_to("netting.take_invoices", "invoice_ids")
    yield from unopened_invoices().exclude(pk__in=coming).values_list("number", flat=True)
    coming = _about_to("netting.take_documents", "document_ids")
    coming |= _about_to("billing.invoice_commission", "document_ids")
    yield from _unopened_fees().exclude(document__in=coming).values_list("reference", flat=True)
    coming = _about_to("netting.take_billing", "billing_invoice_id")
    yield from _unopened_billing().exclude(pk__in=coming).values_list("reference", flat=True)
    owed = Item.objects.filter(paper__in=(Paper.CASH, Paper.HELD))
    opened = sums_of(owed, "document", "total")
    resale = When(model=BusinessModel.RESALE, then=F("held_by_seller"))
    owing = Document.objects.live().annotate(
        owed=Case(resale, default=Abs("held_by_marketplace"), output_field=BigIntegerField())
    )
    for pk, reference, held in owing.filter(owed__gt=0).values_list("pk", "reference", "owed"):
        found = opened.get(pk, 0)
        if found != held and (found or pk not in coming):
            yield f"{reference}: {decimal_text(found)} of {decimal_text(held)}"


@book_check("items: what is open of them is what the books say, seller by seller")
def items_against_books() -> Iterator[str]:
    open_amount = F("total") - F("settled")
    live = Item.objects.live().filter(settled__lt=F("total"))
    payable = sums_of(live.filter(side=Side.PAYABLE), "seller", open_amount)
    receivable = sums_of(live.filter(side=Side.RECEIVABLE), "seller", open_amount)
    sides = {"payable": payable, "receivable": receivable}
    for rows, owed in _unopened():
        for kind, usual, turned in (
            ("invoice", owed.side, owed.other),
            ("credit", owed.other, owed.side),
        ):
            some = rows.filter(**{owed.kind: kind})
            merge(sides[usual], sums_of(some, "seller", owed.plus))
            if owed.minus is not None:
                merge(sides[turned], sums_of(some, "seller", owed.minus))
    for kind, sign, items in (
        (AccountKind.PAYABLE, -1, payable),
        (AccountKind.RECEIVABLE, 1, receivable),
    ):
        accounts = Account.objects.filter(kind=kind).annotate(sum=Coalesce(Sum("postings__amount"), 0))
        for owner, balance in accounts.values_list("seller", "sum"):
            assert owner is not None
            found = items.pop(owner, 0)
            if sign * balance != found:
                yield f"seller {owner}: {kind} {decimal_text(sign * balance)}, items {decimal_text(found)}"
        yield from (f"seller {owner}: {kind} items without an account" for owner in items if items[owner])


@book_check("items: what is withheld of them is in open disputes")
def misplaced_disputes() -> Iterable[str]:
    cash = sums_of(Dispute.objects.open().filter(cash__gt=0), "cash_item", "cash")
    merge(cash, sums_of(Dispute.objects.open().filter(share__gt=0), "invoice_item", "share"))
    for pk, number, withheld in Item.objects.filter(Q(withheld__gt=0) | Q(pk__in=list(cash))).values_list(
        "pk", "number", "withheld"
    ):
        if withheld != cash.get(pk, 0):
            yield f"{number}: {decimal_text(withheld)} withheld, {decimal_text(cash.get(pk, 0))} disputed"


@book_check("items: papers know whether a set-off holds them")
def mismarked_papers() -> Iterable[str]:
    lines = SetOffLine.objects.filter(state__in=LIVE_LINES)
    of_document = lines.filter(item__document=OuterRef("pk")).exclude(item__paper=Paper.INVOICE)
    cash = Exists(of_document) | Exists(cash_disputes().filter(cash_item__document=OuterRef("pk")))
    billed = Exists(lines.filter(item__invoice=OuterRef("pk")))
    for rows, held, name in (
        (Document.objects.all(), cash, "reference"),
        (Invoice.objects.all(), billed, "number"),
    ):
        wrong = rows.annotate(held=held).exclude(held=True, netted_at__isnull=False)
        yield from wrong.exclude(Q(held=False, netted_at__isnull=True)).values_list(name, flat=True)


@book_check("items: each belongs to the seller of its papers")
def strayed_items() -> Iterable[str]:
    own = Q(seller=F("document__seller"))
    paper = Q(invoice__seller=F("seller"), invoice__document=F("document")) | Q(order__seller=F("seller"))
    paper |= Q(fee__seller=F("seller"), fee__document=F("document")) | Q(paper=Paper.HELD)
    service = Q(paper=Paper.SERVICE, billing__seller=F("seller"), billing__subject=Subject.FEES)
    yield from Item.objects.exclude((own & paper) | service).values_list("number", flat=True)


def unopened_invoices() -> "QuerySet[Invoice]":
    """Booked invoices whose item is not opened yet."""
    return Invoice.objects.filter(state=InvoiceState.BOOKED, item__isnull=True)


def _unopened_fees() -> "QuerySet[FeeInvoice]":
    return FeeInvoice.objects.filter(item__isnull=True)


def _unopened_billing() -> "QuerySet[BillingInvoice]":
    return BillingInvoice.objects.filter(subject=Subject.FEES, item__isnull=True)


def _unopened_documents(model: BusinessModel) -> "QuerySet[Document]":
    items = Item.objects.filter(document=OuterRef("pk"), paper__in=(Paper.CASH, Paper.HELD))
    return Document.objects.live().filter(~Exists(items), model=model)


@dataclass(frozen=True, slots=True)
class _Owed:
    """What papers without items owe, and on which side, unless they are credits: then on the other."""

    kind: str
    side: str
    other: str
    plus: Any
    minus: Any = None


def _unopened() -> "list[tuple[QuerySet[Any], _Owed]]":
    """The papers that are in the books and have no item yet."""
    held = F("held_by_marketplace")
    positive = Case(When(held_by_marketplace__gt=0, then=held), default=0, output_field=BigIntegerField())
    negative = Case(When(held_by_marketplace__lt=0, then=-held), default=0, output_field=BigIntegerField())
    return [
        (unopened_invoices(), _Owed("document__kind", "payable", "receivable", F("gross"))),
        (_unopened_fees(), _Owed("kind", "receivable", "payable", F("gross"))),
        (_unopened_billing(), _Owed("kind", "receivable", "payable", F("gross"))),
        (
            _unopened_documents(BusinessModel.RESALE),
            _Owed("kind", "receivable", "payable", F("held_by_seller")),
        ),
        (
            _unopened_documents(BusinessModel.AGENCY),
            _Owed("kind", "payable", "receivable", positive, negative),
        ),
    ]


def _about_to(name: str, ids: str) -> set[int]:
    """What unfinished jobs of a name are about to take, one each or several."""
    told = Job.objects.unfinished().filter(name=name).values_list("args", flat=True)
    return {key for args in told for key in (args[ids] if isinstance(args[ids], list) else [args[ids]])}
