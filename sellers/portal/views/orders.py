"""Orders: the list, one order, and the moves its seller makes."""

import tempfile
from typing import Any

from django.contrib import messages
from django.http import FileResponse, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from marketplace.kernel.audit import record
from marketplace.kernel.states import IllegalMove
from marketplace.orders.models import Fulfilment, Method, Order, State, TenderState
from marketplace.orders.operations import moves
from marketplace.orders.wording import payment_text
from marketplace.parties.models import Role
from marketplace.users.limits import limited
from sellers.door.entry import SellerRequest, seller_view
from sellers.portal.filters import TABS, OrderFilter, order_sort
from sellers.portal.life import life_of_order
from sellers.portal.order_export import write_order_list
from sellers.portal.paging import capped_count, count_text, cut_page
from sellers.portal.queries import customer_of, review_of, split_of_money, timeline_of, voided_of
from sellers.portal.tables import OrderTable
from settlement.claims.queries import why_not

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
REFUSALS = (IllegalMove, moves.NotReadyToShip, moves.NotYours)
STEPS = (State.OPEN, State.SHIPPING, State.SHIPPED, State.DELIVERED)


@require_GET
@seller_view(Role.VIEWER)
def order_list(request: SellerRequest) -> HttpResponse:
    """The seller's orders: tabs with counts, search, filters, sorting, a page found by its key."""
    asked = request.GET
    tab = asked.get("tab", "all") if asked.get("tab") in TABS else "all"
    own = Order.objects.of(request.seller)
    narrowed = OrderFilter(asked, queryset=own.filter(TABS[tab][1]))
    sort, column, descending = order_sort(asked.get("sort", ""), tab=tab)
    page = cut_page(narrowed.qs, field=column, descending=descending, asked=asked.dict())
    told = {
        "tabs": [_tab(asked, name, own, chosen=tab) for name in TABS],
        "filter": narrowed,
        "filtered": any(asked.get(name) for name in narrowed.filters),
        "keep": {name: value for name, value in asked.items() if name not in ("q", "after", "before")},
        "tab": tab,
        "sort": sort,
        "table": OrderTable(page.rows, currency=request.seller.market.currency),
        "page": page,
        "newer_url": _turned(asked, before=page.newer) if page.newer else "",
        "older_url": _turned(asked, after=page.older) if page.older else "",
        "export_query": asked.urlencode(),
    }
    return render(request, "portal/orders.html", told)


@require_GET
@seller_view(Role.VIEWER)
def order_detail(request: SellerRequest, number: str) -> HttpResponse:
    """One order: its way, its money, its lines, and why it is or is not on a document."""
    order = get_object_or_404(Order.objects.of(request.seller).select_related("market"), number=number)
    tenders = list(order.tenders.order_by("position"))
    told = {
        "order": order,
        "customer": customer_of(order),
        "lines": order.lines.order_by("position"),
        "tenders": tenders,
        "parts": split_of_money(order),
        "timeline": timeline_of(order),
        "stages": _stages(order),
        "why": why_not(order=order, at=timezone.now()),
        "review": review_of(order),
        "voided": voided_of(order),
        "life": life_of_order(order),
        "payment": payment_text(order.payment),
        "moves": _moves(order) if request.role.allows(Role.OPERATIONS) else [],
        "awaits_transfer": any(
            each.method == Method.TRANSFER and each.state == TenderState.AWAITED and each.custody == "seller"
            for each in tenders
        ),
        "crumbs": [{"label": _("Orders"), "url": ".."}, {"label": order.number}],
    }
    return render(request, "portal/order.html", told)


@require_POST
@seller_view(Role.OPERATIONS)
def confirm(request: SellerRequest, number: str) -> HttpResponse:
    """Confirm an open order; its customer is shown in full from then on."""
    order = get_object_or_404(Order.objects.of(request.seller), number=number)
    try:
        moves.confirm_order(order_id=order.pk, by=request.user, at=timezone.now())
        messages.success(request, _("Order %(number)s is confirmed.") % {"number": number})
    except REFUSALS as refusal:
        messages.error(request, str(refusal))
    return redirect("portal:order", number)


@require_POST
@seller_view(Role.OPERATIONS)
def advance(request: SellerRequest, number: str, to: str) -> HttpResponse:
    """Move one of the seller's own orders on its way."""
    order = get_object_or_404(Order.objects.of(request.seller), number=number)
    try:
        moved = moves.advance_order(order_id=order.pk, to=to, by=request.user, at=timezone.now())
        messages.success(
            request,
            _("Order %(number)s: %(state)s.") % {"number": number, "state": moved.get_state_display()},
        )
    except REFUSALS as refusal:
        messages.error(request, str(refusal))
    return redirect("portal:order", number)


