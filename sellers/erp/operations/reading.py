"""Reading what the ERP has: its catalogue and lists, and each night the invoices we think it has.

A list may be longer than a rate limit lets one read at once. Each page is kept with how far that is, and who
is stopped, or killed, goes on from there.
"""

from collections.abc import Callable, Sequence
from dataclasses import asdict

from marketplace.kernel.jobs import Claimed
from marketplace.kernel.secrets import Unreadable
from sellers.erp.gateway import erp_of
from sellers.erp.models import Channel, ChannelState, ErpInvoice, Kind
from sellers.erp.operations.comparing import compare_page, note_gone, to_compare
from sellers.erp.operations.connecting import heed_failure
from sellers.erp.operations.keeping import forget_items, keep_items
from sellers.erp.operations.lists import begin_reading, finish_reading, read_on
from sellers.erp.operations.moving import wake
from sellers.erp.pacing import Clock
from sellers.erp.port import Erp, ErpError, Fault

OF_ONE_ALONE = (Fault.AWAY, Fault.PLAN, Fault.REFUSED)
"""Faults that may be of the one thing that was asked for, and of nothing else."""

MOST_MISSED = 5


def read_catalogue(claimed: Claimed, *, channel_id: int, clock: Clock) -> None:
    """Read the ERP's lists and its whole catalogue; what is not there any more is forgotten at the end."""

    def read(channel: Channel, erp: Erp) -> None:
        reading = begin_reading(claimed, channel, Kind.ITEMS, at=clock())
        if not reading.position:
            offer = asdict(erp.offer())
            with claimed.effect():
                Channel.objects.filter(pk=channel.pk).update(offer=offer, offered_at=clock())
        began = reading.began_at
        read_on(claimed, reading, erp.items, lambda page: keep_items(channel, page.rows, at=began))
        with claimed.effect():
            forget_items(channel, before=began)
            finish_reading(reading, at=clock())
            wake(channel)

    _speak(claimed, channel_id, clock, read)


def compare_invoices(claimed: Claimed, *, channel_id: int, clock: Clock) -> None:
    """Compare the invoices of the last weeks with those the ERP has: number, status and total are taken over,
    what differs or is gone is noted.
    """

    def read(channel: Channel, erp: Erp) -> None:
        reading = begin_reading(claimed, channel, Kind.INVOICES, at=clock())
        since = reading.began_at
        left = to_compare(channel, since=since)
        read_on(
            claimed,
            reading,
            erp.invoices,
            lambda page: compare_page(channel, page.rows, at=clock()),
            until=lambda: not left.exists(),
        )
        # A list that moves while it is read may hide some: each is asked for itself.
        _compare_each(claimed, erp, list(left), clock)
        with claimed.effect():
            finish_reading(reading, at=clock())

    _speak(claimed, channel_id, clock, read)


def _compare_each(claimed: Claimed, erp: Erp, rows: Sequence[ErpInvoice], clock: Clock) -> None:
    """Compare invoices one by one; the few that the ERP cannot tell of are left for the next night.

    :raises ErpError: if it can tell of none any more.
    """
    missed = 0
    for row in rows:
        try:
            made = erp.invoice(row.external_id)
        except ErpError as error:
            missed += 1
            if error.fault not in OF_ONE_ALONE or missed > MOST_MISSED:
                raise
            continue
        with claimed.effect():
            note_gone(row.pk, made, at=clock())


def _speak(claimed: Claimed, channel_id: int, clock: Clock, read: Callable[[Channel, Erp], None]) -> None:
    """Read something of a channel; if the ERP wants to be left alone, the watch lets it be read on later."""
    channel = Channel.objects.select_related("seller__market").get(pk=channel_id)
    if channel.state != ChannelState.ON:
        return
    try:
        read(channel, erp_of(channel, clock=clock, heartbeat=claimed.heartbeat))
    except (ErpError, Unreadable) as error:
        with claimed.effect():
            heed_failure(channel=channel, error=error, at=clock())
