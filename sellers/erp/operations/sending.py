"""Sending a channel's orders to its ERP, one after the other: claim in one transaction, speak in none, record
in another.

One job works for a channel at a time. What a predecessor left "being sent" may be in the ERP or not, so it is
looked up before anything is said again.
"""

import logging
import time
from collections.abc import Callable
from datetime import datetime, timedelta

from django.conf import settings

from marketplace.kernel.faults import fault_point
from marketplace.kernel.jobs import Claimed
from marketplace.kernel.secrets import Unreadable
from marketplace.kernel.states import move
from marketplace.kernel.zones import local_date
from sellers.erp.gateway import erp_of
from sellers.erp.models import Channel, ChannelState, ErpInvoice, ErpState
from sellers.erp.operations.connecting import AUTOMATION, CONFIGURATION, heed_failure
from sellers.erp.operations.contacts import NotYet, contact_for
from sellers.erp.operations.looking_up import linked, look_up
from sellers.erp.operations.moving import fail, finish, wait
from sellers.erp.pacing import Clock
from sellers.erp.port import Erp, ErpError, Fault, Invoice, Made
from sellers.erp.preparing import prepare
from sellers.erp.queries import is_left_out, is_overtaken, mapped_for, sold_lines
from sellers.erp.rules.causes import CannotInvoice, Cause
from sellers.erp.rules.marks import Marked, mark_of
from sellers.erp.wording import differs_text, order_note

log = logging.getLogger(__name__)

UNFORESEEN = (ArithmeticError, LookupError, TypeError, ValueError)
"""Should one order be beyond us, the others go on."""

PASS_SECONDS = 45
"""How long a worker stays with one channel before others have their turn."""


def work(claimed: Claimed, *, channel_id: int, clock: Clock) -> None:
    """Send what is due of a channel, and look up what is not known, until nothing is due or others should
    have a turn.
    """
    stop_at = time.monotonic() + PASS_SECONDS
    quiet = timedelta(seconds=settings.ERP_QUIET_SECONDS)
    with claimed.effect():
        _own_up(channel_id, quiet, at=clock())
    while time.monotonic() < stop_at:
        channel = Channel.objects.select_related("seller__market").get(pk=channel_id)
        if channel.state != "on":
            return
        try:
            erp = erp_of(channel, clock=clock, heartbeat=claimed.heartbeat)
            if not _step(claimed, channel, erp, clock, quiet):
                return
        except (ErpError, Unreadable) as error:
            with claimed.effect():
                heed_failure(channel=channel, error=error, at=clock())
            return
        claimed.heartbeat()


def _step(claimed: Claimed, channel: Channel, erp: Erp, clock: Clock, quiet: timedelta) -> bool:
    """Do the next thing there is to do; whether there was one."""
    due = ErpInvoice.objects.filter(channel=channel, due_at__lte=clock())
    if due.filter(state=ErpState.UNKNOWN).exists():
        look_up(claimed, channel=channel, erp=erp, clock=clock)
        return True
    row = due.filter(state=ErpState.WAITING).order_by("due_at", "pk").select_related("order").first()
    if row is None:
        return False
    _send(claimed, channel, row, erp, clock, quiet)
    return True


def _own_up(channel_id: int, quiet: timedelta, *, at: datetime) -> None:
    """What a predecessor left "being sent" is unknown; it rests until nothing can be on its way."""
    left = ErpInvoice.objects.locked().filter(channel=channel_id, state=ErpState.SENDING)
    for row in left:
        due = (row.sent_at or at) + quiet
        move(row, ErpState.UNKNOWN, by=None, at=at, also={"due_at": due})


def _send(
    claimed: Claimed, channel: Channel, row: ErpInvoice, erp: Erp, clock: Clock, quiet: timedelta
) -> None:
    try:
        invoice = _prepared(claimed, channel, row, erp, clock, quiet)
    except CannotInvoice as refusal:
        _refuse(claimed, row, refusal.cause, refusal.about, at=clock())
        return
    except UNFORESEEN:
        log.exception("order %s cannot be prepared for its ERP", row.order_id)
        _refuse(claimed, row, Cause.OURS, "", at=clock())
        return
    except NotYet as later:
        ErpInvoice.objects.filter(pk=row.pk, state=ErpState.WAITING).update(due_at=later.until)
        return
    with claimed.effect():
        fresh = _as_prepared(channel, row)
        if fresh is None:
            return
        also = {"sent_at": clock(), "tries": fresh.tries + 1, "to_stamp": channel.stamp}
        move(fresh, ErpState.SENDING, by=None, at=clock(), also=also)
    # Not cheap, but sure: who was away past its lease sees here that another does its work.
    claimed.progress(0, 0)
    fault_point("erp.before_speaking")
    try:
        made = erp.create_invoice(invoice)
    except ErpError as error:
        _record_error(claimed, channel, row, error, clock, quiet)
        return
    fault_point("erp.after_speaking")
    _record_made(claimed, row, made, at=clock())


