"""Looking up what nobody knows: the only way out of "unknown"."""

from collections.abc import Sequence
from datetime import timedelta

from django.db.models import Min

from marketplace.kernel.jobs import Claimed
from sellers.erp.models import Channel, ErpInvoice, ErpState
from sellers.erp.operations.moving import fail, finish, wait
from sellers.erp.pacing import Clock
from sellers.erp.port import Erp, Made
from sellers.erp.rules.causes import Cause
from sellers.erp.rules.marks import Marked, orders_marked
from sellers.erp.rules.order import falling
from sellers.erp.wording import differs_text

PATIENT_TRIES = 4
KNOWN = 200
"""How many of our own last invoices tell, when one is met, that all that follow are older."""


def look_up(claimed: Claimed, *, channel: Channel, erp: Erp, clock: Clock) -> None:
    """Look for the invoices of all orders whose outcome is unknown, where they may be looked for by now; what
    is not there was not made, and waits to be sent.
    """
    rows = ErpInvoice.objects.filter(channel=channel, state=ErpState.UNKNOWN, due_at__lte=clock())
    told = rows.values_list("order__market__code", "order__number", "pk")
    wanted = {Marked(market, number): key for market, number, key in told}
    oldest = rows.aggregate(oldest=Min("sent_at"))["oldest"] or clock()
    before = ErpInvoice.objects.filter(channel=channel, state=ErpState.DONE, done_at__lt=oldest)
    newest = before.order_by("-done_at").values_list("external_id", flat=True)[:KNOWN]
    found = marked_since(erp, known={*newest, *channel.newest}, wanted=set(wanted))
    for order, key in wanted.items():
        with claimed.effect():
            _note(key, found.get(order, []), clock)


def marked_since(erp: Erp, *, known: set[str], wanted: set[Marked]) -> dict[Marked, list[Made]]:
    """The ERP's invoices that are marked with an order, by that: newest first, back to one that was
    made before, or until all that are wanted were found.

    Their days tell nothing of when they were made: people date invoices back. Where ids are no falling
    numbers nothing tells that what follows is older, and the list is read to its end.
    """
    found: dict[Marked, list[Made]] = {}
    last = ""
    in_order = True
    for page in erp.invoices():
        ids = [made.id for made in page.rows]
        in_order, last = in_order and falling([last, *ids] if last else ids), (ids or [last])[-1]
        for made in page.rows:
            for order in orders_marked(made.texts):
                found.setdefault(order, []).append(made)
        if wanted <= found.keys() or (in_order and not known.isdisjoint(ids)):
            break
    return found


def _note(key: int, made: Sequence[Made], clock: Clock) -> None:
    row = ErpInvoice.objects.locked().select_related("order").get(pk=key)
    if row.state != ErpState.UNKNOWN:
        return
    taken = linked(row, made)
    own = [each for each in made if each.id not in taken]
    if own:
        first = min(own, key=lambda each: (len(each.id), each.id))
        finish(row, first, differs=differs_text(first, row.order, twins=len(own) - 1), at=clock())
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
