"""What deposits and fees promise: each amount is used once, and the books say the same."""

from collections.abc import Iterable
from typing import Any

from django.db.models import F, OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from marketplace.kernel.books import book_check
from marketplace.kernel.money import decimal_text
from marketplace.kernel.numbers import broken_series
from marketplace.ledger.models import AccountKind, Posting
from settlement.billing.models import (
    BillingKind,
    BillingLine,
    ChangeRequest,
    Deposit,
    DepositState,
    Fee,
    FeeState,
    FeeTaking,
)


@book_check("deposits, fees and change requests: numbers are without gaps and twins")
def gaps() -> Iterable[str]:
    yield from broken_series(Deposit.objects.all(), kind="deposit")
    yield from broken_series(Fee.objects.all(), kind="fee")
    yield from broken_series(ChangeRequest.objects.all(), kind="change_request")


@book_check("deposits: what is taken of each is what fees took")
def mistaken() -> Iterable[str]:
    takings = FeeTaking.objects.filter(deposit=OuterRef("pk"), undone_at__isnull=True)
    rows = Deposit.objects.annotate(
        gross_taken=_sum(takings, "deposit", "gross"), vat_of_taken=_sum(takings, "deposit", "vat")
    )
    wrong = rows.exclude(taken=F("gross_taken"), taken_vat=F("vat_of_taken"))
    yield from wrong.values_list("reference", flat=True)


@book_check("deposits: what is invoiced of each is what live invoices say")
def misinvoiced() -> Iterable[str]:
    on, off = _lines("deposit", BillingKind.INVOICE), _lines("deposit", BillingKind.CREDIT)
    rows = Deposit.objects.annotate(
        gross_on=_sum(on, "deposit", "gross"),
        gross_off=_sum(off, "deposit", "gross"),
        vat_on=_sum(on, "deposit", "vat"),
        vat_off=_sum(off, "deposit", "vat"),
    )
    same = {"invoiced": F("gross_on") - F("gross_off"), "invoiced_vat": F("vat_on") - F("vat_off")}
    yield from rows.exclude(**same).values_list("reference", flat=True)


@book_check("fees: what is taken and invoiced of each is what deposits and live invoices say")
def miscovered() -> Iterable[str]:
    takings = FeeTaking.objects.filter(fee=OuterRef("pk"), undone_at__isnull=True)
    on, off = _lines("fee", BillingKind.INVOICE), _lines("fee", BillingKind.CREDIT)
    rows = Fee.objects.annotate(
        gross_taken=_sum(takings, "fee", "gross"),
        gross_on=_sum(on, "fee", "gross"),
        gross_off=_sum(off, "fee", "gross"),
    )
    same = {"taken": F("gross_taken"), "invoiced": F("gross_on") - F("gross_off")}
    yield from rows.exclude(**same).values_list("reference", flat=True)


@book_check("deposits: no fee waits while its seller has something left")
def left_waiting() -> Iterable[str]:
    rich = Deposit.objects.filter(state=DepositState.RECEIVED, taken__lt=F("gross")).values("seller")
    waiting = Fee.objects.filter(state=FeeState.CHARGED, gross__gt=F("taken") + F("invoiced"))
    yield from waiting.filter(seller__in=rich).values_list("reference", flat=True)


@book_check("deposits: the books hold what each seller has left")
def misposted() -> Iterable[str]:
    posted = Posting.objects.filter(account__kind=AccountKind.DEPOSITS).order_by()
    books = dict(posted.values_list("account__seller").annotate(Sum("amount")))
    received = Deposit.objects.filter(state=DepositState.RECEIVED).order_by()
    left = dict(received.values_list("seller").annotate(sum=Sum(F("gross") - F("taken"))))
    for seller_id in sorted(books.keys() | left.keys()):
        ours, theirs = left.get(seller_id, 0), -books.get(seller_id, 0)
        if ours != theirs:
            yield f"seller {seller_id}: {decimal_text(ours)} left, {decimal_text(theirs)} in the books"


@book_check("deposits: VAT invoiced on them is what the books say, and comes to nothing in the end")
def vat_left() -> Iterable[str]:
    posted = Posting.objects.filter(account__kind=AccountKind.VAT_ON_DEPOSITS).order_by()
    books = dict(posted.values_list("account__market__code").annotate(Sum("amount")))
    open_vat = F("invoiced_vat") - F("taken_vat") - F("squared")
    sums = dict(Deposit.objects.order_by().values_list("market__code").annotate(sum=Sum(open_vat)))
    for code in sorted(books.keys() | sums.keys()):
        if books.get(code, 0) != sums.get(code, 0):
            told = decimal_text(sums.get(code, 0)), decimal_text(books.get(code, 0))
            yield f"{code}: {told[0]} on deposits, {told[1]} in the books"
    done = Deposit.objects.filter(taken=F("gross"), invoiced=F("gross"))
    uneven = done.exclude(squared=F("invoiced_vat") - F("taken_vat"))
    yield from uneven.values_list("reference", flat=True)


def _lines(column: str, kind: str) -> "QuerySet[BillingLine]":
    return BillingLine.objects.filter(**{column: OuterRef("pk")}, invoice__kind=kind)


def _sum(rows: "QuerySet[Any]", parent: str, column: str) -> Coalesce:
    """The sum of a column over the rows of one parent; nothing is zero."""
    return Coalesce(Subquery(rows.order_by().values(parent).annotate(sum=Sum(column)).values("sum")), 0)
