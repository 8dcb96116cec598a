"""The number series of billing: first, last, how many, and what is missing."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Max, Min, OuterRef, QuerySet, Subquery
from django.utils.translation import gettext_lazy as _

from marketplace.kernel.models import NumberSeries
from marketplace.parties.models import Market
from settlement.billing.models import (
    BillingInvoice,
    BillingKind,
    ChangeRequest,
    Deposit,
    Fee,
    FeeInvoice,
    Kind,
)


@dataclass(frozen=True, slots=True)
class Papers:
    """What bears the numbers of a kind of series."""

    kind: str
    name: Any
    rows: "QuerySet[Any]"


@dataclass(frozen=True, slots=True)
class Series:
    """The numbers of a market, a kind and a year; ``given`` is what its counter says."""

    papers: Papers
    market_id: int
    market: str
    year: int
    first: str
    last: str
    count: int
    highest: int
    given: int

    @property
    def whole(self) -> bool:
        """Whether it has no gap, and no number more than its counter gave."""
        return self.count == self.highest == self.given

    def missing(self) -> Iterator[int]:
        """The numbers that were given and stand on nothing; found by reading all, so only where some are."""
        rows = self.papers.rows.filter(market=self.market_id, year=self.year).order_by("serial")
        expected = 1
        for serial in rows.values_list("serial", flat=True).iterator():
            yield from range(expected, serial)
            expected = serial + 1
        yield from range(expected, self.given + 1)


def kinds() -> list[Papers]:
    """The series of billing, in the order accountants look at them."""
    invoices, commission = BillingInvoice.objects.all(), FeeInvoice.objects.all()
    return [
        Papers("billing_invoice", _("Invoices"), invoices.filter(kind=BillingKind.INVOICE)),
        Papers("billing_credit_note", _("Credit notes"), invoices.filter(kind=BillingKind.CREDIT)),
        Papers("fee_invoice", _("Commission invoices"), commission.filter(kind=Kind.INVOICE)),
        Papers("fee_credit_note", _("Commission credit notes"), commission.filter(kind=Kind.CREDIT)),
        Papers("deposit", _("Deposits"), Deposit.objects.all()),
        Papers("fee", _("Fees"), Fee.objects.all()),
        Papers("change_request", _("Change requests"), ChangeRequest.objects.all()),
    ]


def all_series() -> Iterator[Series]:
    """Every series of billing, by kind and market, the latest year first; also one of whose papers none is
    left.
    """
    markets = dict(Market.objects.values_list("pk", "code"))
    # Before the papers: what a counter gave until now stands on some paper by then.
    counters = list(NumberSeries.objects.filter(last__gt=0))
    for papers in kinds():
        found = {(each.market_id, each.year): each for each in _standing(papers, markets)}
        for each in counters:
            if each.kind == papers.kind and (each.market_id, each.year) not in found:
                code = markets[each.market_id]
                lost = Series(papers, each.market_id, code, each.year, "–", "–", 0, 0, each.last)
                found[each.market_id, each.year] = lost
        yield from sorted(found.values(), key=lambda each: (each.market, -each.year))


def _standing(papers: Papers, markets: dict[int, str]) -> Iterator[Series]:
    """The series of a kind by their papers, each beside its counter, as of one instant."""
    counter = NumberSeries.objects.filter(kind=papers.kind, market=OuterRef("market"), year=OuterRef("year"))
    rows = papers.rows.order_by().values_list("market", "year")
    sums = rows.annotate(Min("reference"), Max("reference"), Count("pk"), Max("serial"))
    for market_id, year, first, last, count, highest, given in sums.annotate(
        given=Subquery(counter.values("last")[:1])
    ):
        yield Series(papers, market_id, markets[market_id], year, first, last, count, highest, given or 0)
