"""What a document posts to the books."""

from collections.abc import Iterable

from marketplace.kernel.money import vat_within
from marketplace.ledger.rules import Draft, Leg
from settlement.documents.models import Document, DocumentRate


def document_draft(document: Document, rates: Iterable[DocumentRate]) -> Draft | None:
    """The sale to the customers: their money, held by us or by the seller, becomes sales and VAT.

    None where the customers paid nothing at all.
    """
    vat = sum(vat_within(rate.customer_gross, rate.vat_bp) for rate in rates)
    legs = (
        Leg("prepaid", document.held_by_marketplace),
        Leg("receivable", document.held_by_seller, seller_id=document.seller_id),
        Leg("sales", vat - document.customer_total),
        Leg("vat", -vat),
    )
    if not document.customer_total:
        return None
    return Draft(
        key=f"document:{document.reference}",
        market_id=document.market_id,
        at=document.issued_at,
        text=f"Invoice document {document.reference}",
        legs=legs,
    )
