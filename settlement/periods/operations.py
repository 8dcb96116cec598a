"""Closing periods."""

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction

from marketplace.kernel.zones import local_date, start_of_day
from marketplace.parties.models import Contract, Seller
from settlement.periods.models import Period
from settlement.periods.queries import due_spans


class StillRunning(Exception):
    """A period cannot be closed before its last day is over."""


@transaction.atomic
def close_periods(*, seller_ids: Sequence[int], through: date, at: datetime) -> list[Period]:
    """Close every period of these sellers (of one market) that had ended when ``through`` was over.

    The sellers' rows are locked, as recording a delivery locks them: what commits before is of this
    period, what commits afterwards is a late arrival of the next.

    :raises StillRunning: if ``through`` is not over yet in the market.
    """
    locked = list(Seller.objects.locked().filter(pk__in=seller_ids).values_list("pk", flat=True))
    contracts = list(
        Contract.objects.filter(seller__in=locked).select_related("seller__market").order_by("seller")
    )
    if contracts and local_date(at, contracts[0].seller.market.zone) <= through:
        raise StillRunning(through)
    due = due_spans(contracts=contracts, through=through)
    rows = [
        Period(
            market=row.seller.market,
            seller=row.seller,
            cadence=cadence,
            first_on=span.first_on,
            end_on=span.end_on,
            starts_at=start_of_day(span.first_on, row.seller.market.zone),
            ends_at=start_of_day(span.end_on, row.seller.market.zone),
            closed_at=at,
        )
        for row in contracts
        for span, cadence in due[row.seller_id]
    ]
    return Period.objects.bulk_create(rows)
