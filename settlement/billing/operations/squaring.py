"""Squaring deposits: once all of one is taken by fees and invoiced, its VAT comes to nothing."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from marketplace.ledger.operations import post_all
from marketplace.ledger.rules import Draft, Leg
from marketplace.parties.models import Market
from settlement.billing.models import Deposit


def square(deposits: Iterable[Deposit], *, market: Market, at: datetime) -> None:
    """Post what the VAT invoiced and the VAT taken of finished deposits differ by, at most their roundings.

    Both are rounded on other sums: an invoice's on all its deposits, fees' on each deposit.
    """
    _post({each: _difference(each) for each in deposits if _finished(each) and _difference(each)}, market, at)


def unsquare(deposit: Deposit, *, market: Market, at: datetime) -> None:
    """Post the rounding of a deposit back that is taken back itself."""
    if deposit.squared:
        _post({deposit: -deposit.squared}, market, at)


def _post(uneven: Mapping[Deposit, int], market: Market, at: datetime) -> None:
    if not uneven:
        return
    for each, amount in uneven.items():
        each.squared += amount
        each.squarings += 1
    post_all([_draft(each, amount, market, at) for each, amount in uneven.items()])
    Deposit.objects.bulk_update(uneven, ["squared", "squarings"], batch_size=500)


def _finished(deposit: Deposit) -> bool:
    return deposit.taken == deposit.gross == deposit.invoiced


def _difference(deposit: Deposit) -> int:
    return deposit.invoiced_vat - deposit.taken_vat - deposit.squared


def _draft(deposit: Deposit, amount: int, market: Market, at: datetime) -> Draft:
    """Its key counts: an invoice that is split later may round otherwise once more."""
    return Draft(
        key=f"deposit_squared:{deposit.reference}:{deposit.squarings}",
        market_id=market.pk,
        at=at,
        text=f"Rounding of deposit {deposit.reference}",
        legs=(Leg("vat_on_deposits", -amount), Leg("rounding", amount)),
    )
