"""What payments promise: items are settled by what was agreed and paid, each once, by two people."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, Sum

from marketplace.kernel.books import book_check
from marketplace.kernel.models import Job
from marketplace.kernel.money import decimal_text
from marketplace.kernel.numbers import broken_series
from marketplace.ledger.models import AccountKind, Posting
from settlement.billing.models import Deposit, DepositSource
from settlement.netting.models import Dispute, Item, LineState, Outcome, SetOff, SetOffLine, State
from settlement.netting.sums import merge, sums_of
from settlement.payouts.bank_answers.facts import Kind, Status
from settlement.payouts.models import (
    LIVE,
    BankEntry,
    Batch,
    BatchState,
    Collection,
    CollectionItem,
    CollectionReceipt,
    CollectionState,
    EntryState,
    Payout,
    PayoutItem,
    PayoutState,
)
from settlement.payouts.operations import batching, preparing
from settlement.payouts.queries import received_of


@book_check("items: what is settled of them was set off, paid, received or taken over")
def missettled_items() -> Iterable[str]:
    settled: dict[int, int] = sums_of(
        SetOffLine.objects.filter(state=LineState.AGREED, netted__gt=0), "item", "netted"
    )
    merge(settled, sums_of(PayoutItem.objects.filter(payout__state=PayoutState.PAID), "item", "amount"))
    taken_over = Dispute.objects.filter(outcome=Outcome.HELD_HERE, cash__gt=0)
    merge(settled, sums_of(taken_over, "cash_item", "cash"))
    for collection in Collection.objects.filter(receipts__isnull=False).distinct():
        merge(settled, received_of(collection))
    for pk, number, amount in Item.objects.filter(settled__gt=0).values_list("pk", "number", "settled"):
        found = settled.pop(pk, 0)
        if found != amount:
            yield f"{number}: {decimal_text(amount)} settled, {decimal_text(found)} accounted for"
    yield from (f"item {pk}: {decimal_text(amount)} not settled" for pk, amount in settled.items() if amount)


@book_check("items: what is reserved of them is being paid or demanded")
def misreserved_items() -> Iterable[str]:
    reserved: dict[int, int] = {}
    tried_again = Payout.objects.filter(set_off=OuterRef("payout__set_off"), pk__gt=OuterRef("payout"))
    on_the_way = PayoutItem.objects.filter(
        Q(payout__state__in=[PayoutState.CREATED, PayoutState.APPROVED, PayoutState.SENT])
        | Q(payout__state=PayoutState.FAILED) & ~Exists(tried_again)
    )
    merge(reserved, sums_of(on_the_way, "item", "amount"))
    demanded = CollectionItem.objects.filter(collection__state=CollectionState.DEMANDED)
    merge(reserved, sums_of(demanded, "item", "amount"))
    paid_in_part = Collection.objects.filter(state=CollectionState.DEMANDED, receipts__isnull=False)
    for collection in paid_in_part.distinct():
        merge(reserved, {item: -part for item, part in received_of(collection).items()})
    agreed = SetOffLine.objects.filter(set_off__in=_unprepared(), reserved__gt=0)
    merge(reserved, sums_of(agreed, "item", "reserved"))  # a job is about to prepare it
    for pk, number, amount in Item.objects.filter(reserved__gt=0).values_list("pk", "number", "reserved"):
        found = reserved.pop(pk, 0)
        if found != amount:
            yield f"{number}: {decimal_text(amount)} reserved, {decimal_text(found)} on its way"
    yield from (
        f"item {pk}: {decimal_text(amount)} not reserved" for pk, amount in reserved.items() if amount
    )


@book_check("payouts: every paid one is posted, every other is not or reversed")
def misposted_payouts() -> Iterable[str]:
    posted = _posted("payout:")
    for payout in Payout.objects.iterator():
        exact, amount = (payout.exact, -payout.amount) if payout.state == PayoutState.PAID else (0, 0)
        found = posted.pop(f"payout:{payout.reference}", {})
        if (found.get(AccountKind.PAYABLE, 0), found.get(AccountKind.BANK, 0)) != (exact, amount):
            yield f"{payout}: {found}"
    yield from posted


@book_check("payouts: each pays its set-off's rest, and no more than that")
def overpaid_set_offs() -> Iterable[str]:
    items = sums_of(PayoutItem.objects.all(), "payout", "amount")
    for payout in Payout.objects.select_related("set_off").iterator():
        if items.get(payout.pk) != payout.exact:
            yield f"{payout}: its items add up to {items.get(payout.pk)}"
        if payout.state in LIVE and payout.exact > payout.set_off.to_pay:
            yield f"{payout}: more than {payout.set_off} left"
    astray = Payout.objects.exclude(seller=F("set_off__seller"), market=F("set_off__market"))
    yield from astray.values_list("reference", flat=True)


@book_check("payouts: every agreed set-off that leaves something to pay has its payout or demand")
def unpaid_set_offs() -> Iterable[str]:
    reserving = SetOffLine.objects.filter(set_off=OuterRef("pk"), reserved__gt=0)
    left = _unprepared().filter(Exists(reserving)).filter(~Exists(_about_to_prepare()))
    yield from left.values_list("reference", flat=True)


@book_check("payouts: batches add up, and two people stand behind each")
def odd_batches() -> Iterable[str]:
    live = Batch.objects.exclude(state=BatchState.CANCELLED)
    sums = live.annotate(sum=Sum("payouts__amount")).exclude(sum=F("total"))
    yield from sums.exclude(total=0).values_list("reference", flat=True)
    approved = live.filter(state__in=[BatchState.APPROVED, BatchState.SENT])
    yield from approved.filter(approved_by=F("created_by")).values_list("reference", flat=True)
    alone = Payout.objects.filter(
        state__in=[PayoutState.APPROVED, PayoutState.SENT, PayoutState.PAID, PayoutState.FAILED]
    ).exclude(batch__approved_by__isnull=False)
    yield from alone.values_list("reference", flat=True)


@book_check("payouts: numbers are without gaps and twins")
def gaps() -> Iterable[str]:
    yield from broken_series(Payout.objects.all(), kind=preparing.PAYOUTS)
    yield from broken_series(Collection.objects.all(), kind=preparing.COLLECTIONS)
    yield from broken_series(Batch.objects.all(), kind=batching.SERIES)


@book_check("collections: what was received is posted, and adds up")
def misposted_collections() -> Iterable[str]:
    posted = _posted("collection:")
    received = sums_of(CollectionReceipt.objects.all(), "collection", "amount")
    for collection in Collection.objects.iterator():
        if received.get(collection.pk, 0) != collection.received:
            yield f"{collection}: {collection.received} noted, {received.get(collection.pk, 0)} received"
    for receipt in CollectionReceipt.objects.select_related("collection").iterator():
        found = posted.pop(f"collection:{receipt.collection.reference}:{receipt.pk}", {})
        told = (found.get(AccountKind.BANK, 0), found.get(AccountKind.RECEIVABLE, 0))
        if told != (receipt.amount, -receipt.settled):
            yield f"{receipt.collection}: {found}"
    yield from posted


@book_check("bank: no movement pays twice")
def doubled_movements() -> Iterable[str]:
    """A payment's second telling bears the same reference of the bank; another one is another payment."""
    booked = BankEntry.objects.filter(
        state=EntryState.MATCHED, statement__kind=Kind.STATEMENT, status=Status.BOOKED, amount__lt=0
    )
    references = (
        booked.order_by().values("payout__reference").annotate(times=Count("bank_reference", distinct=True))
    )
    for row in references.filter(times__gt=1):
        yield f"{row['payout__reference']}: paid by {row['times']} movements"
    matched = BankEntry.objects.filter(state=EntryState.MATCHED, collection__isnull=False)
    sums = sums_of(matched, "collection", "amount")
    for pk, reference, received in Collection.objects.filter(pk__in=list(sums)).values_list(
        "pk", "reference", "received"
    ):
        if sums[pk] > received:
            yield f"{reference}: movements of {decimal_text(sums[pk])}, received {decimal_text(received)}"


