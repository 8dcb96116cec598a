"""Orders for sellers' systems: read, and moved on."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse, JsonResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from marketplace.kernel.audit import record
from marketplace.kernel.states import IllegalMove
from marketplace.orders.models import Order, State
from marketplace.orders.operations import moves
from marketplace.orders.operations.telling import NoAccount
from sellers.api.asking import BadQuestion, Cut, Question, cut_orders, read_question
from sellers.api.entry import ApiRequest, Turned, View, api_view
from sellers.api.models import Wire
from sellers.api.payloads import XML, told_orders, written_orders
from sellers.api.queries import settled_mark

REFUSALS: dict[type[Exception], str] = {
    IllegalMove: "illegal_move",
    moves.NotReadyToShip: "not_ready",
    moves.ReceiptMissing: "not_ready",
    moves.NotYours: "not_yours",
    NoAccount: "no_account",
}


@api_view("GET")
def order_list(request: ApiRequest) -> HttpResponse:
    """A page of the seller's orders."""
    try:
        question = read_question(request.GET.dict(), zone=request.seller.market.zone)
    except BadQuestion as refusal:
        raise Turned(400, "bad_request", str(refusal)) from None
    mark = settled_mark()  # before the orders: what is later than it comes with the next question
    as_of = (timezone.localtime(mark.settled_at) if mark and mark.settled_at else question.since) or None
    cut = cut_orders(request.seller, question)
    if cut.found:
        _note_read(request, f"{len(cut.found)} orders", {"asked": request.GET.dict()})
    return _page(request, question, cut, as_of)


@api_view("GET")
def order_detail(request: ApiRequest, number: str) -> HttpResponse:
    """One of the seller's orders."""
    order = _own(request, number)
    wire = request.GET.get("format", Wire.SALDO)
    if wire not in Wire.values:
        raise Turned(
            400, "bad_request", _("format: there are %(known)s.") % {"known": ", ".join(Wire.values)}
        )
    _note_read(request, order.number, {})
    return _answer(request, order, wire)


@api_view("")
def nowhere(request: ApiRequest, rest: str) -> HttpResponse:
    """An address that leads nowhere."""
    raise Turned(404, "not_found", _("There is nothing at this address; see the guide for those there are."))


def deed(name: str, act: Callable[[Order, Any, datetime], Order]) -> View:
    """A view that moves an order on, and answers with how it is then."""

    @api_view("POST")
    def done(request: ApiRequest, number: str) -> HttpResponse:
        order, now = _own(request, number), timezone.now()
        try:
            act(order, request.key.created_by, now)
        except tuple(REFUSALS) as refusal:
            raise Turned(409, REFUSALS[type(refusal)], str(refusal)) from None
        _note(request, f"api.{name}", order.number, {}, at=now)
        return _answer(request, order, Wire.SALDO)

    return done


confirm = deed("confirm", lambda order, by, at: moves.confirm_order(order_id=order.pk, by=by, at=at))
prepare = deed(
    "prepare", lambda order, by, at: moves.advance_order(order_id=order.pk, to=State.SHIPPING, by=by, at=at)
)
ship = deed(
    "ship", lambda order, by, at: moves.advance_order(order_id=order.pk, to=State.SHIPPED, by=by, at=at)
)
receive = deed(
    "transfer_received",
    lambda order, by, at: moves.receive_transfer(order_id=order.pk, by=by, at=at, as_seller=True),
)


def _own(request: ApiRequest, number: str) -> Order:
    order = Order.objects.of(request.seller).filter(number=number).first()
    if order is None:
        raise Turned(404, "not_found", _("You have no order with this number."))
    return order


def _answer(request: ApiRequest, order: Order, wire: str) -> HttpResponse:
    mine, found = Order.objects.of(request.seller), [(order.pk, order.number)]
    if wire == Wire.UNAS:
        return HttpResponse(written_orders(mine, found), content_type=XML)
    return JsonResponse({"order": told_orders(mine, found)[0]})


def _page(request: ApiRequest, question: Question, cut: Cut, as_of: datetime | None) -> HttpResponse:
    """A page in the format asked for; where to go on stands in the headers too, as XML has no room for it."""
    mine, told_as_of = Order.objects.of(request.seller), as_of.isoformat() if as_of else ""
    headers = {"Saldo-As-Of": told_as_of} if as_of else {}
    if cut.next:
        query = urlencode({**request.GET.dict(), "cursor": cut.next})
        headers |= {"Link": f'<{request.path}?{query}>; rel="next"', "Saldo-Next": cut.next}
    if question.wire == Wire.UNAS:
        return HttpResponse(written_orders(mine, cut.found), content_type=XML, headers=headers)
    told = {
        "orders": told_orders(mine, cut.found),
        "next": cut.next or None,
        "as_of": told_as_of or None,
    }
    return JsonResponse(told, headers=headers)


def _note_read(request: ApiRequest, subject: str, details: dict[str, Any]) -> None:
    """Note that customers' data left the house."""
    _note(request, "api.orders_read", subject, details, at=timezone.now())


def _note(request: ApiRequest, verb: str, subject: str, details: dict[str, Any], *, at: datetime) -> None:
    record(
        verb=verb,
        subject=subject,
        by=request.key.created_by,
        at=at,
        seller_id=request.seller.pk,
        details={"key": request.key.prefix, **details},
    )
