"""Whose deposit a bank transfer is: the reference each seller pays in by."""

from marketplace.parties.models import Market, Seller
from settlement.billing.rules.references import creditor_reference, digits_only, partners_in


def deposit_reference(seller: Seller) -> str:
    """The reference a seller's transfers bear, an international creditor reference: ``RF45MX7101``."""
    return creditor_reference(seller.market.code, seller.partner_number)


def deposit_digits(seller: Seller) -> str:
    """The same for banks that take digits alone: ``7101-45``."""
    return digits_only(seller.market.code, seller.partner_number)


def seller_of_reference(market: Market, *texts: str) -> Seller | None:
    """The one seller of a market whom some words of a payer name; None if they name none, or several."""
    named = {partner for text in texts for partner in partners_in(text, market.code)}
    found = list(Seller.objects.filter(market=market, partner_number__in=named)[:2]) if named else []
    return found[0] if len(found) == 1 else None
