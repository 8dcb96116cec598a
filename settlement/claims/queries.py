"""The verdict rules, once, as SQL: exports, review, documents and "why isn't my order here?" all ask
these.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Case, CharField, Exists, F, OuterRef, Q, QuerySet, Value, When
from django.utils.translation import gettext as _

from marketplace.orders.models import Billable, Order, State
from marketplace.orders.remainders import is_all_back
from marketplace.parties.models import Seller
from settlement.claims.models import Hold, Verdict
from settlement.periods.models import Period


def verdict(*, cutoff: datetime | F, order: str = "", key: str = "pk", model: F | None = None) -> Case:
    """What accounting says of an order for a cut-off; ``order`` is the way to it from the rows asked for
    (``order__``), ``key`` its key among them, ``model`` the business model whose orders are asked for.
    """

    def when(**facts: Any) -> Q:
        return Q(**{f"{order}{name}": value for name, value in facts.items()})

    held = Exists(Hold.objects.filter(order=OuterRef(key), released_at=None))
    others = [When(~when(model=model), then=Value(Verdict.OTHER_MODEL))] if model is not None else []
    return Case(
        *others,
        When(when(test=True), then=Value(Verdict.TEST_ORDER)),
        When(when(claim__isnull=False), then=Value(Verdict.ALREADY_INVOICED)),
        When(when(state=State.CANCELLED), then=Value(Verdict.CANCELLED)),
        When(when(state=State.LOST), then=Value(Verdict.LOST)),
        When(when(state=State.RETURNED), then=Value(Verdict.RETURNED)),
        When(~when(state=State.DELIVERED), then=Value(Verdict.NOT_DELIVERED)),
        When(when(delivered_at__gte=cutoff), then=Value(Verdict.AFTER_CUTOFF)),
        When(is_all_back(cutoff=cutoff, order=order, key=key), then=Value(Verdict.RETURNED)),
        When(held, then=Value(Verdict.DISPUTED)),
        When(when(market__receipt_required=True, receipt_at=None), then=Value(Verdict.RECEIPT_MISSING)),
        default=Value(Verdict.OK),
        output_field=CharField(),
    )


def with_verdict(orders: "QuerySet[Order]", *, cutoff: datetime | F) -> "QuerySet[Any]":
    """Annotate orders with ``verdict`` for a cut-off, and ``reference``, the live document that holds
    them.
    """
    return orders.annotate(reference=F("claim__reference"), verdict=verdict(cutoff=cutoff))


def to_be_invoiced(*, seller: Seller, cutoff: datetime) -> "QuerySet[Billable]":
    """The orders a document closed at this cut-off would hold; read from the index of open ones, without
    a scan.
    """
    open_ones = _open(Billable.objects.of(seller).filter(delivered_at__lt=cutoff), cutoff)
    open_ones = open_ones.filter(order__model=seller.contract.model)
    if seller.market.receipt_required:
        open_ones = open_ones.filter(order__receipt_at__isnull=False)
    return open_ones


def to_be_invoiced_in(periods: Collection[Period], *, model: str = "") -> "QuerySet[Any]":
    """The same of many periods, of one business model or of all; annotated with the key of their
    ``period``.
    """
    ends = {period.ends_at for period in periods}
    # Named once: to ask for a seller's periods again would be to ask for any of them.
    named = Billable.objects.filter(seller__periods__in=periods).annotate(
        period=F("seller__periods"), period_ends=F("seller__periods__ends_at")
    )
    cutoff = ends.pop() if len(ends) == 1 else F("period_ends")
    rows = _open(named.filter(delivered_at__lt=cutoff), cutoff)
    if model:
        rows = rows.filter(order__model=model)
    strict = {period.market_id for period in periods if period.market.receipt_required}
    if strict:
        rows = rows.filter(~Q(order__market__in=strict) | Q(order__receipt_at__isnull=False))
    return rows


def _open(billables: "QuerySet[Billable]", cutoff: datetime | F) -> "QuerySet[Billable]":
    """Those of them that are not disputed and did not come back whole."""
    held = Hold.objects.filter(order=OuterRef("order"), released_at=None)
    back = is_all_back(cutoff=cutoff, order="order__", key="order")
    # A row whose order has no return is null in the comparison; only what is known to be back is left out.
    return billables.filter(~Exists(held)).exclude(Q(order__returned_at__isnull=False) & back)


def left_out(*, seller: Seller, starts_at: datetime, cutoff: datetime) -> "QuerySet[Any]":
    """Every other order of a period, with its verdict: placed or delivered in it, or open from before and
    held back.
    """
    of_period = Q(placed_at__gte=starts_at, placed_at__lt=cutoff) | Q(
        delivered_at__gte=starts_at, delivered_at__lt=cutoff
    )
    held_back = _held_back(starts_at)
    judged = with_verdict(Order.objects.of(seller).filter(of_period | held_back), cutoff=cutoff)
    return judged.exclude(verdict=Verdict.OK).order_by("number")


def left_out_in(periods: Collection[Period]) -> "list[QuerySet[Any]]":
    """The same of many periods, annotated with the key of their ``period``: in parts that do not overlap,
    each read by an index of its own.
    """
    named = Order.objects.filter(seller__periods__in=periods).annotate(
        period=F("seller__periods"),
        period_starts=F("seller__periods__starts_at"),
        period_ends=F("seller__periods__ends_at"),
    )
    starts, ends = F("period_starts"), F("period_ends")
    placed, delivered = (
        Q(placed_at__gte=starts, placed_at__lt=ends),
        Q(delivered_at__gte=starts, delivered_at__lt=ends),
    )
    from_before = _held_back(starts)
    return [
        with_verdict(named.filter(part), cutoff=ends).exclude(verdict=Verdict.OK)
        for part in (placed, delivered & ~placed, from_before & ~placed)
    ]


def _held_back(starts_at: datetime | F) -> Q:
    """Delivered before a period and on no document; what had come back whole by then is told no more."""
    back = Q(returned_at__isnull=False) & is_all_back(cutoff=starts_at)
    return Q(billable__delivered_at__lt=starts_at) & ~back


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
        Verdict.OTHER_MODEL: _("It was sold under another business model; it goes on a document of its own."),
        Verdict.TEST_ORDER: _("It is a test order; those never touch money."),
        Verdict.CANCELLED: _("It was cancelled; cancelled orders are never invoiced."),
        Verdict.LOST: _("It was lost on the way; lost orders are never invoiced."),
        Verdict.RETURNED: _("It came back; what is returned before the cut-off is never invoiced."),
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