def _as_prepared(channel: Channel, row: ErpInvoice) -> ErpInvoice | None:
    """The order's row, locked; none if what was prepared holds no more: buyers may have been read for long,
    and meanwhile the channel be taken off or changed, or the order be cancelled.
    """
    now = Channel.objects.locked().get(pk=channel.pk)
    fresh = ErpInvoice.objects.locked().select_related("order").get(pk=row.pk)
    settings_hold = all(
        getattr(now, name) == getattr(channel, name) for name in (*CONFIGURATION, *AUTOMATION)
    )
    is_ours = now.state == ChannelState.ON and fresh.channel_id == now.pk
    is_same = fresh.state == ErpState.WAITING and fresh.order.state == row.order.state
    return fresh if settings_hold and is_ours and is_same else None


def _prepared(
    claimed: Claimed, channel: Channel, row: ErpInvoice, erp: Erp, clock: Clock, quiet: timedelta
) -> Invoice:
    """The invoice of an order as it is to be made, its buyer found or made first.

    :raises CannotInvoice: if it cannot be, and why.
    :raises NotYet: if it must wait until its buyer is known.
    """
    order = row.order
    if is_left_out(order, channel) or is_overtaken(row, channel):
        raise CannotInvoice(Cause.CANCELLED, order.number)
    sold = sold_lines(order)
    lines, buyer = prepare(channel, order, sold, mapped_for(channel, sold))
    contact_id = contact_for(claimed, channel=channel, erp=erp, buyer=buyer, clock=clock, quiet=quiet)
    today = local_date(clock(), channel.seller.market.zone)
    return Invoice(
        mark=mark_of(Marked(channel.seller.market.code, order.number)),
        on=today,
        due_on=today,
        contact_id=contact_id,
        lines=lines,
        note=order_note(order),
        printed=channel.note_printed,
        draft=channel.as_draft,
        stamp=channel.stamp,
        warehouse_id=channel.automatic_warehouse or channel.warehouse,
        price_list_id=channel.automatic_price_list or channel.price_list,
        numbering_id=channel.numbering,
        payment_form=channel.payment_form,
        payment_method=channel.payment_method,
        country=channel.country,
        use=channel.cfdi_use,
    )


def _refuse(claimed: Claimed, row: ErpInvoice, cause: Cause, about: str, *, at: datetime) -> None:
    """Note why an order is not sent; the rules that took it may have been switched off meanwhile."""

    def note(fresh: ErpInvoice) -> None:
        if fresh.state == ErpState.WAITING:
            fail(fresh, cause, about, at=at)

    _record(claimed, row, note)


def _record_made(claimed: Claimed, row: ErpInvoice, made: Made, *, at: datetime) -> None:
    """Note what was made; an answer that names another order's invoice says nothing, and is looked up."""

    def note(fresh: ErpInvoice) -> None:
        if linked(fresh, [made]):
            move(fresh, ErpState.UNKNOWN, by=None, at=at, also={"due_at": at})
        else:
            finish(fresh, made, differs=differs_text(made, fresh.order, to_stamp=fresh.to_stamp), at=at)

    _record(claimed, row, note)


def _record_error(
    claimed: Claimed, channel: Channel, row: ErpInvoice, error: ErpError, clock: Clock, quiet: timedelta
) -> None:
    """Note why an order was not invoiced, or that nobody knows whether it was."""
    at = clock()
    if error.fault == Fault.UNKNOWN:
        due = at + quiet
        _record(
            claimed, row, lambda fresh: move(fresh, ErpState.UNKNOWN, by=None, at=at, also={"due_at": due})
        )
        return
    if error.fault in (Fault.REFUSED, Fault.EXISTS, Fault.PLAN):
        cause = Cause.PLAN if error.fault == Fault.PLAN else Cause.REFUSED
        _record(claimed, row, lambda fresh: fail(fresh, cause, error.text, at=at))
        return
    # Not a thing was done: it waits, and the whole channel rests.
    _record(claimed, row, lambda fresh: wait(fresh, due_at=at, by=None, at=at, reason=error.fault))
    raise error


def _record(claimed: Claimed, row: ErpInvoice, note: Callable[[ErpInvoice], None]) -> None:
    with claimed.effect():
        note(ErpInvoice.objects.locked().select_related("order").get(pk=row.pk))
