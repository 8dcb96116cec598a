"""The same move made on many orders: each by itself, and each with its own answer."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
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
from marketplace.parties.models import Seller
from sellers.portal.filters import awaiting_transfer
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
    ``make`` makes it and says what came of it.
    """

    label: str | Promise
    icon: str
    question: str | Promise
    fits: Callable[[Order], bool]
    wanted: Callable[[Seller], Q]
    make: Callable[[Order, Any, datetime], Answer]


def act(action: Action, orders: Iterable[Order], *, by: Any, at: datetime) -> list[Answer]:
    """Make a move on orders, each in a transaction of its own; one refusal stops none of the others."""
    return [_answer(action, order, by, at) for order in orders]


def _answer(action: Action, order: Order, by: Any, at: datetime) -> Answer:
    try:
        return action.make(order, by, at)
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
}


def told_apart(answers: Sequence[Answer]) -> dict[str, int]:
    """How many orders each outcome has."""
    return {name: sum(each.outcome == name for each in answers) for name in ("done", "unchanged", "refused")}


def offered(orders: Sequence[Order]) -> dict[str, Action]:
    """The moves that can be made on some of these orders, by name."""
    return {name: action for name, action in ACTIONS.items() if any(map(action.fits, orders))}
