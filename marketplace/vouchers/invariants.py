"""What vouchers promise: each balance is its movements, and the books owe exactly the balances."""

from collections.abc import Iterable

from django.db.models import Case, F, OuterRef, Subquery, Sum, When
from django.db.models.functions import Coalesce

from marketplace.kernel.books import book_check
from marketplace.kernel.money import decimal_text
from marketplace.ledger.models import AccountKind, Posting
from marketplace.vouchers.models import MovementKind, Voucher, VoucherMovement

ADDS = (MovementKind.ISSUED, MovementKind.REACTIVATED)


@book_check("vouchers: a balance is what was issued and reactivated less what was redeemed and expired")
def unproven_balances() -> Iterable[str]:
    signed = Case(When(kind__in=ADDS, then=F("amount")), default=-F("amount"))
    moved = VoucherMovement.objects.filter(voucher=OuterRef("pk")).order_by().values("voucher")
    total = Coalesce(Subquery(moved.annotate(total=Sum(signed)).values("total")), 0)
    off = Voucher.objects.annotate(moved=total).exclude(moved=F("balance"))
    for code, balance, moved_to in off.values_list("code", "balance", "moved"):
        yield f"voucher {code}: {decimal_text(balance)}, movements come to {decimal_text(moved_to)}"


@book_check("vouchers: the books owe the sum of all balances")
def unbooked_vouchers() -> Iterable[str]:
    balances = dict(Voucher.objects.order_by().values_list("market__code").annotate(Sum("balance")))
    owed = Posting.objects.filter(account__kind=AccountKind.VOUCHERS).order_by()
    booked = dict(owed.values_list("account__market__code").annotate(Sum("amount")))
    for code in sorted(balances.keys() | booked.keys()):
        have, books = balances.get(code, 0), -booked.get(code, 0)
        if have != books:
            yield f"{code}: balances {decimal_text(have)}, books {decimal_text(books)}"


@book_check("vouchers: each lies in its market's currency")
def strayed_vouchers() -> Iterable[str]:
    yield from Voucher.objects.exclude(currency=F("market__currency")).values_list("code", flat=True)
