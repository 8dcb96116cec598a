"""Reads that span markets, sellers and members."""

from collections.abc import Iterable

from django.db.models.functions import Coalesce

from marketplace.parties.models import Cadence, Contract, Member
from marketplace.users.models import User


def memberships_of(user: User) -> list[Member]:
    """A login's roles at active sellers, with seller and market, in the order they are shown."""
    rows = Member.objects.filter(user=user, seller__is_active=True).select_related(
        "seller__market", "seller__contract"
    )
    return list(rows.order_by("seller__name", "seller_id"))


def sellers_approved_alone(seller_ids: Iterable[int]) -> set[int]:
    """Those of these sellers whose clean submissions need no accountant: by contract, else by market."""
    contracts = Contract.objects.filter(seller__in=seller_ids)
    said = contracts.annotate(alone=Coalesce("approves_clean", "seller__market__approves_clean"))
    return set(said.filter(alone=True).values_list("seller", flat=True))


def cadence_after(contract: Contract, *, delivered_last_period: int) -> Cadence:
    """The cadence of a seller's next period: the contract's, else the market's, else 14 days for a busy
    seller.
    """
    if contract.cadence:
        return Cadence(contract.cadence)
    market = contract.seller.market
    if market.busy_orders is not None and delivered_last_period >= market.busy_orders:
        return Cadence.FORTNIGHT
    return Cadence(market.default_cadence)
