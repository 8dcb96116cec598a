"""Looking up what nobody knows: the only way out of "unknown"."""

from datetime import date, timedelta

from django.db.models import Min

from marketplace.kernel.jobs import Claimed
from marketplace.kernel.zones import local_date
from sellers.erp.models import Channel, ErpInvoice, ErpState
from sellers.erp.operations.moving import finish, wait
from sellers.erp.pacing import Clock
from sellers.erp.port import Erp, Made
from sellers.erp.rules.marks import orders_marked
from sellers.erp.wording import differs_text

MARGIN = timedelta(days=2)
"""How much older than the sending an invoice's day may be: ERPs have days of their own."""


def look_up(claimed: Claimed, *, channel: Channel, erp: Erp, clock: Clock) -> None:
    """Look for the invoices of all orders whose outcome is unknown, where they may be looked for by now; what
    is not there was not made, and waits to be sent.
    """
    rows = ErpInvoice.objects.filter(channel=channel, state=ErpState.UNKNOWN, due_at__lte=clock())
    wanted = dict(rows.values_list("order__number", "pk"))
    oldest = rows.aggregate(oldest=Min("sent_at"))["oldest"] or clock()
    since = local_date(oldest, channel.seller.market.zone) - MARGIN
    found = marked_since(erp, since=since, wanted=set(wanted))
    for number, key in wanted.items():
        with claimed.effect():
            _note(key, found.get(number, []), clock)


def marked_since(erp: Erp, *, since: date, wanted: set[str] | None = None) -> dict[str, list[Made]]:
    """The ERP's invoices that are marked with an order, by its number, back to a day; until all that are
    wanted were found.
    """
    found: dict[str, list[Made]] = {}
    for page in erp.invoices():
        for made in page:
            for number in orders_marked(made.texts):
                found.setdefault(number, []).append(made)
        days = [made.on for made in page if made.on is not None]
        if (days and max(days) < since) or (wanted is not None and wanted <= found.keys()):
            break
    return found


def _note(key: int, made: list[Made], clock: Clock) -> None:
    row = ErpInvoice.objects.locked().select_related("order").get(pk=key)
    if row.state != ErpState.UNKNOWN:
        return
    if made:
        first = min(made, key=lambda each: (len(each.id), each.id))
        finish(row, first, differs=differs_text(first, row.order, twins=len(made) - 1), at=clock())
    else:
        wait(row, due_at=clock(), by=None, at=clock(), reason="not found")
