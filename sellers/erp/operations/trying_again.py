"""Once more: orders that failed, and the SKUs that somebody matched for them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from marketplace.kernel.audit import record
from marketplace.kernel.jobs import AHEAD
from marketplace.kernel.states import move_all
from sellers.erp.models import (
    CatalogueItem,
    Channel,
    ErpContact,
    ErpInvoice,
    ErpState,
    Kind,
    Knowledge,
    Reading,
    SkuMap,
)
from sellers.erp.operations.moving import MOVED_AT_ONCE, wake
from sellers.erp.refusals import NotForErp
from sellers.erp.rules.causes import Cause

PUT_RIGHT_THERE = (Cause.REFUSED, Cause.BUYER)
"""What somebody puts right in the ERP, perhaps at a contact."""


@transaction.atomic
def try_cause_again(*, channel_id: int, cause: Cause, about: str | None = None, by: Any, at: datetime) -> int:
    """Try all orders again that failed for a cause, or for one thing it is about; how many."""
    channel = Channel.objects.locked().get(pk=channel_id)
    rows = _failed(channel).filter(cause=cause.value)
    return try_again(list(rows if about is None else rows.filter(about=about)), channel, by, at)


@transaction.atomic
def try_all_again(*, channel_id: int, by: Any, at: datetime) -> int:
    """Try all orders again that failed, whatever for; how many."""
    channel = Channel.objects.locked().get(pk=channel_id)
    return try_again(list(_failed(channel)), channel, by, at)


@transaction.atomic
def match_sku(*, channel_id: int, sku: str, external_id: str, by: Any, at: datetime) -> int:
    """Remember which item a SKU is, and try again what failed for it; how many orders that were.

    :raises NotForErp: if the catalogue has no such item.
    """
    channel = Channel.objects.locked().get(pk=channel_id)
    if not CatalogueItem.objects.filter(channel=channel, external_id=external_id, active=True).exists():
        raise NotForErp(_("The ERP has no such item any more; read its catalogue anew, then choose again."))
    told = {"external_id": external_id, "said_at": at, "said_by": by}
    SkuMap.objects.update_or_create(channel=channel, sku=sku, defaults=told)
    record(
        verb="erp_sku.matched",
        subject=sku,
        by=by,
        at=at,
        seller_id=channel.seller_id,
        details={"item": external_id},
    )
    return try_again(_failed_for(channel, sku), channel, by, at)


@transaction.atomic
def forget_match(*, channel_id: int, sku: str, by: Any, at: datetime) -> bool:
    """Forget which item somebody said a SKU is: from now on the catalogue tells; whether there was one."""
    channel = Channel.objects.locked().get(pk=channel_id)
    gone, _rows = SkuMap.objects.filter(channel=channel, sku=sku).delete()
    if gone:
        record(verb="erp_sku.forgotten", subject=sku, by=by, at=at, seller_id=channel.seller_id)
    return bool(gone)


def _failed(channel: Channel) -> "QuerySet[ErpInvoice]":
    """All that failed, also in an ERP of before."""
    return ErpInvoice.objects.locked().filter(seller=channel.seller_id, state=ErpState.FAILED)


def _failed_for(channel: Channel, sku: str) -> list[ErpInvoice]:
    causes = [cause.value for cause in (Cause.SKU_MISSING, Cause.SKU_TWICE, Cause.VARIANT)]
    return list(_failed(channel).filter(cause__in=causes, about=sku))


def try_again(rows: Sequence[ErpInvoice], channel: Channel, by: Any, at: datetime) -> int:
    """Let orders wait anew; also one that failed in an ERP of before goes to the one of today.

    What the ERP refused it may have made all the same, and refused its stamp: that is looked up first.
    """
    if any(row.cause in PUT_RIGHT_THERE for row in rows):
        _forget_contacts(channel)
    also = {"channel": channel, "due_at": at, "cause": "", "about": ""}
    perhaps_there = [row for row in rows if _may_be_there(row, channel)]
    rest = [row for row in rows if not _may_be_there(row, channel)]
    for several, to in ((perhaps_there, ErpState.UNKNOWN), (rest, ErpState.WAITING)):
        for first in range(0, len(several), MOVED_AT_ONCE):
            move_all(several[first : first + MOVED_AT_ONCE], to, by=by, at=at, also=also)
    if rows:
        wake(channel, delay=AHEAD)
    return len(rows)


def _may_be_there(row: ErpInvoice, channel: Channel) -> bool:
    return row.channel_id == channel.pk and row.tries > 0 and row.cause in (Cause.REFUSED, Cause.PLAN)


def _forget_contacts(channel: Channel) -> None:
    """Somebody put something right in the ERP, perhaps a contact: they are read anew."""
    Reading.objects.filter(channel=channel, kind=Kind.CONTACTS).delete()
    ErpContact.objects.filter(channel=channel, state=Knowledge.KNOWN).delete()
