"""What netting promises: both sides equal, items and books agree, nothing waits forgotten."""

from collections.abc import Iterable, Iterator
from datetime import timedelta

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Sum
from django.db.models.functions import Coalesce
from django.utils import timezone

from marketplace.kernel.books import book_check
from marketplace.kernel.models import Job
from marketplace.kernel.money import decimal_text
from marketplace.kernel.numbers import broken_series
from marketplace.ledger.models import Account, AccountKind, Posting
from settlement.documents.models import Document
from settlement.invoices.models import Invoice
from settlement.invoices.models import State as InvoiceState
from settlement.netting.models import (
    Dispute,
    Item,
    LineState,
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


@book_check("items: every booked invoice and all cash sellers hold is an item")
def missing_items() -> Iterable[str]:
    """What a job is still about to open is passed over."""
    coming = _about_to("netting.take_invoices", "invoice_ids")
    yield from unopened_invoices().exclude(pk__in=coming).values_list("number", flat=True)
    coming = _about_to("netting.take_documents", "document_ids")
    opened = sums_of(Item.objects.filter(side=Side.RECEIVABLE), "document", "total")
    cash = Document.objects.live().filter(held_by_seller__gt=0)
    for pk, reference, held in cash.values_list("pk", "reference", "held_by_seller"):
        found = opened.get(pk, 0)
        if found != held and (found or pk not in coming):
            yield f"{reference}: {decimal_text(found)} of {decimal_text(held)}"


@book_check("items: what is open of them is what the books say, seller by seller")
def items_against_books() -> Iterator[str]:
    open_amount = F("total") - F("settled")
    live = Item.objects.live().filter(settled__lt=F("total"))
    payable = sums_of(live.filter(side=Side.PAYABLE), "seller", open_amount)
    receivable = sums_of(live.filter(side=Side.RECEIVABLE), "seller", open_amount)
    merge(payable, sums_of(unopened_invoices(), "seller", "gross"))
    merge(receivable, sums_of(_unopened_documents(), "seller", "held_by_seller"))
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
        yield from (f"seller {owner}: {kind} items without an account" for owner in items)


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
    cash = Exists(lines.filter(item__document=OuterRef("pk"), item__side=Side.RECEIVABLE)) | Exists(
        cash_disputes().filter(cash_item__document=OuterRef("pk"))
    )
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
    yield from Item.objects.exclude(own & paper).values_list("number", flat=True)


def unopened_invoices() -> "QuerySet[Invoice]":
    """Booked invoices whose item is not opened yet."""
    return Invoice.objects.filter(state=InvoiceState.BOOKED, item__isnull=True)


def _unopened_documents() -> "QuerySet[Document]":
    items = Item.objects.filter(document=OuterRef("pk"), side=Side.RECEIVABLE)
    return Document.objects.live().filter(~Exists(items), held_by_seller__gt=0)


def _about_to(name: str, ids: str) -> set[int]:
    """What unfinished jobs of a name are about to take."""
    told = Job.objects.unfinished().filter(name=name).values_list("args", flat=True)
    return {key for args in told for key in args[ids]}
