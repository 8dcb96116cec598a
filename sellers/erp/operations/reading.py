"""Reading what the ERP has: its catalogue and lists, and each night the invoices we think it has."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime, timedelta

from marketplace.kernel.jobs import Claimed
from sellers.erp.gateway import erp_of
from sellers.erp.models import CatalogueItem, Channel, ChannelState, ErpInvoice, ErpState
from sellers.erp.models.invoices import ErpInvoiceQuerySet
from sellers.erp.operations.asking import wake
from sellers.erp.operations.connecting import refuse_channel, rest_channel
from sellers.erp.pacing import Clock
from sellers.erp.port import Erp, ErpError, Fault, Item, Made
from sellers.erp.rules.marks import orders_marked
from sellers.erp.wording import differs_text, gone_text

COMPARED_DAYS = 35
"""How far back invoices are compared with the ERP's: drafts are changed and voided within a month."""


def read_catalogue(claimed: Claimed, *, channel_id: int, clock: Clock) -> None:
    """Read the ERP's lists and its whole catalogue; what is not there any more is forgotten at the end."""
    channel = Channel.objects.select_related("seller__market").get(pk=channel_id)
    if channel.state != ChannelState.ON:
        return
    erp = erp_of(channel, clock=clock, heartbeat=claimed.heartbeat)
    began = clock()
    try:
        offer = asdict(erp.offer())
        with claimed.effect():
            Channel.objects.filter(pk=channel_id).update(offer=offer, offered_at=began)
        _read_items(claimed, channel, erp, began)
    except ErpError as error:
        _stop(claimed, channel, error, clock())
        raise
    with claimed.effect():
        CatalogueItem.objects.filter(channel=channel, seen_at__lt=began).delete()
        wake(channel)


def compare_invoices(claimed: Claimed, *, channel_id: int, clock: Clock) -> None:
    """Compare the invoices of the last weeks with those the ERP has: number, status and total are taken over,
    what differs or is gone is noted.
    """
    channel = Channel.objects.select_related("seller__market").get(pk=channel_id)
    if channel.state != ChannelState.ON:
        return
    rows = _to_compare(channel, clock())
    wanted = set(rows.values_list("external_id", flat=True))
    if not wanted:
        return
    erp = erp_of(channel, clock=clock, heartbeat=claimed.heartbeat)
    seen: dict[str, Made] = {}
    marks: dict[str, int] = {}
    try:
        for page in erp.invoices():
            seen |= {made.id: made for made in page}
            for number in (mark for made in page for mark in orders_marked(made.texts)):
                marks[number] = marks.get(number, 0) + 1
            if wanted <= seen.keys():
                break
    except ErpError as error:
        _stop(claimed, channel, error, clock())
        raise
    with claimed.effect():
        for row in rows.select_related("order__market").locked():
            _compare(row, seen.get(row.external_id), marks.get(row.order.number, 0), clock())


def _to_compare(channel: Channel, at: datetime) -> "ErpInvoiceQuerySet":
    since = at - timedelta(days=COMPARED_DAYS)
    return ErpInvoice.objects.filter(channel=channel, state=ErpState.DONE, done_at__gte=since)


def _compare(row: ErpInvoice, made: Made | None, marks: int, at: datetime) -> None:
    row.compared_at = at
    if made is None:
        row.differs = gone_text()
    else:
        row.number, row.status, row.total = made.number[:60], made.status[:20], made.total
        row.pdf_url, row.stamped = made.pdf_url[:500] or row.pdf_url, made.stamped
        row.differs = differs_text(made, row.order, twins=marks - 1)[:300]
    row.save(update_fields=["compared_at", "differs", "number", "status", "total", "pdf_url", "stamped"])


def _read_items(claimed: Claimed, channel: Channel, erp: Erp, began: datetime) -> None:
    count = 0
    for page in erp.items():
        with claimed.effect():
            _keep(channel, page, began)
        count += len(page)
        claimed.progress(count, 0)


def _keep(channel: Channel, items: Sequence[Item], began: datetime) -> None:
    rows = [
        CatalogueItem(
            channel=channel,
            external_id=each.id[:40],
            name=each.name[:250],
            reference=each.reference[:64],
            barcode=each.barcode[:64],
            active=each.active,
            stock={warehouse: str(count) for warehouse, count in each.stock},
            seen_at=began,
        )
        for each in {each.id: each for each in items}.values()
    ]
    CatalogueItem.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["channel", "external_id"],
        update_fields=["name", "reference", "barcode", "active", "stock", "seen_at"],
    )


def _stop(claimed: Claimed, channel: Channel, error: ErpError, at: datetime) -> None:
    with claimed.effect():
        if error.fault == Fault.UNAUTHORISED:
            refuse_channel(channel_id=channel.pk, at=at)
        else:
            rest_channel(channel_id=channel.pk, until=at + timedelta(seconds=max(error.wait, 1.0)))
