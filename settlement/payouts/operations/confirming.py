"""Confirming a balance: asked for by the seller or accounting, drawn by a job."""

from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from marketplace.kernel.audit import record
from marketplace.kernel.jobs import Claimed, enqueue
from marketplace.kernel.zones import local_date, start_of_day
from marketplace.parties.models import Market, Seller
from settlement.documents.operations.papers import keep_paper
from settlement.documents.queries import parties_of, party_facts
from settlement.netting.confirmations import ConfirmedBalance, ConfirmedItem
from settlement.netting.models import Side
from settlement.netting.naming import called
from settlement.netting.operations.drawing import drawn_confirmation
from settlement.netting.queries import balance_of
from settlement.payouts.models import Confirmation
from settlement.payouts.queries import OpenItem, open_items


class NotOverYet(Exception):
    """The day a balance is to be confirmed for is not over."""


class Unproven(Exception):
    """What was open, item by item, is not what the books say; nothing is confirmed until it is."""


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
    """Draw a balance confirmation and keep it, once.

    :raises Unproven: if its items do not add up to what the books say of that instant.
    """
    confirmation = Confirmation.objects.select_related("market", "seller").get(pk=confirmation_id)
    if confirmation.pdf_id:
        return
    balance = _balance_of(confirmation)
    told = (confirmation.owed_to_seller, confirmation.owed_by_seller)
    if (balance.owed_to_seller, balance.owed_by_seller) != told:
        raise Unproven(f"{confirmation.reference}: items {balance.owed_to_seller}, {balance.owed_by_seller}")
    with drawn_confirmation(claimed, balance) as path, claimed.effect():
        confirmation = Confirmation.objects.locked().get(pk=confirmation_id)
        if confirmation.pdf_id is None:
            confirmation.pdf = keep_paper(
                path, reference=balance.reference, seller_id=confirmation.seller_id, at=at
            )
            confirmation.save(update_fields=["pdf"])


def _balance_of(confirmation: Confirmation) -> ConfirmedBalance:
    market = confirmation.market
    parties = parties_of(confirmation.seller, market)
    found = open_items(seller=confirmation.seller, before=confirmation.before)
    return ConfirmedBalance(
        reference=confirmation.reference,
        market=market.name,
        as_of=confirmation.as_of,
        made_on=local_date(confirmation.asked_at, market.zone),
        currency=confirmation.currency,
        language=market.locale,
        spoken=market.spoken,
        seller=party_facts(parties["seller"]),
        marketplace=party_facts(parties["marketplace"]),
        payables=[_confirmed(each, market) for each in found if each.item.side == Side.PAYABLE],
        receivables=[_confirmed(each, market) for each in found if each.item.side == Side.RECEIVABLE],
    )


def _confirmed(each: OpenItem, market: Market) -> ConfirmedItem:
    item = each.item
    return ConfirmedItem(
        item=called(item),
        due_on=local_date(item.due_at, market.zone),
        total=item.total,
        open=each.open,
    )