@require_POST
@seller_view(Role.OPERATIONS)
def receive(request: SellerRequest, number: str) -> HttpResponse:
    """Mark the bank transfer the seller waits for as received."""
    order = get_object_or_404(Order.objects.of(request.seller), number=number)
    try:
        moves.receive_transfer(order_id=order.pk, by=request.user, at=timezone.now(), as_seller=True)
        messages.success(request, _("The transfer for order %(number)s is received.") % {"number": number})
    except REFUSALS as refusal:
        messages.error(request, str(refusal))
    return redirect("portal:order", number)


def _tab(asked: Any, name: str, own: Any, *, chosen: str) -> dict[str, Any]:
    label, narrowing = TABS[name]
    query = asked.copy()
    for key in ("after", "before", "sort", "tab"):
        query.pop(key, None)
    query["tab"] = name
    count = count_text(capped_count(own.filter(narrowing)))
    return {"label": label, "url": f"?{query.urlencode()}", "active": name == chosen, "count": count}


def _turned(asked: Any, **cursor: str) -> str:
    query = asked.copy()
    for key in ("after", "before"):
        query.pop(key, None)
    query.update(cursor)
    return f"?{query.urlencode()}"


def _stages(order: Order) -> list[dict[str, Any]]:
    """The way to delivery as steps; an order that left the way stops where it did."""
    reached = {
        State.OPEN: order.placed_at,
        State.SHIPPED: order.shipped_at,
        State.DELIVERED: order.delivered_at,
    }
    if order.state in (State.CANCELLED, State.RETURNED, State.LOST):
        gone = [step for step in STEPS if reached.get(step)]
        done = [{"label": State(step).label, "state": "done", "at": reached[step]} for step in gone]
        return [*done, {"label": order.get_state_display(), "state": "stopped", "at": None}]
    now = STEPS.index(State(order.state)) if order.state in STEPS else -1
    return [
        {"label": State(step).label, "state": _stage(place, now), "at": reached.get(step)}
        for place, step in enumerate(STEPS)
    ]


def _stage(place: int, now: int) -> str:
    if place < now or now == len(STEPS) - 1:
        return "done"
    return "current" if place == now else "todo"


def _moves(order: Order) -> list[dict[str, Any]]:
    """The moves offered to the seller, the usual one first; what stands in the way is told when it is
    tried.
    """
    # Delivery decides the period and is final, so that it is asked first as well.
    words = {
        State.SHIPPING: (_("Start preparing"), False),
        State.SHIPPED: (_("Mark as shipped"), False),
        State.DELIVERED: (_("Mark as delivered"), False),
        State.RETURNED: (_("Came back"), True),
        State.LOST: (_("Lost on the way"), True),
        State.CANCELLED: (_("Cancel the order"), True),
    }
    allowed = set(order.MOVES[order.state]) - {State.OPEN}
    if order.fulfilment != Fulfilment.SELLER:
        allowed -= {State.DELIVERED, State.RETURNED, State.LOST}
        allowed -= {State.SHIPPED} if order.state == State.OPEN else set()
    return [
        {"to": str(state), "label": label, "danger": danger, "ask": danger or state == State.DELIVERED}
        for state, (label, danger) in words.items()
        if state in allowed
    ]


@require_GET
@seller_view(Role.VIEWER)
@limited("export")
def order_export(request: SellerRequest) -> HttpResponseBase:
    """The filtered list as a workbook; what is masked on the page is not in it either."""
    asked = request.GET
    tab = asked.get("tab", "all") if asked.get("tab") in TABS else "all"
    rows = OrderFilter(asked, queryset=Order.objects.of(request.seller).filter(TABS[tab][1])).qs
    told = {"tab": tab, **asked.dict()}
    record(
        verb="orders.exported",
        subject=tab,
        by=request.user,
        at=timezone.now(),
        seller_id=request.seller.pk,
        details=told,
    )
    file = tempfile.TemporaryFile()  # noqa: SIM115 the answer closes it, and it is gone
    write_order_list(file, rows, request.seller)
    file.seek(0)
    name = f"orders-{request.seller.partner_number}-{timezone.localdate():%Y-%m-%d}.xlsx"
    answer = FileResponse(file, as_attachment=True, filename=name, content_type=XLSX)
    answer["Cache-Control"] = "no-store"
    return answer
