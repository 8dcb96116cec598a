"""Money on the bank's statement that a seller paid in ahead."""

from datetime import datetime

from marketplace.kernel.zones import local_date, start_of_day
from marketplace.parties.models import Market, Seller
from settlement.billing.models import Deposit, DepositSource
from settlement.billing.operations.receiving import receive_deposit
from settlement.billing.references import seller_of_reference
from settlement.payouts.models import BankEntry

METHOD = "transfer"


def payer_named(entry: BankEntry) -> Seller | None:
    """The seller whose reference for deposits a movement names, wherever its payer wrote it."""
    words = (entry.creditor_reference, entry.symbol, entry.end_to_end, entry.text)
    return seller_of_reference(entry.market, *filter(None, words))


def payer_told(market: Market, told: str) -> Seller | None:
    """The seller whom a person names by its partner number, or by its reference for deposits."""
    return Seller.objects.filter(market=market, partner_number=told).first() or seller_of_reference(
        market, told
    )


def deposit_entry(*, entry: BankEntry, seller: Seller, at: datetime) -> Deposit:
    """Take a movement in as a deposit of its seller, once: its identity is the payment's number.

    :raises Refused: if the market takes no deposits, or this money cannot be one.
    """
    day = entry.booked_on or local_date(at, entry.market.zone)
    return receive_deposit(
        seller_id=seller.pk,
        source=DepositSource.BANK,
        external_id=entry.identity,
        amount=entry.amount,
        currency=entry.currency,
        received_at=start_of_day(day, entry.market.zone),
        at=at,
        method=METHOD,
        note=" · ".join(filter(None, (entry.counterparty, entry.text, entry.bank_reference))),
    )
