"""Each night our invoices against the ERP's: what changed there is taken over, what differs is said."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sellers.erp.models import Channel, ErpInvoice, ErpState
from sellers.erp.models.invoices import ErpInvoiceQuerySet
from sellers.erp.port import Made
from sellers.erp.rules.marks import Marked, orders_marked
from sellers.erp.wording import differs_text, gone_text

COMPARED_DAYS = 35
"""How far back invoices are compared with the ERP's: drafts are changed and voided within a month."""


def to_compare(channel: Channel, *, since: datetime) -> ErpInvoiceQuerySet:
    """The invoices of the last weeks that were not compared since then."""
    first = since - timedelta(days=COMPARED_DAYS)
    rows = ErpInvoice.objects.filter(channel=channel, state=ErpState.DONE, done_at__gte=first)
    return rows.filter(compared_at__lt=since)


def compare_page(channel: Channel, made: Sequence[Made], *, at: datetime) -> None:
    """Take over what a page of the ERP's invoices says of ours, and say where an order has two."""
    theirs = {each.id: each for each in made}
    marks = {order: each for each in made for order in orders_marked(each.texts)}
    numbers = [order.number for order in marks]
    done = ErpInvoice.objects.filter(channel=channel, state=ErpState.DONE).select_related("order__market")
    for row in done.filter(external_id__in=theirs).locked():
        _take_over(row, theirs[row.external_id], at)
    for row in done.filter(order__number__in=numbers).locked():
        twin = marks.get(Marked(row.order.market.code, row.order.number))
        if twin is not None and twin.id != row.external_id and twin.status != "void":
            row.differs = differs_text(theirs.get(row.external_id), row.order, twins=1)[:300]
            row.save(update_fields=["differs"])


def note_gone(key: int, made: Made | None, *, at: datetime) -> None:
    """Note that the ERP has an invoice no more, or take over what it says of it."""
    row = ErpInvoice.objects.locked().select_related("order__market").get(pk=key)
    if made is not None:
        _take_over(row, made, at)
        return
    row.compared_at, row.differs = at, gone_text()
    row.save(update_fields=["compared_at", "differs"])


def _take_over(row: ErpInvoice, made: Made, at: datetime) -> None:
    row.compared_at, row.differs = at, differs_text(made, row.order)[:300]
    row.number, row.status, row.total = made.number[:60], made.status[:20], made.total
    row.pdf_url, row.stamped = made.pdf_url[:500] or row.pdf_url, made.stamped
    row.save(update_fields=["compared_at", "differs", "number", "status", "total", "pdf_url", "stamped"])
