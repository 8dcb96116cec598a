"""What the ledger itself promises."""

from collections.abc import Iterable

from django.db.models import Count, F, Q, Sum

from marketplace.kernel.books import book_check
from marketplace.kernel.money import decimal_text
from marketplace.ledger.models import Account, AccountKind, Entry, Posting


@book_check("ledger: every entry balances and has at least two postings")
def unbalanced_entries() -> Iterable[str]:
    sums = Entry.objects.annotate(total=Sum("postings__amount"), count=Count("postings"))
    for key, total, count in sums.exclude(total=0, count__gte=2).values_list("key", "total", "count"):
        yield f"{key}: {count} postings, off by {decimal_text(total or 0)}"


@book_check("ledger: every posting stays within its entry's market and its account's currency")
def strayed_postings() -> Iterable[str]:
    astray = Posting.objects.exclude(entry__market=F("account__market"))
    strange = Posting.objects.exclude(account__currency=F("account__market__currency"))
    for key, kind in (astray | strange).values_list("entry__key", "account__kind"):
        yield f"{key}: {kind}"


@book_check("ledger: every seller's account lies in the seller's market")
def strayed_accounts() -> Iterable[str]:
    for account in Account.objects.filter(seller__isnull=False).exclude(seller__market=F("market")):
        yield f"account {account.pk} of seller {account.seller_id}"


@book_check("ledger: payable and deposits are never in debit, receivable never in credit")
def wrong_sided_accounts() -> Iterable[str]:
    balances = Account.objects.annotate(balance=Sum("postings__amount")).filter(
        Q(kind__in=[AccountKind.PAYABLE, AccountKind.DEPOSITS], balance__gt=0)
        | Q(kind=AccountKind.RECEIVABLE, balance__lt=0)
    )
    for account in balances.select_related("seller"):
        yield f"{account.seller}: {account.kind} {decimal_text(account.balance)} {account.currency}"


@book_check("ledger: every reversal is the exact mirror of its entry")
def crooked_reversals() -> Iterable[str]:
    for entry in Entry.objects.filter(reverses__isnull=False).prefetch_related(
        "postings", "reverses__postings"
    ):
        assert entry.reverses is not None
        mirror = sorted((each.account_id, -each.amount) for each in entry.reverses.postings.all())
        if mirror != sorted((each.account_id, each.amount) for each in entry.postings.all()):
            yield entry.key
