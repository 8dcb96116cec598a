"""Reading what is open between the marketplace and its sellers."""

from datetime import date, timedelta

from django.db.models import Q, QuerySet, Value
from django.db.models.functions import Coalesce

from marketplace.parties.models import Market
from settlement.documents.models import Invoicing
from settlement.netting.models import Item, Side


def overdue_cash(*, market: Market, on: date) -> "QuerySet[Item, int]":
    """The sellers who hold cash of a document past the term for its invoice, and were not asked for it
    yet.
    """
    term = Coalesce("seller__contract__invoice_days", Value(market.invoice_days))
    cash = Item.objects.free().filter(
        market=market,
        side=Side.RECEIVABLE,
        document__invoicing=Invoicing.AWAITED,
        document__netted_at=None,
    )
    # A day per term rather than arithmetic on days in SQL, which the two engines write differently.
    terms = set(cash.annotate(term=term).values_list("term", flat=True).distinct())
    late = Q(pk=None)
    for days in terms:
        late |= Q(term=days, document__issued_on__lt=on - timedelta(days=days))
    rows = cash.annotate(term=term).filter(late).order_by("seller").values_list("seller", flat=True)
    return rows.distinct()
