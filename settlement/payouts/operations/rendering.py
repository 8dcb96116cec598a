"""Rendering remittance advices and demands: each drawn, kept and sent to the seller once."""

from datetime import datetime
from pathlib import Path

from django.utils import translation

from marketplace.kernel.jobs import Claimed
from marketplace.kernel.mail import write_mail
from marketplace.kernel.models import StoredFile
from settlement.documents.operations.papers import attachable, drawn_paper, keep_paper
from settlement.payouts import wording
from settlement.payouts.advice_facts import advice_facts
from settlement.payouts.advices import advice_of
from settlement.payouts.demands import demand_facts, demand_of
from settlement.payouts.models import Collection, CollectionState, Payout, PayoutState


def render_advice(claimed: Claimed, *, payout_id: int, at: datetime) -> None:
    """Draw the remittance advice of a payout that is paid, keep it, and write to the seller.

    :raises DoesNotAddUp: if its rows do not make its sums.
    :raises NotRendered: if it could not be drawn.
    :raises Mismatch: if what was drawn says something else.
    """
    payout = Payout.objects.select_related("market", "set_off").get(pk=payout_id)
    if payout.pdf_id or payout.state != PayoutState.PAID:
        return
    advice = advice_of(payout)
    with translation.override(payout.market.spoken):
        facts = advice_facts(advice)
    with drawn_paper(claimed, facts, advice.rows()) as path, claimed.effect():
        _keep_advice(payout_id, path, at)


def render_demand(claimed: Claimed, *, collection_id: int, at: datetime) -> None:
    """Draw a demand that stands, keep it, and write to the seller if it is not paid yet.

    :raises DoesNotAddUp: if its rows do not make its sums.
    :raises NotRendered: if it could not be drawn.
    :raises Mismatch: if what was drawn says something else.
    """
    collection = Collection.objects.select_related("market", "set_off").get(pk=collection_id)
    if collection.pdf_id or collection.state == CollectionState.CANCELLED:
        return
    demand = demand_of(collection)
    with translation.override(collection.market.spoken):
        facts = demand_facts(demand)
    with drawn_paper(claimed, facts, demand.rows()) as path, claimed.effect():
        _keep_demand(collection_id, path, at)


def _keep_advice(payout_id: int, path: Path, at: datetime) -> None:
    payout = Payout.objects.locked().select_related("market", "seller", "set_off").get(pk=payout_id)
    # Looked at again under the lock: the bank may have sent it back meanwhile.
    if payout.pdf_id or payout.state != PayoutState.PAID:
        return
    payout.pdf = keep_paper(path, reference=payout.reference, seller_id=payout.seller_id, at=at)
    payout.save(update_fields=["pdf"])
    with translation.override(payout.market.spoken):
        letter = wording.advice_letter(payout)
    _tell(payout, f"payout:{payout.reference}", letter, payout.pdf, at)


def _keep_demand(collection_id: int, path: Path, at: datetime) -> None:
    rows = Collection.objects.locked().select_related("market", "seller", "set_off")
    collection = rows.get(pk=collection_id)
    if collection.pdf_id or collection.state == CollectionState.CANCELLED:
        return
    collection.pdf = keep_paper(path, reference=collection.reference, seller_id=collection.seller_id, at=at)
    collection.save(update_fields=["pdf"])
    if collection.state != CollectionState.DEMANDED:
        return
    with translation.override(collection.market.spoken):
        letter = wording.demand_letter(collection)
    _tell(collection, f"collection:{collection.reference}", letter, collection.pdf, at)


def _tell(
    about: Payout | Collection, key: str, letter: tuple[str, str], pdf: StoredFile, at: datetime
) -> None:
    subject, body = letter
    write_mail(
        key=key,
        market=about.market,
        to=[about.seller.email],
        seller_id=about.seller_id,
        at=at,
        subject=subject,
        body=body,
        attachments=attachable(pdf),
    )
