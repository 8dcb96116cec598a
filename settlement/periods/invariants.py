"""What the periods promise."""

from collections.abc import Iterable

from django.db.models import Exists, F, OuterRef

from marketplace.kernel.books import book_check
from settlement.periods.models import Period
from settlement.periods.queries import periods_with_holes


@book_check("periods: a seller's periods follow one another without a hole")
def holes() -> Iterable[str]:
    return periods_with_holes()


@book_check("periods: a seller's periods do not overlap")
def overlaps() -> Iterable[str]:
    other = Period.objects.filter(
        seller=OuterRef("seller"), first_on__lt=OuterRef("end_on"), end_on__gt=OuterRef("first_on")
    ).exclude(pk=OuterRef("pk"))
    for row in Period.objects.filter(Exists(other)):
        yield f"seller {row.seller_id}: {row}"


@book_check("periods: each lies in its seller's market")
def strayed() -> Iterable[str]:
    for row in Period.objects.exclude(seller__market=F("market")):
        yield f"seller {row.seller_id}: {row}"
