"""What of the deposits is ticked to be invoiced: by name, or all that the list's filters leave."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.db.models import Count, F, QuerySet, Sum
from django.http import QueryDict

from marketplace.parties.models import Seller
from sellers.portal.lists.deposits import DEPOSITS, TO_INVOICE
from settlement.billing.models import Deposit
from settlement.billing.operations.issuing import MOST_LINES

LARGEST_KEY = 2**62


@dataclass(frozen=True, slots=True)
class Ticked:
    """How many deposits, and what of them is to be invoiced, in minor units."""

    count: int
    gross: int


def keys_in(texts: Iterable[str]) -> set[int]:
    """The keys of deposits in texts of keys with commas between them; what is none is passed over."""
    found = {int(each) for text in texts for each in text.split(",") if each.isdecimal() and len(each) < 20}
    return {key for key in found if key < LARGEST_KEY}


def matching(seller: Seller, asked: QueryDict) -> "QuerySet[Deposit]":
    """Those that can be invoiced of what the list's filters leave, oldest first; no more than an invoice
    takes.
    """
    rows = DEPOSITS.narrow(Deposit.objects.of(seller), asked, seller).filter(TO_INVOICE)
    return rows.order_by("received_at", "pk")[:MOST_LINES]


def open_ones(seller: Seller, keys: Collection[int]) -> "QuerySet[Deposit]":
    """Those of the seller's deposits with these keys that can be invoiced."""
    return Deposit.objects.of(seller).filter(TO_INVOICE, pk__in=list(keys)[:MOST_LINES])


def sum_of(rows: "QuerySet[Deposit]") -> Ticked:
    """Add deposits up."""
    told = rows.aggregate(count=Count("pk"), sum=Sum(F("gross") - F("invoiced")))
    return Ticked(told["count"], int(told["sum"] or 0))
