"""Reading what is owed on vouchers."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import BigIntegerField, Count, OuterRef, Q, Subquery, Sum
from django.db.models.functions import Coalesce

from marketplace.ledger.models import AccountKind, Posting
from marketplace.parties.models import Market
from marketplace.vouchers.models import State, Voucher


@dataclass(frozen=True, slots=True)
class Liability:
    """What a market owes on its vouchers: by their balances, and by the books; in minor units."""

    market: Market
    issued: int
    usable: int
    blocked: int
    balances: int
    booked: int


def liabilities() -> Iterator[Liability]:
    """What each market owes on vouchers, all seen at one instant; markets without any are left out."""
    usable = Q(state=State.ACTIVE, balance__gt=0)
    kind = AccountKind.VOUCHERS
    books = Posting.objects.filter(account__market=OuterRef("pk"), account__kind=kind).order_by()
    rows: Any = Market.objects.annotate(
        issued=_told(Count("pk")),
        usable=_told(Count("pk", filter=usable)),
        blocked=_told(Count("pk", filter=Q(state=State.BLOCKED))),
        balances=_told(Sum("balance")),
        booked=_number(books.values("account__market").annotate(told=Sum("amount"))),
    )
    for row in rows.order_by("code"):
        if row.issued or row.booked:
            yield Liability(row, row.issued, row.usable, row.blocked, row.balances, -row.booked)


def _told(aggregate: Count | Sum) -> Coalesce:
    vouchers = Voucher.objects.filter(market=OuterRef("pk")).order_by()
    return _number(vouchers.values("market").annotate(told=aggregate))


def _number(rows: Any) -> Coalesce:
    return Coalesce(Subquery(rows.values("told")), 0, output_field=BigIntegerField())
