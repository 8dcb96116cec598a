"""The receipt of an order as its page shows it: what is registered, or what is due and why none is there."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from marketplace.orders.models import Order, State
from sellers.receipts.models import Receipt
from sellers.receipts.queries import receipts_of, refused_of
from sellers.receipts.wording import reason_text, signature_text

OVER = (State.CANCELLED, State.RETURNED, State.LOST)


@dataclass(frozen=True, slots=True)
class Paper:
    """A registered receipt, or note, and what to say of it."""

    receipt: Receipt
    signature: str
    may_withdraw: bool


@dataclass(frozen=True, slots=True)
class Refused:
    """A file that could not be registered on the order, and why."""

    name: str
    label: str
    reason: str
    came_at: datetime


@dataclass(frozen=True, slots=True)
class ReceiptCard:
    """An order's receipt with its notes; without one, whether it is due or late, and the files that were
    refused.
    """

    paper: Paper | None
    notes: Sequence[Paper]
    is_due: bool
    is_late: bool
    refused: Sequence[Refused]


def receipt_card(order: Order) -> ReceiptCard | None:
    """An order's receipts; None where its market requires none and none came."""
    live = list(receipts_of(order))
    refused = [
        Refused(row.name, row.get_outcome_display(), reason_text(row), row.came_at)
        for row in refused_of(order)
    ]
    if not (order.market.receipt_required or live or refused):
        return None
    papers = [Paper(each, signature_text(each), _is_free(each, order, live)) for each in live]
    first = next((each for each in papers if each.receipt.opens_the_gate), None)
    wanted = first is None and order.market.receipt_required and order.state not in OVER
    return ReceiptCard(
        paper=first,
        notes=[each for each in papers if not each.receipt.opens_the_gate],
        is_due=wanted and order.shipped_at is None,
        is_late=wanted and order.shipped_at is not None,
        refused=refused,
    )


def _is_free(receipt: Receipt, order: Order, live: Sequence[Receipt]) -> bool:
    """Whether its seller may still withdraw it; the operation decides."""
    if any(note.original_id == receipt.pk for note in live):
        return False
    return not receipt.opens_the_gate or order.shipped_at is None
