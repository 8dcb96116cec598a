"""Looking up what nobody knows: the only way out of "unknown"."""

from django.db.models import Min

from marketplace.kernel.jobs import Claimed
from sellers.erp.models import Channel, ErpInvoice, ErpState
from sellers.erp.operations.moving import finish, wait
from sellers.erp.pacing import Clock
from sellers.erp.port import Erp, Made
from sellers.erp.rules.marks import orders_marked
from sellers.erp.wording import differs_text

KNOWN = 200
"""How many of our own last invoices tell, when one is met, that all that follow are older."""


def look_up(claimed: Claimed, *, channel: Channel, erp: Erp, clock: Clock) -> None:
    """Look for the invoices of all orders whose outcome is unknown, where they may be looked for by now; what
    is not there was not made, and waits to be sent.
    """
    rows = ErpInvoice.objects.filter(channel=channel, state=ErpState.UNKNOWN, due_at__lte=clock())
    wanted = dict(rows.values_list("order__number", "pk"))
    oldest = rows.aggregate(oldest=Min("sent_at"))["oldest"] or clock()
    before = ErpInvoice.objects.filter(channel=channel, state=ErpState.DONE, done_at__lt=oldest)
    newest = before.order_by("-done_at").values_list("external_id", flat=True)[:KNOWN]
    found = marked_since(erp, known=set(newest), wanted=set(wanted))
    for number, key in wanted.items():
        with claimed.effect():
            _note(key, found.get(number, []), clock)


def marked_since(erp: Erp, *, known: set[str], wanted: set[str]) -> dict[str, list[Made]]:
    """The ERP's invoices that are marked with an order, by its number: newest first, back to one that was
    made before, or until all that are wanted were found.

    Their days tell nothing of when they were made: people date invoices back.
    """
    found: dict[str, list[Made]] = {}
    for page in erp.invoices():
        for made in page:
            for number in orders_marked(made.texts):
                found.setdefault(number, []).append(made)
        if wanted <= found.keys() or any(made.id in known for made in page):
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
