"""Deposits the payment system tells of: each once per number, however often it is told."""

from datetime import datetime

from marketplace.kernel.money import Money
from marketplace.parties.models import Market, Seller
from sellers.api.models import MarketKey
from sellers.api.operations.told import NotTaken, code_of, differing, note, once_more, unknown_seller
from sellers.api.parsing import DepositTold
from settlement.billing.models import Deposit, DepositSource
from settlement.billing.operations.receiving import receive_deposit
from settlement.billing.refusals import OtherPayment, Refused


def take_deposit(*, key: MarketKey, told: DepositTold, at: datetime) -> tuple[Deposit, bool]:
    """Take a deposit in; whether it is new. One told before with the same content is answered as it was.

    :raises NotTaken: if the seller is unknown, it cannot be, or its number was told with other content.
    """
    seller = _seller(key.market, told.seller)

    def receive() -> Deposit:
        return receive_deposit(
            seller_id=seller.pk,
            source=DepositSource.API,
            external_id=told.external_id,
            amount=told.minor,
            currency=told.currency,
            received_at=told.received_at,
            at=at,
            method=told.method,
        )

    try:
        deposit = once_more(receive)
    except OtherPayment:
        deposit = Deposit.objects.get(
            market=key.market, source=DepositSource.API, external_id=told.external_id
        )
        raise _other_deposit(deposit, told) from None
    except Refused as refusal:
        raise NotTaken(code_of(refusal), str(refusal)) from None
    if deposit.method != told.method:
        raise _other_deposit(deposit, told)
    is_new = deposit.recorded_at == at
    if is_new:
        note(key, "api.deposit_told", deposit.reference, at, seller_id=seller.pk)
    return deposit, is_new


def _seller(market: Market, partner_number: str) -> Seller:
    seller = Seller.objects.filter(market=market, partner_number=partner_number).first()
    if seller is None:
        raise unknown_seller(market, partner_number)
    return seller


def _other_deposit(deposit: Deposit, told: DepositTold) -> NotTaken:
    before = (
        deposit.seller.partner_number,
        Money(deposit.gross, deposit.currency),
        deposit.received_at,
        deposit.method,
    )
    now = (told.seller, Money(told.minor, told.currency), told.received_at, told.method)
    return differing(told.external_id, deposit.reference, before, now)
