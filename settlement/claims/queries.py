"""The verdict rules, once, as SQL: exports, review, documents and "why isn't my order here?" all ask
these.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Case, CharField, Exists, F, OuterRef, Q, QuerySet, Value, When
from django.utils.translation import gettext as _

from marketplace.orders.models import Billable, Order, State
from marketplace.parties.models import BusinessModel, Seller
from settlement.claims.models import Hold, Verdict
from settlement.periods.models import Period


def with_verdict(orders: "QuerySet[Order]", *, cutoff: datetime) -> "QuerySet[Any]":
    """Annotate orders with ``verdict`` for a cut-off, and ``reference``, the live document that holds
    them.
    """
    return orders.annotate(
        reference=F("claim__reference"),
        verdict=Case(
            When(model=BusinessModel.AGENCY, then=Value(Verdict.OTHER_MODEL)),
            When(test=True, then=Value(Verdict.TEST_ORDER)),
            When(claim__isnull=False, then=Value(Verdict.ALREADY_INVOICED)),
            When(state=State.CANCELLED, then=Value(Verdict.CANCELLED)),
            When(state=State.LOST, then=Value(Verdict.LOST)),
            When(state=State.RETURNED, then=Value(Verdict.RETURNED)),
            When(~Q(state=State.DELIVERED), then=Value(Verdict.NOT_DELIVERED)),
            When(delivered_at__gte=cutoff, then=Value(Verdict.AFTER_CUTOFF)),
            When(
                Exists(Hold.objects.filter(order=OuterRef("pk"), released_at=None)),
                then=Value(Verdict.DISPUTED),
            ),
            When(market__receipt_required=True, receipt_at=None, then=Value(Verdict.RECEIPT_MISSING)),
            default=Value(Verdict.OK),
            output_field=CharField(),
        ),
    )


def to_be_invoiced(*, seller: Seller, cutoff: datetime) -> "QuerySet[Billable]":
    """The orders a document closed at this cut-off would hold; read from the index of open ones, without
    a scan.
    """
    open_ones = Billable.objects.of(seller).filter(delivered_at__lt=cutoff, order__model=BusinessModel.RESALE)
    held = Hold.objects.filter(order=OuterRef("order"), released_at=None)
    open_ones = open_ones.filter(~Exists(held))
    if seller.market.receipt_required:
        open_ones = open_ones.filter(order__receipt_at__isnull=False)
    return open_ones


def left_out(*, seller: Seller, starts_at: datetime, cutoff: datetime) -> "QuerySet[Any]":
    """Every other order of a period, with its verdict: placed or delivered in it, or open from before and
    held back.
    """
    of_period = Q(placed_at__gte=starts_at, placed_at__lt=cutoff) | Q(
        delivered_at__gte=starts_at, delivered_at__lt=cutoff
    )
    held_back = Q(billable__delivered_at__lt=starts_at)
    judged = with_verdict(Order.objects.of(seller).filter(of_period | held_back), cutoff=cutoff)
    return judged.exclude(verdict=Verdict.OK).order_by("number")


@dataclass(frozen=True, slots=True)
class WhyNot:
    """The one reason an order is on no document, or the document that holds it."""

    verdict: Verdict
    reference: str
    text: str


def why_not(*, order: Order, at: datetime) -> WhyNot:
    """Answer "why isn't this order on a document?" with one exact reason."""
    row = with_verdict(Order.objects.filter(pk=order.pk), cutoff=at).get()
    verdict, reference = Verdict(row.verdict), row.reference or ""
    return WhyNot(verdict, reference, _explain(order, verdict, reference))


def _explain(order: Order, verdict: Verdict, reference: str) -> str:
    if verdict == Verdict.ALREADY_INVOICED:
        return _("It is on document %(reference)s.") % {"reference": reference}
    if verdict == Verdict.DISPUTED:
        hold = order.holds.get(released_at=None)
        return _("It is disputed: %(reason)s. It waits until the dispute is closed.") % {
            "reason": hold.reason
        }
    if verdict == Verdict.OK:
        return _explain_open(order)
    return {
        Verdict.OTHER_MODEL: _("It is sold as agency; those are settled by the marketplace's commission."),
        Verdict.TEST_ORDER: _("It is a test order; those never touch money."),
        Verdict.CANCELLED: _("It was cancelled; cancelled orders are never invoiced."),
        Verdict.LOST: _("It was lost on the way; lost orders are never invoiced."),
        Verdict.RETURNED: _("It came back undelivered; returned orders are never invoiced."),
        Verdict.NOT_DELIVERED: _("It is not delivered yet; the delivery decides the period."),
        Verdict.AFTER_CUTOFF: _("Its delivery lies in the future."),
        Verdict.RECEIPT_MISSING: _("Its receipt is missing; register the receipt first."),
    }[verdict]


def _explain_open(order: Order) -> str:
    """A deliverable order on no document: its period still runs, or closed without it."""
    closed = (
        Period.objects.filter(seller=order.seller_id, ends_at__gt=order.delivered_at)
        .order_by("ends_at")
        .first()
    )
    if closed is None:
        return _("Its settlement period is not closed yet; it goes on that period's document.")
    return _(
        "Its period %(period)s closed without it: the export left it out, accounting set it aside, "
        "or it came late. "
        "It goes on the next document."
    ) % {"period": closed}
