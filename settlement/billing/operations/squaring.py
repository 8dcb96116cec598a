"""Squaring deposits: once all of one is taken by fees and invoiced, its VAT comes to nothing."""

from collections.abc import Iterable
from datetime import datetime

from marketplace.ledger.models import Entry
from marketplace.ledger.operations import post_all
from marketplace.ledger.rules import Draft, Leg
from marketplace.parties.models import Market
from settlement.billing.models import Deposit


def square(deposits: Iterable[Deposit], *, market: Market, at: datetime) -> None:
    """Post what the VAT invoiced and the VAT taken of finished deposits differ by, at most their roundings.

    Both are rounded on other sums: an invoice's on all its deposits, fees' on each deposit.
    """
    uneven = [each for each in deposits if _finished(each) and _difference(each)]
    if not uneven:
        return
    post_all([_draft(each, market, at) for each in uneven])
    for each in uneven:
        each.squared += _difference(each)
    Deposit.objects.bulk_update(uneven, ["squared"], batch_size=500)


def _finished(deposit: Deposit) -> bool:
    return deposit.taken == deposit.gross == deposit.invoiced


def _difference(deposit: Deposit) -> int:
    return deposit.invoiced_vat - deposit.taken_vat - deposit.squared


def _draft(deposit: Deposit, market: Market, at: datetime) -> Draft:
    """Its key counts: an invoice that is split later may round otherwise once more."""
    times = Entry.objects.filter(key__startswith=f"deposit_squared:{deposit.reference}:").count()
    difference = _difference(deposit)
    return Draft(
        key=f"deposit_squared:{deposit.reference}:{times + 1}",
        market_id=market.pk,
        at=at,
        text=f"Rounding of deposit {deposit.reference}",
        legs=(Leg("vat_on_deposits", -difference), Leg("rounding", difference)),
    )
