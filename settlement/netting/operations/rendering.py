"""Rendering a set-off's agreement: drawn, kept and sent to the seller once, however often it is run."""

from datetime import datetime
from pathlib import Path

from django.utils import translation

from marketplace.kernel.jobs import Claimed
from marketplace.kernel.mail import write_mail
from settlement.documents.operations.papers import attachable, drawn_paper, keep_paper
from settlement.netting import wording
from settlement.netting.agreement_facts import agreement_facts
from settlement.netting.agreements import agreement_of
from settlement.netting.models import SetOff, State


def render_set_off(claimed: Claimed, *, set_off_id: int, at: datetime) -> None:
    """Draw an agreed set-off's paper, keep it, and write to the seller; one not agreed has none.

    :raises DoesNotAddUp: if its rows do not make its sums.
    :raises NotRendered: if it could not be drawn.
    :raises Mismatch: if what was drawn says something else.
    """
    set_off = SetOff.objects.select_related("market", "seller__contract", "confirmed_by").get(pk=set_off_id)
    if set_off.pdf_id or set_off.state != State.CONFIRMED:
        return
    agreement = agreement_of(set_off)
    with translation.override(set_off.market.spoken):
        facts = agreement_facts(agreement)
    with drawn_paper(claimed, facts, agreement.rows()) as path, claimed.effect():
        _keep(set_off_id, path, at)


def _keep(set_off_id: int, path: Path, at: datetime) -> None:
    set_off = SetOff.objects.locked().select_related("market", "seller__contract").get(pk=set_off_id)
    if set_off.pdf_id:
        return
    pdf = keep_paper(path, reference=set_off.reference, seller_id=set_off.seller_id, at=at)
    set_off.pdf = pdf
    set_off.save(update_fields=["pdf"])
    attached = attachable(pdf)
    with translation.override(set_off.market.spoken):
        subject, body = wording.agreement_letter(set_off, attached=bool(attached))
    write_mail(
        key=f"set_off:{set_off.reference}:agreed",
        market=set_off.market,
        to=[set_off.seller.email],
        seller_id=set_off.seller_id,
        at=at,
        subject=subject,
        body=body,
        attachments=attached,
    )
