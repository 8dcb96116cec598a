"""Invoices in full: lists of some ERPs leave their notes out, or cut them, and with them our mark."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from sellers.erp.models import Channel, ErpInvoice
from sellers.erp.port import Erp, Made, Page, Pages
from sellers.erp.rules.marks import Marked, may_be_marked

ROUNDED = 100
"""So many minor units an ERP's total may be off: some round to whole pesos."""

SLACK = timedelta(days=2)
"""An invoice bears the day on which it was prepared, in the market's zone."""


@dataclass(frozen=True, slots=True)
class Sought:
    """What is known of invoices that are looked for: their totals, and the first day they can bear."""

    totals: frozenset[int]
    since: date | None

    def may_be(self, made: Made) -> bool:
        """Whether an invoice whose notes do not tell may be one of them."""
        is_old = self.since is not None and made.on is not None and made.on < self.since
        total = made.total
        fits = total is None or any(abs(total - each) <= ROUNDED for each in self.totals)
        return may_be_marked(made.texts) and fits and not is_old


def sought(wanted: Mapping[Marked, int]) -> Sought:
    """What is known of the orders that are looked for."""
    rows = ErpInvoice.objects.filter(pk__in=wanted.values()).values_list("order__total", "sent_at")
    sent = [sent_at for _total, sent_at in rows]
    known = [each.date() for each in sent if each is not None]
    since = min(known) - SLACK if len(known) == len(sent) and known else None
    return Sought(frozenset(total for total, _sent_at in rows), since)


def told_in_full(pages: Pages[Made], *, channel: Channel, erp: Erp, what: Sought) -> Iterator[Page[Made]]:
    """Pages in which each invoice that may be one of those looked for is told with its notes."""
    for page in pages:
        open_ones = {each.id for each in page.rows if what.may_be(each)}
        known = ErpInvoice.objects.filter(channel=channel, external_id__in=open_ones)
        open_ones -= set(known.values_list("external_id", flat=True))
        rows = [(erp.invoice(each.id) or each) if each.id in open_ones else each for each in page.rows]
        yield Page(rows, page.end)
