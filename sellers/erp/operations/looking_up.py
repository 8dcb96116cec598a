"""Looking up what nobody knows: the only way out of "unknown"."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from django.db.models import Min

from marketplace.kernel.jobs import Claimed
from sellers.erp.models import Channel, ErpInvoice, ErpState, Kind
from sellers.erp.operations.in_full import sought, told_in_full
from sellers.erp.operations.lists import begin_reading, finish_reading, read_on
from sellers.erp.operations.moving import fail, finish, wait
from sellers.erp.pacing import Clock
from sellers.erp.port import Erp, Made, Page, Pages
from sellers.erp.rules.causes import Cause
from sellers.erp.rules.marks import Marked, orders_marked
from sellers.erp.rules.order import Trail
from sellers.erp.wording import differs_text

PATIENT_TRIES = 4
KNOWN = 200
"""How many of our own last invoices tell where in the list all that follows is older."""


def look_up(claimed: Claimed, *, channel: Channel, erp: Erp, clock: Clock) -> None:
    """Look for the invoices of all orders whose outcome is unknown, where they may be looked for by now; what
    is not there was not made, and waits to be sent.

    A look-up that was stopped goes on where it was; what became unknown since is for the next.
    """
    reading = begin_reading(claimed, channel, Kind.LOOK_UP, at=clock())
    wanted = _wanted(channel, reading.began_at)
    trail = Trail(_known(channel, wanted))

    def keep(page: Page[Made]) -> None:
        for order, made in _marked(page.rows).items():
            if order in wanted:
                _note(wanted.pop(order), made, clock)
        trail.see([made.id for made in page.rows])

    what = sought(wanted)

    def ask(start: int) -> Pages[Made]:
        return told_in_full(erp.invoices(start), channel=channel, erp=erp, what=what)

    read_on(claimed, reading, ask, keep, until=lambda: not wanted or trail.is_past)
    for key in wanted.values():
        with claimed.effect():
            _note(key, [], clock)
    with claimed.effect():
        finish_reading(reading, at=clock())


def _wanted(channel: Channel, began_at: datetime) -> dict[Marked, int]:
    rows = ErpInvoice.objects.filter(channel=channel, state=ErpState.UNKNOWN, due_at__lte=began_at)
    told = rows.values_list("order__market__code", "order__number", "pk")
    return {Marked(market, number): key for market, number, key in told}


def _known(channel: Channel, wanted: Mapping[Marked, int]) -> dict[str, int]:
    """Our last invoices of before any that is wanted was sent, the newest first."""
    oldest = ErpInvoice.objects.filter(pk__in=wanted.values()).aggregate(oldest=Min("sent_at"))["oldest"]
    if oldest is None:
        return {}
    before = ErpInvoice.objects.filter(channel=channel, state=ErpState.DONE, done_at__lt=oldest)
    newest = before.order_by("-done_at").values_list("external_id", flat=True)[:KNOWN]
    return {external_id: age for age, external_id in enumerate(newest)}


def _marked(rows: Sequence[Made]) -> dict[Marked, list[Made]]:
    found: dict[Marked, list[Made]] = {}
    for made in rows:
        for order in orders_marked(made.texts):
            found.setdefault(order, []).append(made)
    return found


def _note(key: int, made: Sequence[Made], clock: Clock) -> None:
    row = ErpInvoice.objects.locked().select_related("order").get(pk=key)
    if row.state != ErpState.UNKNOWN:
        return
    taken = linked(row, made)
    own = [each for each in made if each.id not in taken]
    if own:
        live = [each for each in own if each.status != "void"] or own
        first = min(live, key=lambda each: (len(each.id), each.id))
        differs = differs_text(first, row.order, twins=len(live) - 1, to_stamp=row.to_stamp)
        finish(row, first, differs=differs, at=clock())
    elif made:
        fail(row, Cause.SHARED, made[0].number or made[0].id, at=clock())
    else:
        wait(row, due_at=clock() + pause_after(row.tries), by=None, at=clock(), reason="not found")


def pause_after(tries: int) -> timedelta:
    """How long an order rests that was sent so often and never arrived."""
    return timedelta(seconds=0 if tries < PATIENT_TRIES else min(3600, 2**tries))


def linked(row: ErpInvoice, made: Sequence[Made]) -> set[str]:
    """Which of these the channel knows as other orders' invoices."""
    others = ErpInvoice.objects.filter(channel=row.channel_id).exclude(pk=row.pk)
    return set(
        others.filter(external_id__in=[each.id for each in made]).values_list("external_id", flat=True)
    )
