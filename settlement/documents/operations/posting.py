"""What a document posts to the books."""

from collections.abc import Iterable, Sequence

from marketplace.kernel.money import vat_within
from marketplace.ledger.rules import Draft, Leg
from marketplace.parties.models import BusinessModel
from settlement.documents.models import Document, DocumentRate


def document_draft(document: Document, rates: Iterable[DocumentRate]) -> Draft | None:
    """What a document does to the books; None where it moves nothing.

    In resale the customers' money, held by us or by the seller, becomes sales and VAT; in agency what we
    hold of it is the seller's. A credit document is the mirror: what came back is no sale any more, is
    owed to the customers, and what its seller gave them back is owed to the seller.
    """
    draw = _resale if document.model == BusinessModel.RESALE else _agency
    legs = draw(document, list(rates))
    if not any(leg.amount for leg in legs):
        return None
    return Draft(
        key=f"document:{document.reference}",
        market_id=document.market_id,
        at=document.issued_at,
        text=f"{'Credit' if document.is_credit else 'Invoice'} document {document.reference}",
        legs=legs,
    )


def _resale(document: Document, rates: Sequence[DocumentRate]) -> tuple[Leg, ...]:
    sign = document.sign
    vat = sum(vat_within(rate.customer_gross, rate.vat_bp) for rate in rates)
    cash = "payable" if document.is_credit else "receivable"
    return (
        Leg("prepaid", sign * document.held_by_marketplace),
        Leg(cash, sign * document.held_by_seller, seller_id=document.seller_id),
        Leg("sales", sign * (vat - document.customer_total)),
        Leg("vat", -sign * vat),
    )


def _agency(document: Document, rates: Sequence[DocumentRate]) -> tuple[Leg, ...]:
    ours = document.sign * document.held_by_marketplace
    account = "payable" if ours >= 0 else "receivable"
    return Leg("prepaid", ours), Leg(account, -ours, seller_id=document.seller_id)
