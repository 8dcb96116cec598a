"""The next settlement so far: what a document closed now would say, as the start page shows it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Exists, OuterRef, Sum
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from marketplace.orders.remainders import held_by_seller, left
from marketplace.parties.models import BusinessModel, Seller
from settlement.claims.queries import to_be_invoiced
from settlement.periods.queries import Offered, offered_periods
from settlement.review.models import WITH_ACCOUNTING, SubmissionLine


@dataclass(frozen=True, slots=True)
class Settlement:
    """A period's orders to be invoiced, added up; amounts are minor units of the market's currency."""

    period: Offered
    agency: bool
    orders: int
    customer_total: int
    purchase_gross: int
    held_by_seller: int
    waiting_orders: int
    waiting_total: int

    @property
    def net_due(self) -> int:
        """Due to the seller; negative: due from the seller."""
        return self.purchase_gross - self.held_by_seller

    @property
    def owed(self) -> int:
        """The net amount without its sign; the page says who pays whom."""
        return abs(self.net_due)

    @property
    def first(self) -> dict[str, Any]:
        text = ngettext(
            "Customers' total of %(count)s order", "Customers' total of %(count)s orders", self.orders
        )
        return {"label": text % {"count": self.orders}, "amount": self.customer_total}

    @property
    def parts(self) -> list[dict[str, Any]]:
        """How the customers' total becomes the net amount, each part with its colour."""
        held = _("Customers' money you collected") if self.agency else _("Customers' cash you hold")
        return [
            {
                "label": _("Commission, with VAT"),
                "amount": self.purchase_gross - self.customer_total,
                "series": 2,
            },
            {"label": held, "amount": -self.held_by_seller, "series": 3},
        ]

    @property
    def total(self) -> dict[str, Any]:
        label = _("You pay the marketplace") if self.net_due < 0 else _("The marketplace pays you")
        return {"label": label, "amount": self.owed, "series": 1}

    @property
    def bar(self) -> list[dict[str, Any]]:
        """The parts of the bar, the net amount first."""
        return [{"label": self.total["label"], "amount": max(self.net_due, 0)}, *self.parts]


def next_settlement(*, seller: Seller, at: datetime) -> Settlement:
    """Add up the orders the running period's document would hold if it closed now."""
    running = offered_periods(seller=seller, at=at, most=1)[0]
    with_accounting = SubmissionLine.objects.included().filter(
        order=OuterRef("order"), submission__seller=seller, submission__state__in=WITH_ACCOUNTING
    )
    open_ones = to_be_invoiced(seller=seller, cutoff=running.ends_at).annotate(waits=Exists(with_accounting))
    waiting = open_ones.filter(waits=True).aggregate(orders=Count("pk"), total=Sum("order__total"))
    way: dict[str, Any] = {"cutoff": running.ends_at, "order": "order__", "key": "order"}
    sums = open_ones.filter(waits=False).aggregate(
        orders=Count("pk"),
        total=Sum(left("total", **way)),
        purchase=Sum(left("purchase_gross", **way)),
        held=Sum(held_by_seller(**way)),
    )
    return Settlement(
        period=running,
        agency=seller.contract.model == BusinessModel.AGENCY,
        orders=sums["orders"],
        customer_total=sums["total"] or 0,
        purchase_gross=sums["purchase"] or 0,
        held_by_seller=sums["held"] or 0,
        waiting_orders=waiting["orders"],
        waiting_total=waiting["total"] or 0,
    )
