"""Fees taken from deposits, oldest first of both."""

from datetime import datetime

from django.db import connection

from marketplace.ledger.operations import post_all
from marketplace.ledger.rules import Draft, Leg
from marketplace.parties.models import Market
from settlement.billing.models import Deposit, Fee, FeeTaking
from settlement.billing.operations.squaring import square
from settlement.billing.rules.amounts import vat_taken


def take_from_deposits(*, seller_id: int, market: Market, at: datetime) -> list[FeeTaking]:
    """Take what fees are not covered yet from what deposits have left; the caller has locked the seller."""
    assert connection.in_atomic_block
    fees = list(Fee.objects.uncovered().filter(seller=seller_id))
    if not fees:
        return []
    deposits = list(Deposit.objects.untaken().filter(seller=seller_id))
    takings = _match(fees, deposits, at)
    FeeTaking.objects.bulk_create(takings)
    Fee.objects.bulk_update({each.fee_id: each.fee for each in takings}.values(), ["taken"], batch_size=500)
    used = list({each.deposit_id: each.deposit for each in takings}.values())
    Deposit.objects.bulk_update(used, ["taken", "taken_vat"], batch_size=500)
    post_all([_draft(each, market) for each in takings])
    square(used, market=market, at=at)
    return takings


def _match(fees: list[Fee], deposits: list[Deposit], at: datetime) -> list[FeeTaking]:
    parts = _parts_before(fees)
    takings, rest = [], iter(deposits)
    deposit = next(rest, None)
    for fee in fees:
        while deposit is not None and fee.uncovered:
            takings.append(_taking(fee, deposit, parts, at))
            deposit = deposit if deposit.left else next(rest, None)
    return takings


def _taking(fee: Fee, deposit: Deposit, parts: dict[int, int], at: datetime) -> FeeTaking:
    gross = min(fee.uncovered, deposit.left)
    vat = vat_taken(before=deposit.taken, before_vat=deposit.taken_vat, gross=gross, vat_bp=deposit.vat_bp)
    parts[fee.pk] += 1
    fee.taken += gross
    deposit.taken += gross
    deposit.taken_vat += vat
    return FeeTaking(fee=fee, part=parts[fee.pk], deposit=deposit, gross=gross, vat=vat, taken_at=at)


def _parts_before(fees: list[Fee]) -> dict[int, int]:
    """How many takings each fee has already: their keys count on from there."""
    counts = dict.fromkeys((fee.pk for fee in fees), 0)
    begun = [fee.pk for fee in fees if fee.taken or fee.invoiced]
    for key in FeeTaking.objects.filter(fee__in=begun).values_list("fee", flat=True):
        counts[key] += 1
    return counts


def _draft(taking: FeeTaking, market: Market) -> Draft:
    fee, deposit = taking.fee, taking.deposit
    return Draft(
        key=taking.key,
        market_id=market.pk,
        at=taking.taken_at,
        text=f"Fee {fee.reference} taken from deposit {deposit.reference}",
        legs=(
            Leg("deposits", taking.gross, seller_id=fee.seller_id),
            Leg("commission", -(taking.gross - taking.vat)),
            Leg("vat_on_deposits", -taking.vat),
        ),
    )
