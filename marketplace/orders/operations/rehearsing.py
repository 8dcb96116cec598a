"""Saying what registering a return would owe, by doing it and taking it all back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from marketplace.orders.models import Refund, Return
from marketplace.orders.operations.intake import Taken
from marketplace.orders.operations.returning import register_returns
from marketplace.orders.rules.returning import ReturnFacts
from marketplace.parties.models import Market


@dataclass(frozen=True, slots=True)
class Share:
    """A part of a refund: of which tender, by whom, how much in minor units."""

    method: str
    voucher: str
    payer: str
    amount: int


@dataclass(frozen=True, slots=True)
class Rehearsed:
    """What would become of a return, what came back with it, and who would give which money back."""

    taken: Taken
    gross: int = 0
    shares: Sequence[Share] = ()


def rehearse_return(*, market: Market, facts: ReturnFacts, at: datetime) -> Rehearsed:
    """Say what registering a return would do, and change nothing."""
    with transaction.atomic():
        (taken,) = register_returns(market=market, told=[facts], by=None, at=at)
        returned = Return.objects.filter(market=market, number=facts.number).first()
        told = Rehearsed(taken)
        if returned is not None and returned.order.number == facts.order:
            told = Rehearsed(taken, returned.gross, _shares(returned))
        transaction.set_rollback(True)
    return told


def _shares(returned: Return) -> list[Share]:
    refunds = Refund.objects.live().filter(returned=returned).select_related("tender__voucher")
    return [
        Share(
            refund.tender.method,
            str(refund.tender.voucher or ""),
            refund.payer,
            refund.amount,
        )
        for refund in refunds.order_by("tender__position", "pk")
    ]
