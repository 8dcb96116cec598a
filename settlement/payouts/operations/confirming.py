"""Confirming a balance: asked for by the seller or accounting, drawn by a job."""

from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from marketplace.kernel.audit import record
from marketplace.kernel.jobs import Claimed, enqueue
from marketplace.kernel.zones import local_date, start_of_day
from marketplace.parties.models import Seller
from settlement.netting.queries import balance_of
from settlement.payouts.models import Confirmation


class NotOverYet(Exception):
    """The day a balance is to be confirmed for is not over."""


@transaction.atomic
def ask_confirmation(*, seller: Seller, as_of: date, by: Any, at: datetime) -> Confirmation:
    """Write down what stood between the marketplace and a seller at the end of a day; its PDF follows.

    :raises NotOverYet: if that day is not over in the seller's market.
    """
    market = seller.market
    if as_of >= local_date(at, market.zone):
        raise NotOverYet(_("That day is not over yet; the balance can still change. Choose an earlier day."))
    before = start_of_day(as_of + timedelta(days=1), market.zone)
    balance = balance_of(seller=seller, before=before)
    confirmation = Confirmation.objects.create(
        market=market,
        seller=seller,
        as_of=as_of,
        before=before,
        currency=market.currency,
        owed_to_seller=balance.owed_to_seller,
        owed_by_seller=balance.owed_by_seller,
        asked_at=at,
        asked_by=by,
    )
    record(verb="balance.confirmed", subject=str(as_of), by=by, at=at, seller_id=seller.pk)
    enqueue(
        "payouts.render_confirmation",
        key=f"confirmation:{confirmation.pk}",
        seller_id=seller.pk,
        confirmation_id=confirmation.pk,
    )
    return confirmation


def render_confirmation(claimed: Claimed, *, confirmation_id: int, at: datetime) -> None:
    """Draw a balance confirmation and keep it."""
