"""How a seller pays in: to which account, and under which reference."""

from dataclasses import dataclass

from marketplace.parties.models import Seller
from settlement.billing.references import deposit_digits, deposit_reference


@dataclass(frozen=True, slots=True)
class PayingIn:
    """What to write on a transfer; ``digits`` is the reference for banks that take digits alone. Where there
    is no account yet, support tells it.
    """

    beneficiary: str
    iban: str
    bic: str
    reference: str
    digits: str
    support: str


def paying_in(seller: Seller) -> PayingIn:
    """Where a seller's deposits go, and what they must bear."""
    market = seller.market
    return PayingIn(
        beneficiary=market.entity_name,
        iban=market.entity_iban,
        bic=market.entity_bic,
        reference=deposit_reference(seller),
        digits=deposit_digits(seller),
        support=market.support_email,
    )
