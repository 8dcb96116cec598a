"""The same move made on many orders: each by itself, and each with its own answer."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from marketplace.kernel.states import IllegalMove
from marketplace.orders.models import Method, Order, State
from marketplace.orders.operations import moves
from marketplace.orders.operations.telling import NoAccount
from marketplace.parties.models import BusinessModel, Seller
from sellers.erp.operations.asking import ask_for_invoices
from sellers.erp.refusals import NotConnected
from sellers.portal.filters import awaiting_transfer, not_in_erp
from sellers.portal.menus import PENDING
from sellers.portal.remaining import remains_text

REFUSALS = (IllegalMove, NoAccount, moves.NotReadyToShip, moves.NotYours)
MOST = 200
"""Orders moved at once: more would keep the page waiting."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of one order: "done", "unchanged" or "refused", with the words for it."""

    number: str
    outcome: str
    text: str
    lacks_account: bool = False
    lacks_receipt: bool = False


@dataclass(frozen=True, slots=True)
class Action:
    """A move as a list offers it: ``fits`` tells the orders it is offered for, ``wanted`` the same of all,
    ``make`` makes it and says what came of it, order by order or ``together`` with all at once. One that is
    ``in_erp`` is offered where an ERP is connected.
    """

    label: str | Promise
    icon: str
    question: str | Promise
    fits: Callable[[Order], bool]
    wanted: Callable[[Seller], Q]
    make: Callable[[Order, Any, datetime], Answer] | None = None
    together: Callable[[Sequence[Order], Any, datetime], list[Answer]] | None = None
    in_erp: bool = False


def act(action: Action, orders: Sequence[Order], *, by: Any, at: datetime) -> list[Answer]:
    """Make a move on orders, each in a transaction of its own where it is not made on all at once; one
    refusal stops none of the others.
    """
    if action.together is not None:
        return action.together(orders, by, at)
    assert action.make is not None
    return [_answer(action.make, order, by, at) for order in orders]


def _answer(make: Callable[[Order, Any, datetime], Answer], order: Order, by: Any, at: datetime) -> Answer:
    try:
        return make(order, by, at)
    except REFUSALS as refusal:
        return Answer(
            order.number,
            "refused",
            str(refusal),
            lacks_account=isinstance(refusal, NoAccount),
            lacks_receipt=isinstance(refusal, moves.ReceiptMissing),
        )


def _send(order: Order, by: Any, at: datetime) -> Answer:
    standing = order.confirmed_at is not None
    sent = moves.confirm_order(order_id=order.pk, by=by, at=at)
    if standing:
        return Answer(order.number, "unchanged", _("It was sent already."))
    return Answer(order.number, "done", remains_text(sent))


def _receive(order: Order, by: Any, at: datetime) -> Answer:
    moves.receive_transfer(order_id=order.pk, by=by, at=at, as_seller=True)
    return Answer(order.number, "done", _("The transfer is received; the parcel can leave."))


def _ship(order: Order, by: Any, at: datetime) -> Answer:
    if order.state == State.SHIPPED:
        return Answer(order.number, "unchanged", _("It was shipped already."))
    moves.advance_order(order_id=order.pk, to=State.SHIPPED, by=by, at=at)
    return Answer(order.number, "done", _("It is shipped."))


def _invoice(orders: Sequence[Order], by: Any, at: datetime) -> list[Answer]:
    """Into the ERP, all in one go."""
    keys = [order.pk for order in orders]
    try:
        asked = ask_for_invoices(seller_id=orders[0].seller_id, order_ids=keys, by=by, at=at)
    except NotConnected as refusal:
        return [Answer(order.number, "refused", str(refusal)) for order in orders]
    return [Answer(each.order.number, each.outcome, each.text) for each in asked]


def _to_ship(seller: Seller) -> Q:
    return Q(state__in=[State.OPEN, State.SHIPPING]) & ~PENDING


def _awaits_parcel(order: Order) -> bool:
    return order.state in (State.OPEN, State.SHIPPING) and not order.is_pending


def _may_await_transfer(order: Order) -> bool:
    """Near enough to offer it; whether the transfer arrived already is known when it is tried."""
    waits = order.state == State.BLOCKED or _awaits_parcel(order)
    return waits and bool(order.to_collect) and Method.TRANSFER in order.payment.split("+")


ACTIONS: Mapping[str, Action] = {
    "send": Action(
        gettext_lazy("Send"),
        "send",
        gettext_lazy("Send these orders? You confirm that you will deliver them."),
        lambda order: order.is_pending,
        lambda seller: PENDING,
        _send,
    ),
    "receive": Action(
        gettext_lazy("Transfer received"),
        "cash",
        gettext_lazy("Mark the bank transfers of these orders as received?"),
        _may_await_transfer,
        awaiting_transfer,
        _receive,
    ),
    "ship": Action(
        gettext_lazy("Mark as shipped"),
        "truck",
        gettext_lazy("Mark these orders as shipped? This cannot be taken back."),
        _awaits_parcel,
        _to_ship,
        _ship,
    ),
    "invoice": Action(
        gettext_lazy("Invoice in the ERP"),
        "file-invoice",
        gettext_lazy("Invoice these orders in your ERP?"),
        lambda order: order.model == BusinessModel.AGENCY and not order.test,
        not_in_erp,
        together=_invoice,
        in_erp=True,
    ),
}


def told_apart(answers: Sequence[Answer]) -> dict[str, int]:
    """How many orders each outcome has."""
    return {name: sum(each.outcome == name for each in answers) for name in ("done", "unchanged", "refused")}


def offered(orders: Sequence[Order], *, erp: str = "") -> dict[str, Action]:
    """The moves that can be made on some of these orders, by name; ``erp`` is the name of the ERP that is
    connected.
    """
    return {
        name: _named(action, erp)
        for name, action in ACTIONS.items()
        if any(map(action.fits, orders)) and (erp or not action.in_erp)
    }


def _named(action: Action, erp: str) -> Action:
    """A move into the ERP as it is called where it is known which."""
    if not action.in_erp:
        return action
    told = {"erp": erp}
    question = _("Invoice these orders in %(erp)s?") % told
    return replace(action, label=_("Invoice in %(erp)s") % told, question=question)