@book_check("bank: every deposit from a statement is one movement's, and of its amount")
def strayed_deposits() -> Iterable[str]:
    movements = BankEntry.objects.filter(state=EntryState.MATCHED, deposit__isnull=False)
    same = {
        "deposit__source": DepositSource.BANK,
        "deposit__external_id": F("identity"),
        "deposit__market": F("market"),
        "deposit__gross": F("amount"),
        "deposit__currency": F("currency"),
    }
    yield from movements.exclude(**same).values_list("deposit__reference", flat=True)
    told = movements.filter(deposit=OuterRef("pk"))
    unheard = Deposit.objects.received().filter(~Exists(told), source=DepositSource.BANK)
    yield from unheard.values_list("reference", flat=True)


def _unprepared() -> Any:
    """Agreed set-offs that neither a payout nor a demand followed."""
    return SetOff.objects.filter(state=State.CONFIRMED, payouts__isnull=True, collections__isnull=True)


def _about_to_prepare() -> Any:
    return Job.objects.unfinished().filter(name="payouts.prepare", key=OuterRef("reference"))


def _posted(prefix: str) -> dict[str, dict[str, int]]:
    """What is posted under the keys of a prefix, reversals counted in, by key and kind of account."""
    rows = Posting.objects.filter(
        Q(entry__key__startswith=prefix) | Q(entry__key__startswith=f"reversal:{prefix}")
    )
    found: dict[str, dict[str, int]] = {}
    for key, kind, amount in rows.values_list("entry__key", "account__kind", "amount"):
        sums = found.setdefault(key.removeprefix("reversal:"), {})
        sums[kind] = sums.get(kind, 0) + amount
    return found
