"""Each night our invoices against the ERP's: what changed there is taken over, what differs is said."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
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
    done = ErpInvoice.objects.filter(channel=channel, state=ErpState.DONE).select_related("order__market")
    for row, twin in _twins(done, made):
        row.twin_id = "" if twin.status == "void" else twin.id
        row.save(update_fields=["twin_id"])
    theirs = {each.id: each for each in made}
    for row in done.filter(external_id__in=theirs).locked():
        _take_over(row, theirs[row.external_id], at)


def _twins(done: ErpInvoiceQuerySet, made: Sequence[Made]) -> Iterator[tuple[ErpInvoice, Made]]:
    """Our invoices with another one that bears the same order's mark."""
    marked = [(order, each) for each in made for order in orders_marked(each.texts)]
    rows = done.filter(order__number__in=[order.number for order, _made in marked]).locked()
    by_order = {Marked(row.order.market.code, row.order.number): row for row in rows}
    for order, each in marked:
        row = by_order.get(order)
        if row is not None and row.external_id != each.id:
            yield row, each


def note_gone(key: int, made: Made | None, *, at: datetime) -> None:
    """Note that the ERP has an invoice no more, or take over what it says of it."""
    row = ErpInvoice.objects.locked().select_related("order__market").get(pk=key)
    if made is not None:
        _take_over(row, made, at)
        return
    row.compared_at, row.differs = at, gone_text()
    row.save(update_fields=["compared_at", "differs"])


def _take_over(row: ErpInvoice, told: Made, at: datetime) -> None:
    made = _with_what_is_known(row, told)
    differs = differs_text(made, row.order, twins=bool(row.twin_id), to_stamp=row.to_stamp)
    row.compared_at, row.differs = at, differs[:300]
    row.number, row.status, row.total = made.number[:60], made.status[:20], made.total
    row.pdf_url, row.stamped = made.pdf_url[:500], made.stamped
    row.save(update_fields=["compared_at", "differs", "number", "status", "total", "pdf_url", "stamped"])


def _with_what_is_known(row: ErpInvoice, told: Made) -> Made:
    """What a list does not tell is as it was before; a stamp stays, unless it is rejected."""
    return replace(
        told,
        number=told.number or row.number,
        status=told.status or row.status,
        total=row.total if told.total is None else told.total,
        pdf_url=told.pdf_url or row.pdf_url,
        stamped=told.stamped or (row.stamped and not told.rejected),
    )
